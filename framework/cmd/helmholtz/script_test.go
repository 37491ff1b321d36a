package main

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
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// binary is this command, built once for all scripts: plugins are real
// subprocesses of it.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "helmholtz-test-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "helmholtz")
	build := exec.Command("go", "build", "-o", binary, ".")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// TestScripts runs the scenarios of testdata/script: what a user types, and
// what must come of it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", filepath.Dir(binary)+":"+os.Getenv("PATH"))
			env.Setenv("HELMHOLTZ", binary)
			env.Setenv("REPO", repository())
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status": cmdStatus,
			"same":   cmdSame,
			"alone":  cmdAlone,
		},
	})
}

func repository() string {
	dir, err := filepath.Abs("../../..")
	if err != nil {
		panic(err)
	}
	return dir
}

// status CODE PROGRAM ARG... runs a program that must end with this exit
// code; its output is in the files stdout.txt and stderr.txt.
func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	program, err := exec.LookPath(args[1])
	if args[1] == "helmholtz" {
		program, err = binary, nil
	}
	ts.Check(err)
	cmd := exec.Command(program, args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	ts.Check(os.WriteFile(ts.MkAbs("stdout.txt"), stdout.Bytes(), 0o644))
	ts.Check(os.WriteFile(ts.MkAbs("stderr.txt"), stderr.Bytes(), 0o644))
	if got != want {
		ts.Fatalf("%s: exit status %d, want %d\n%s%s", strings.Join(args[1:], " "), got, want, stdout.String(), stderr.String())
	}
}

// same A B checks that two outputs of show --json have the same observables,
// digit for digit.
func cmdSame(ts *testscript.TestScript, neg bool, args []string) {
	var observables [2]string
	for i, name := range args {
		var shown struct{ Observables json.RawMessage }
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(name)), &shown))
		observables[i] = string(shown.Observables)
	}
	if !strings.Contains(observables[0], `"value"`) || observables[0] != observables[1] {
		ts.Fatalf("%s\nis not\n%s", observables[0], observables[1])
	}
}

// alone checks that no plugin process of the given run folder's script is
// left: every process started below the script's work folder has it in its
// environment as WORK.
func cmdAlone(ts *testscript.TestScript, neg bool, args []string) {
	mark := []byte("WORK=" + ts.Getenv("WORK") + "\x00")
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
