//go:build cgo

package store

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// TestMain lets the test binary be its own subprocess.
func TestMain(m *testing.M) {
	if dir := os.Getenv("STORE_TEST_WRITE_IN"); dir != "" {
		writeForever(dir)
	}
	os.Exit(m.Run())
}

// writeForever writes results, checkpoints and progress until it is killed,
// naming each finished step on standard output.
func writeForever(dir string) {
	f, err := Open(dir)
	fail := func(err error) {
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
	}
	fail(err)
	for step := int64(1); ; step++ {
		r := fullResults()
		r.Run.WallSeconds = float64(step)
		fail(f.AppendProgress(map[string]any{"step": step, "free_energy": -0.5, "text": strings.Repeat("x", 3000)}))
		fail(f.SaveCheckpoint(fullCheckpoint(step), 2))
		fail(f.SaveResults(r))
		fmt.Println(step)
	}
}

func TestKillWhileWriting(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	for try := range 8 {
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), "STORE_TEST_WRITE_IN="+dir)
		out, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		finished := int64(0)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if _, err := fmt.Sscan(lines.Text(), &finished); err != nil {
				t.Fatal(lines.Text())
			}
			if finished == int64(3+try) {
				command.Process.Signal(syscall.SIGKILL)
			}
		}
		command.Wait()
		f, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if left := list(t, dir, ".*partial*"); len(left) > 0 {
			t.Errorf("temporary files left: %v", left)
		}
		r, err := ReadResults(dir)
		if err != nil || int64(r.Run.WallSeconds) < finished {
			t.Errorf("results after step %d: %v", finished, err)
		}
		c, notes, err := f.LatestCheckpoint()
		if err != nil || len(notes) > 0 || c.Step < finished {
			t.Errorf("checkpoint after step %d: %v, %v", finished, notes, err)
		}
		if steps := progressSteps(t, f); steps[len(steps)-1] < finished {
			t.Errorf("progress ends with step %d after %d", steps[len(steps)-1], finished)
		}
		if err := errors.Join(f.Clear(), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

// mount gives a tiny file system of its own, or skips.
func mount(t *testing.T, flags uintptr, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", flags, options); err != nil {
		t.Skipf("cannot mount a file system here: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

func TestFullDisk(t *testing.T) {
	f, err := Open(mount(t, 0, "size=500k"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	before := fullResults()
	if err := errors.Join(f.SaveResults(before), f.SaveCheckpoint(fullCheckpoint(1), 2), f.WriteText("run.toml", "old"),
		f.AppendProgress(map[string]int{"step": 1})); err != nil {
		t.Fatal(err)
	}
	// Leave ever less room, so that each stage of writing meets the end.
	filler := f.Path("filler")
	failed := 0
	for size := 0; ; size += 4096 {
		if err := os.WriteFile(filler, make([]byte, size), 0o666); err != nil {
			break
		}
		for what, err := range map[string]error{
			"results":    f.SaveResults(before),
			"checkpoint": f.SaveCheckpoint(fullCheckpoint(2), 2),
			"text":       f.WriteText("run.toml", strings.Repeat("new", 3000)),
		} {
			if err == nil {
				continue
			}
			failed++
			if core.KindOf(err) != core.Storage || !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "disk is full") {
				t.Errorf("%s: %v", what, err)
			}
		}
		if left := list(t, f.Dir(), ".*partial*"); len(left) > 0 {
			t.Fatalf("left behind: %v", left)
		}
	}
	if failed == 0 {
		t.Fatal("the disk never got full")
	}
	var full error
	for step := 2; full == nil && step < 1000; step++ {
		full = f.AppendProgress(map[string]any{"step": step, "text": strings.Repeat("x", 500)})
	}
	if !errors.Is(full, syscall.ENOSPC) {
		t.Errorf("progress on a full disk: %v", full)
	}
	progressSteps(t, f)
	got, err := ReadResults(f.Dir())
	if diff := cmp.Diff(before, got, exactly); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if c, notes, err := f.LatestCheckpoint(); err != nil || c == nil || len(notes) > 0 {
		t.Errorf("checkpoint: %v, %v", notes, err)
	}
	// With room again the same folder goes on.
	os.Remove(filler)
	if err := errors.Join(f.SaveResults(before), f.SaveCheckpoint(fullCheckpoint(3), 2), f.AppendProgress(map[string]int{"step": 3})); err != nil {
		t.Error(err)
	}
}

func TestImpossibleFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below"), "/proc/self/run"} {
		f, err := Open(dir)
		if err == nil {
			f.Close()
			t.Fatalf("%s could be opened", dir)
		}
		if core.KindOf(err) != core.Storage || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestReadOnlyFolder(t *testing.T) {
	dir := mount(t, syscall.MS_RDONLY, "size=64k")
	for _, dir := range []string{dir, filepath.Join(dir, "new")} {
		_, err := Open(dir)
		if core.KindOf(err) != core.Storage || !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), dir) {
			t.Errorf("got %v", err)
		}
	}
}

func TestSecondOpenerIsBusy(t *testing.T) {
	f := open(t)
	_, err := Open(f.Dir())
	host, _ := os.Hostname()
	if core.KindOf(err) != core.Busy || !strings.Contains(err.Error(), fmt.Sprintf("process %d on %s", os.Getpid(), host)) {
		t.Errorf("got %v", err)
	}
	if err := f.AppendProgress(map[string]int{"step": 1}); err != nil {
		t.Error(err)
	}
	f.Close()
	again, err := Open(f.Dir())
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
}

func TestProgress(t *testing.T) {
	f := open(t)
	type row struct {
		Step   int64    `json:"step"`
		Loss   float64  `json:"loss"`
		Missed *float64 `json:"missed"`
	}
	for step := range int64(6) {
		if err := f.AppendProgress(row{Step: step, Loss: math.Inf(1)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.TruncateProgress(3); err != nil {
		t.Fatal(err)
	}
	if err := f.AppendProgress(map[string]any{"step": 4, "values": []float64{1, math.NaN()}}); err != nil {
		t.Fatal(err)
	}
	f.Close()
	path := f.Path(progressName)
	data, _ := os.ReadFile(path)
	os.WriteFile(path, append(data, `{"step":5,"lo`...), 0o666)
	again, err := Open(f.Dir())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	want := `{"loss":null,"missed":null,"step":3}` + "\n" + `{"step":4,"values":[1,null]}` + "\n"
	if got, _ := os.ReadFile(path); !strings.HasSuffix(string(got), want) {
		t.Errorf("got %s", got)
	}
	if diff := cmp.Diff([]int64{0, 1, 2, 3, 4}, progressSteps(t, again)); diff != "" {
		t.Error(diff)
	}
}

func TestConcurrentUse(t *testing.T) {
	f := open(t)
	var group sync.WaitGroup
	for i := range int64(8) {
		group.Go(func() {
			if err := errors.Join(f.SaveResults(fullResults()), f.SaveCheckpoint(fullCheckpoint(i), 20),
				f.AppendProgress(map[string]int64{"step": i}), f.WriteText("run.toml", "text")); err != nil {
				t.Error(err)
			}
			if _, err := ReadResults(f.Dir()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := len(list(t, f.Dir(), "checkpoint-*")); n != 8 {
		t.Errorf("%d checkpoints", n)
	}
	if n := len(progressSteps(t, f)); n != 8 {
		t.Errorf("%d rows of progress", n)
	}
}

// progressSteps checks that every line is whole and returns its step.
func progressSteps(t *testing.T, f *Folder) (steps []int64) {
	t.Helper()
	data, err := os.ReadFile(f.Path(progressName))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		var row struct{ Step *int64 }
		if err := json.Unmarshal([]byte(line), &row); err != nil || row.Step == nil {
			t.Fatalf("line %q: %v", line, err)
		}
		steps = append(steps, *row.Step)
	}
	return steps
}

func list(t *testing.T, dir, pattern string) (names []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		names = append(names, filepath.Base(p))
	}
	return names
}
