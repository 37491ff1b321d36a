//go:build cgo

package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

func TestCheckpointRoundTrip(t *testing.T) {
	flat := fullCheckpoint(7)
	flat.Blocks, flat.Base, flat.Optimizer, flat.History, flat.Walkers = nil, nil, nil, nil, core.State{}
	for name, want := range map[string]*core.Checkpoint{"full": fullCheckpoint(5), "first": fullCheckpoint(0), "flat": flat} {
		t.Run(name, func(t *testing.T) {
			f := open(t)
			if err := f.SaveCheckpoint(want, 2); err != nil {
				t.Fatal(err)
			}
			got, notes, err := f.LatestCheckpoint()
			if err != nil || len(notes) > 0 {
				t.Fatal(notes, err)
			}
			if diff := cmp.Diff(want, got, exactly); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCheckpointsKept(t *testing.T) {
	f := open(t)
	if c, notes, err := f.LatestCheckpoint(); c != nil || notes != nil || err != nil {
		t.Fatalf("empty folder: %v, %v, %v", c, notes, err)
	}
	for step := int64(10); step <= 50; step += 10 {
		if err := f.SaveCheckpoint(fullCheckpoint(step), 0); err != nil {
			t.Fatal(err)
		}
	}
	// A step again and a step back must not delete what is newer.
	for _, step := range []int64{40, 30} {
		if err := f.SaveCheckpoint(fullCheckpoint(step), 3); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"checkpoint-00000030.h5", "checkpoint-00000040.h5", "checkpoint-00000050.h5"}
	if diff := cmp.Diff(want, list(t, f.Dir(), "checkpoint-*")); diff != "" {
		t.Error(diff)
	}
	if err := f.Clear(); err != nil {
		t.Fatal(err)
	}
	if left := list(t, f.Dir(), "*"); len(left) != 1 || left[0] != lockName {
		t.Errorf("left after Clear: %v", left)
	}
}

// Every damage must be found without HDF5 meeting it, because the library can
// crash on it.
func TestDamagedCheckpointFallsBack(t *testing.T) {
	f := open(t)
	if err := errors.Join(f.SaveCheckpoint(fullCheckpoint(1), 2), f.SaveCheckpoint(fullCheckpoint(2), 2)); err != nil {
		t.Fatal(err)
	}
	newest := f.Path(checkpointName(2))
	sound, err := os.ReadFile(newest)
	if err != nil {
		t.Fatal(err)
	}
	damages := map[string][]byte{"empty": {}, "text": []byte("no such thing"), "zeros": make([]byte, len(sound))}
	for _, n := range []int{1, 8, 100, 512, len(sound) / 2, len(sound) - 500} {
		damages[fmt.Sprintf("cut to %d bytes", n)] = sound[:n]
	}
	// 0xff turns over every bit of a byte; the last 48 bytes are the seal.
	for i := 0; i < len(sound)-48; i += 97 {
		flipped := bytes.Clone(sound)
		flipped[i] ^= 0xff
		damages[fmt.Sprintf("byte %d", i)] = flipped
	}
	for name, data := range damages {
		if err := os.WriteFile(newest, data, 0o666); err != nil {
			t.Fatal(err)
		}
		c, notes, err := f.LatestCheckpoint()
		if err != nil || c == nil || c.Step != 1 {
			t.Fatalf("%s: got %v, %v, %v", name, c, notes, err)
		}
		if len(notes) != 1 || !strings.Contains(notes[0], checkpointName(2)) {
			t.Fatalf("%s: notes %q", name, notes)
		}
		aside, err := os.ReadFile(newest + ".damaged")
		if err != nil || !bytes.Equal(aside, data) {
			t.Fatalf("%s: not kept aside: %v", name, err)
		}
		os.Remove(newest + ".damaged")
	}
}

// A changed seal leaves the content whole; the inner checksum vouches for it.
func TestCheckpointWithoutSeal(t *testing.T) {
	f := open(t)
	if err := f.SaveCheckpoint(fullCheckpoint(2), 2); err != nil {
		t.Fatal(err)
	}
	path := f.Path(checkpointName(2))
	data, _ := os.ReadFile(path)
	for _, cut := range []int{48, 10} {
		os.WriteFile(path, data[:len(data)-cut], 0o666)
		c, notes, err := f.LatestCheckpoint()
		if err != nil || c == nil || len(notes) > 0 {
			t.Errorf("without the last %d bytes: %v, %v, %v", cut, c, notes, err)
		}
	}
	// Without the seal, a changed number is found by the inner checksum.
	theta := []byte{0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f} // 0.1, the last of theta
	at := bytes.Index(data, theta)
	if at < 0 {
		t.Fatal("theta not found in the file")
	}
	data[at] ^= 1
	os.WriteFile(path, data[:len(data)-48], 0o666)
	if c, notes, err := f.LatestCheckpoint(); c != nil || err != nil || len(notes) != 1 || !strings.Contains(notes[0], "checksum") {
		t.Errorf("changed number: %v, %q, %v", c, notes, err)
	}
}

// A file that cannot be reached is not a damaged file.
func TestUnreachableCheckpointIsAnError(t *testing.T) {
	f := open(t)
	if err := f.SaveCheckpoint(fullCheckpoint(1), 2); err != nil {
		t.Fatal(err)
	}
	loop := f.Path(checkpointName(2))
	if err := os.Symlink(loop, loop); err != nil {
		t.Skip(err)
	}
	if c, _, err := f.LatestCheckpoint(); c != nil || !errors.Is(err, syscall.ELOOP) {
		t.Errorf("got %v, %v", c, err)
	}
	if _, err := os.Lstat(loop); err != nil {
		t.Error("was renamed")
	}
}

// A checkpoint of the layout before, in which chains were one array, is refused with
// both versions, and is left where it is.
func TestCheckpointOfAnotherLayout(t *testing.T) {
	f := open(t)
	path := f.Path(checkpointName(3))
	if err := h5.WriteFile(path, func(root *h5.Group) error {
		w := &writer{g: root}
		header(w, checkpointFormat, "1.0")
		return w.err
	}); err != nil {
		t.Fatal(err)
	}
	_, notes, err := f.LatestCheckpoint()
	if core.KindOf(err) != core.Mismatch || !strings.Contains(err.Error(), `format version is "1.0", this program knows "2.3" (use the version of the program that wrote it)`) || len(notes) > 0 {
		t.Errorf("error %v, notes %v", err, notes)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}
