//go:build cgo && unix

package mpi

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// all looks for a line of each of n ranks.
func all(t *testing.T, n int, code int, out, format string) {
	t.Helper()
	for rank := range n {
		if line := fmt.Sprintf(format, rank); !strings.Contains(out, line) || code != 0 {
			t.Errorf("exit code %d, no %q in\n%s", code, line, out)
		}
	}
}

func TestSuite(t *testing.T) {
	eachAlsoSlurm(t, func(t *testing.T, l launcher) {
		for _, n := range []int{2, 3, 4, 8} {
			code, out := l.run(t, n, "suite")
			all(t, n, code, out, "rank %d of "+strconv.Itoa(n)+" is well, "+l.says)
		}
	})
}

// Messages that are too long for one call go in pieces, and those to other machines through memory
// of C, with the same result.
func TestPieces(t *testing.T) {
	each(t, func(t *testing.T, l launcher) {
		for _, scene := range []string{"pieces", "far"} {
			code, out := l.run(t, 3, scene)
			all(t, 3, code, out, "rank %d of 3 is well")
		}
	})
}

func TestSignals(t *testing.T) {
	eachAlsoSlurm(t, func(t *testing.T, l launcher) {
		code, out := l.run(t, 2, "signals")
		all(t, 2, code, out, "rank %d has its signals")
	})
}

// A launcher of one process has its variables without need: nothing is loaded, and said so.
func TestOneProcess(t *testing.T) {
	eachAlsoSlurm(t, func(t *testing.T, l launcher) {
		code, out := l.run(t, 1, "library")
		all(t, 1, code, out, "rank %d of 1: none: ")
		if !strings.Contains(out, "=1 of ") || !strings.Contains(out, " is one process; loaded: nothing") {
			t.Error(out)
		}
		code, out = l.run(t, 1, "suite")
		all(t, 1, code, out, "rank %d of 1 is well")
	})
}

// What is loaded is what the launcher needs, though both are here.
func TestLibrary(t *testing.T) {
	eachAlsoSlurm(t, func(t *testing.T, l launcher) {
		code, out := l.run(t, 2, "library")
		all(t, 2, code, out, "rank %d of 2: "+l.says)
		if strings.Contains(out, "nothing") || strings.Count(out, "libmpi") < 4 {
			t.Error(out)
		}
	})
}

// HELMHOLTZ_MPI=off, and no launcher at all: each process is alone.
func TestOff(t *testing.T) {
	each(t, func(t *testing.T, l launcher) {
		code, out := l.run(t, 2, "library", Variable+"=off")
		if code != 0 || strings.Count(out, "Join: no launcher") != 2 {
			t.Errorf("exit code %d\n%s", code, out)
		}
		exe, _ := os.Executable()
		cmd := exec.Command(exe)
		cmd.Env = append(os.Environ(), sceneVariable+"=library", Variable+"="+l.library)
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != "Join: no launcher\n" {
			t.Errorf("%v\n%s", err, out)
		}
	})
}

// The library of one launcher under another makes worlds of one rank each, which is refused.
func TestStranger(t *testing.T) {
	each(t, func(t *testing.T, l launcher) {
		stranger := "libmpi.so.40"
		if l.open {
			stranger = "libmpich.so.12"
		}
		code, out := l.run(t, 2, "suite", Variable+"="+stranger)
		if code == 0 || !strings.Contains(out, "_SIZE=2: ") || !strings.Contains(out, "("+stranger+") says rank 0 of 1: it is not the library of this launcher") || !strings.Contains(out, "by HELMHOLTZ_MPI") {
			t.Errorf("exit code %d\n%s", code, out)
		}
	})
}

// Ranks that wait for one that does not come say so.
func TestLate(t *testing.T) {
	each(t, func(t *testing.T, l launcher) {
		code, out := l.run(t, 2, "late")
		if code != 0 || !strings.Contains(out, "helmholtz: rank 0 waits for MPI to start, because of ") || !strings.Contains(out, "_SIZE=2 (HELMHOLTZ_MPI=off: do not)") {
			t.Errorf("exit code %d\n%s", code, out)
		}
	})
}

func TestNoLibrary(t *testing.T) {
	each(t, func(t *testing.T, l launcher) {
		code, out := l.run(t, 2, "suite", Variable+"=/nowhere/libmpi.so")
		if code == 0 || !strings.Contains(out, "no library of MPI could be loaded: /nowhere/libmpi.so: cannot open shared object file") || !strings.Contains(out, "name its libmpi.so by HELMHOLTZ_MPI") {
			t.Errorf("exit code %d\n%s", code, out)
		}
		code, out = l.run(t, 2, "suite", Variable+"=libm.so.6")
		if code == 0 || !strings.Contains(out, "libm.so.6: it has no MPI_Init_thread") {
			t.Errorf("exit code %d\n%s", code, out)
		}
	})
}

// A rank that ends, however it does, ends all: none hangs, and mpirun tells.
func TestRankEnds(t *testing.T) {
	eachAlsoSlurm(t, func(t *testing.T, l launcher) {
		for _, how := range []string{"kill", "exit", "panic", "abort", "abort waiting"} {
			code, out := l.run(t, 3, how)
			if code == 0 || strings.Contains(out, "went on without") {
				t.Errorf("%s: exit code %d\n%s", how, code, out)
			}
			// Without MPI_Abort, mpirun of MPICH gives the code of the ranks that it killed, and
			// srun does with PMI.
			if how == "abort" && code != 7 && !strings.HasPrefix(l.name, "srun") {
				t.Errorf("exit code %d, want that of Abort, 7\n%s", code, out)
			}
			gone(t, how, out)
		}
	})
}

// gone waits until no process is left whose number was printed.
func gone(t *testing.T, how, out string) {
	t.Helper()
	found := regexp.MustCompile(`is process (\d+)`).FindAllStringSubmatch(out, -1)
	if len(found) == 0 {
		t.Errorf("%s: no process in\n%s", how, out)
	}
	for _, f := range found {
		pid, _ := strconv.Atoi(f[1])
		for deadline := time.Now().Add(hang); syscall.Kill(pid, 0) == nil; time.Sleep(50 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Errorf("%s: process %d is still there", how, pid)
				break
			}
		}
	}
}

// An error of MPI names the call, the rank and the library, and is that of all later calls.
func TestError(t *testing.T) {
	each(t, func(t *testing.T, l launcher) {
		code, out := l.run(t, 2, "wrong call")
		// The first that aborts may end the other before it says something.
		want := regexp.MustCompile(`(?i)MPI_Bcast: rank [01] of 2: .*root.* \(said by ` + l.says)
		if code != 7 || !want.MatchString(out) || strings.Contains(out, " gives ") {
			t.Errorf("exit code %d\n%s", code, out)
		}
	})
}

// All may end with an exit code other than 0, after rank 0 has written.
func TestLeave(t *testing.T) {
	eachAlsoSlurm(t, func(t *testing.T, l launcher) {
		file := filepath.Join(t.TempDir(), "checkpoint")
		code, out := l.run(t, 3, "leave", "MPI_TEST_FILE="+file)
		if got, err := os.ReadFile(file); code != 85 || string(got) != "a checkpoint" {
			t.Errorf("exit code %d, file %q, %v\n%s", code, got, err, out)
		}
	})
}

// A process that a rank starts finds no launcher.
func TestChild(t *testing.T) {
	eachAlsoSlurm(t, func(t *testing.T, l launcher) {
		code, out := l.run(t, 2, "child")
		all(t, 2, code, out, "rank %d: child: Join: no launcher <nil>")
	})
}

// A signal at one rank stops all at the same step.
func TestStop(t *testing.T) {
	eachAlsoSlurm(t, func(t *testing.T, l launcher) {
		file := filepath.Join(t.TempDir(), "stopped")
		r := l.start(t, 3, "stop", "MPI_TEST_FILE="+file)
		syscall.Kill(r.process(t, 1), syscall.SIGUSR1)
		code, out := r.end(t)
		if got, err := os.ReadFile(file); code != 85 || string(got) != "rank 1: "+syscall.SIGUSR1.String() {
			t.Errorf("exit code %d, %q, %v\n%s", code, got, err, out)
		}
	})
}

// Of the signals of batch systems, SIGUSR1 is the one that every mpirun passes on without
// ending the ranks itself (docs/cluster.md has the others).
func TestSignalToLauncher(t *testing.T) {
	eachAlsoSlurm(t, func(t *testing.T, l launcher) {
		file := filepath.Join(t.TempDir(), "stopped")
		r := l.start(t, 3, "stop", "MPI_TEST_FILE="+file)
		for rank := range 3 {
			r.process(t, rank)
		}
		r.Process.Signal(syscall.SIGUSR1)
		code, out := r.end(t)
		if got, err := os.ReadFile(file); code != 85 || !strings.HasSuffix(string(got), ": "+syscall.SIGUSR1.String()) {
			t.Errorf("exit code %d, %q, %v\n%s", code, got, err, out)
		}
	})
}

// Ranks do not outlive their mpirun.
func TestLauncherIsKilled(t *testing.T) {
	each(t, func(t *testing.T, l launcher) {
		r := l.start(t, 3, "stop", "MPI_TEST_FILE="+filepath.Join(t.TempDir(), "stopped"))
		for rank := range 3 {
			r.process(t, rank)
		}
		r.Process.Kill()
		r.end(t)
		gone(t, "mpirun was killed", r.out.String())
	})
}

func TestWithoutCgo(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles this package a second time")
	}
	command := exec.Command("go", "test", "-count=1", ".")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
