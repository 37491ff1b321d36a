//go:build linux

package app

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// started is a real run in a process group of its own.
type started struct {
	*exec.Cmd
	said *strings.Builder
}

func start(t *testing.T, args ...string) started {
	t.Helper()
	s := started{exec.Command(built.helmholtz, args...), &strings.Builder{}}
	s.Stderr, s.SysProcAttr = s.said, &syscall.SysProcAttr{Setpgid: true}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Process.Kill() })
	return s
}

func (s started) send(signals ...syscall.Signal) {
	for _, each := range signals {
		syscall.Kill(s.Process.Pid, each)
	}
}

// exit is the exit code as a shell reports it.
func (s started) exit() int {
	s.Wait()
	if status := s.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() {
		return 128 + int(status.Signal())
	}
	return s.ProcessState.ExitCode()
}

func runFile(t *testing.T, dir string, steps int) string {
	t.Helper()
	path := filepath.Join(dir, "run.toml")
	text := fmt.Sprintf("[model]\nplugin = \"van\"\ndepth = 1\n[energy]\nplugin = \"sk\"\nN = 8\n[ensemble]\nbeta = 0.4\n"+
		"[train]\nsteps = %d\nbatch = 20\n[evaluate]\nsamples = 200\n[checkpoint]\nevery = 40\n", steps)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// What batch systems send: GNU timeout a signal to the process and then to its
// group, Slurm USR1 and then TERM, some the same signal for minutes. None of it
// loses the step in hand.
func TestSignalsOfBatchSystems(t *testing.T) {
	const group = 0 // marks that the next signal is for all of the group
	for name, signals := range map[string][]syscall.Signal{
		"timeout":        {syscall.SIGTERM, group, syscall.SIGTERM},
		"timeout -s INT": {syscall.SIGINT, group, syscall.SIGINT},
		"slurm":          {syscall.SIGUSR1, group, syscall.SIGTERM},
		"often":          {syscall.SIGUSR2, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGTERM, group, syscall.SIGUSR1, syscall.SIGTERM},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			out := filepath.Join(dir, "out")
			s := start(t, "run", runFile(t, dir, 1<<40), "--out", out)
			for results := filepath.Join(out, "results.h5"); ; time.Sleep(5 * time.Millisecond) {
				if _, err := os.Stat(results); err == nil {
					break
				}
			}
			pid := s.Process.Pid
			for _, each := range signals {
				if each == group {
					pid = -pid
					continue
				}
				syscall.Kill(pid, each)
			}
			if code := s.exit(); code != exitInterrupted {
				t.Fatalf("exit code %d\n%s", code, s.said)
			}
			r, err := store.ReadResults(out)
			if err != nil || r.Run.Status != core.Stopped {
				t.Fatal(r.Run.Status, err)
			}
			last := r.History.Step[len(r.History.Step)-1]
			if _, err := os.Stat(filepath.Join(out, fmt.Sprintf("checkpoint-%08d.h5", last))); err != nil {
				t.Error(err)
			}
		})
	}
}

// From the moment that a run looks at its first file, a signal at any time ends
// it with 85, or 86 where it came no further than the one before, or comes when it is done. Whatever was reached, also by a process
// that was killed, is continued, with nothing lost and nothing different.
func TestSignalAtAnyTime(t *testing.T) {
	dir := t.TempDir()
	file, whole, stopped := runFile(t, dir, 100), filepath.Join(dir, "whole"), filepath.Join(dir, "stopped")
	begin := time.Now()
	if s := start(t, "run", file, "--out", whole); s.exit() != exitDone {
		t.Fatal(s.said)
	}
	took := time.Since(begin)
	kinds := []syscall.Signal{syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGINT, syscall.SIGKILL, syscall.SIGUSR2, syscall.SIGHUP, syscall.SIGKILL}
	random := rand.New(rand.NewPCG(1, 2))
	const tries = 21 // three of each
	ended := map[int]int{}
	for try := range tries {
		opened := watchOpen(t, file)
		s := start(t, "run", file, "--out", stopped)
		opened()
		time.Sleep(time.Duration(random.Float64() * float64(took)))
		s.send(kinds[try%len(kinds)])
		code := s.exit()
		ended[code]++
		switch {
		case code == exitDone:
			sameResults(t, whole, stopped)
			os.RemoveAll(stopped)
		case code == 128+int(syscall.SIGKILL): // has no last words
		case !strings.Contains(s.said.String(), "helmholtz: stopped: "):
			t.Errorf("try %d, %v: exit code %d, but says\n%s", try, kinds[try%len(kinds)], code, s.said)
		}
	}
	killed := ended[128+int(syscall.SIGKILL)]
	if killed == 0 || ended[exitInterrupted] == 0 || ended[exitDone]+ended[exitInterrupted]+ended[exitStalled]+killed != tries {
		t.Errorf("exit codes %v", ended)
	}
	if s := start(t, "run", file, "--out", stopped); s.exit() != exitDone {
		t.Fatal(s.said)
	}
	sameResults(t, whole, stopped)
	left, err := filepath.Glob(filepath.Join(stopped, ".*.partial-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
	seen := map[int64]bool{}
	progress, err := os.ReadFile(filepath.Join(stopped, "progress.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(progress)) {
		var row struct {
			Phase string
			Step  int64
		}
		err := json.Unmarshal([]byte(line), &row)
		ofTraining := row.Phase == "train" // of the evaluation, lines of all that were begun are told
		if err != nil || ofTraining && seen[row.Step] {
			t.Errorf("line %q, a step twice or %v", line, err)
		}
		seen[row.Step] = seen[row.Step] || ofTraining
	}
}

// watchOpen returns a function that waits until the file is opened.
func watchOpen(t *testing.T, file string) func() {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err == nil {
		_, err = unix.InotifyAddWatch(fd, file, unix.IN_OPEN)
	}
	if err != nil {
		t.Skipf("cannot watch files here: %v", err)
	}
	return func() {
		defer unix.Close(fd)
		if _, err := unix.Read(fd, make([]byte, 4096)); err != nil {
			t.Fatal(err)
		}
	}
}

func sameResults(t *testing.T, a, b string) {
	t.Helper()
	show := func(dir string) string {
		out, err := exec.Command(built.helmholtz, "show", dir, "--json").Output()
		if err != nil {
			t.Fatal(err)
		}
		observables, _, _ := strings.Cut(string(out), `"run": {`)
		return observables
	}
	if x, y := show(a), show(b); x != y || !strings.Contains(x, "free_energy") {
		t.Errorf("%s:\n%s\n%s:\n%s", a, x, b, y)
	}
}
