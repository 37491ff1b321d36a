//go:build cgo

package store

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Who holds a folder is known without its lock, and so is that nobody does.
func TestReadHolder(t *testing.T) {
	dir := t.TempDir()
	if h := ReadHolder(dir); h != (Holder{}) {
		t.Errorf("a new folder is held by %+v", h)
	}
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	host, _ := os.Hostname()
	h := ReadHolder(dir)
	if want := fmt.Sprintf("process %d on %s since ", os.Getpid(), host); !h.Live || h.Host != host || len(h.Text) < len(want) || h.Text[:len(want)] != want || time.Since(h.Seen) > time.Minute {
		t.Errorf("held by %+v, want %q", h, want)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if h := ReadHolder(dir); h != (Holder{}) {
		t.Errorf("a folder that was released is held by %+v", h)
	}
}

// What others left: by flock, where this machine's kernel knows better, and by a lease.
func TestHolderElsewhere(t *testing.T) {
	gone, host := goneHere(t)
	for name, c := range map[string]struct {
		pid         int
		host, space string
		age         time.Duration
		flock, live bool
	}{
		"flock, killed here":              {gone, host, processSpace(), 0, true, false},
		"flock, number in use again":      {os.Getpid(), host, processSpace(), 0, true, false},
		"flock, elsewhere":                {gone, "node7", processSpace(), leaseTime / 2, true, true},
		"flock, elsewhere, silent":        {gone, "node7", processSpace(), leaseTime + time.Second, true, false},
		"flock, of an earlier version":    {os.Getpid(), host, "", leaseTime + time.Second, true, false},
		"lease, killed here":              {gone, host, processSpace(), 0, false, false},
		"lease, alive":                    {os.Getpid(), host, processSpace(), 0, false, true},
		"lease, alive, another container": {gone, host, "pid:[1]", 0, false, true},
		"lease, elsewhere, silent":        {gone, "node7", "pid:[1]", leaseTime + time.Second, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			leaveLease(t, dir, c.pid, c.host, c.space, c.age)
			if c.flock {
				if err := os.Rename(filepath.Join(dir, leaseName), filepath.Join(dir, lockName)); err != nil {
					t.Fatal(err)
				}
			}
			if h := ReadHolder(dir); h.Live != c.live || h.Host != c.host {
				t.Errorf("%+v, want live %v", h, c.live)
			}
		})
	}
}

func TestReadProgress(t *testing.T) {
	dir := t.TempDir()
	if p, err := ReadProgress(dir); p != nil || err != nil {
		t.Errorf("no file: %v, %v", p, err)
	}
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const rows = 5000 // of some 90 bytes, several times what is read
	for i := range rows {
		if err := f.AppendProgress(map[string]any{"phase": "train", "step": i + 1, "wall_seconds": 2 * float64(i), "free_energy": -0.5 * float64(i), "free_energy_stderr": 0.25}); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.OpenFile(filepath.Join(dir, progressName), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(`{"step": 60`); err != nil { // the run is just writing
		t.Fatal(err)
	}
	p, err := ReadProgress(dir)
	if err != nil {
		t.Fatal(err)
	}
	if p.Last.Step != rows || p.Last.WallSeconds != 2*(rows-1) || p.Last.Numbers["free_energy"] != -0.5*(rows-1) || p.Last.Numbers["free_energy_stderr"] != 0.25 {
		t.Errorf("last row %+v", p.Last)
	}
	if n := p.Last.Step - p.First.Step; n < 300 || n > 2000 || p.First.WallSeconds != 2*float64(p.First.Step-1) {
		t.Errorf("first row %+v, %d steps before the last", p.First, n)
	}
}
