package host

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// A Python program needs no permission to be executed, and is started by the interpreter that the
// user names. The shell is one here, and says with which file it was started.
func TestInterpreter(t *testing.T) {
	file := filepath.Join(t.TempDir(), "chain.py")
	text := `echo '{"protocols": [2], "parts": [{"kind": "energy", "name": "chain", "version": "1", "summary": "'$(basename $0) $1'"}]}'` + "\n"
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	h := newHost(t, Options{})
	t.Setenv(pythonKey, "sh")
	f, err := h.Find(core.KindEnergy, "chain", file, "")
	if err != nil || f.Summary != "chain.py describe" || f.File != file {
		t.Errorf("found %+v, error %v, want what the interpreter says", f, err)
	}
	t.Setenv(pythonKey, filepath.Join(t.TempDir(), "python"))
	_, err = h.Find(core.KindEnergy, "chain", file, "")
	wantError(t, err, core.Plugin, "chain.py", "no such file", "HELMHOLTZ_PYTHON names an interpreter of Python")

	// Its own first line counts where no interpreter is named.
	t.Setenv(pythonKey, "")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o777); err != nil {
		t.Fatal(err)
	}
	if f, err = h.Find(core.KindEnergy, "chain", file, ""); err != nil || f.Summary != "chain.py describe" {
		t.Errorf("found %+v, error %v, want what its first line starts", f, err)
	}
}

// What the system does not start is named by what is wrong with the file, and not by what the system says of it.
func TestStartHints(t *testing.T) {
	h := newHost(t, Options{})
	for text, want := range map[string]string{
		"echo":                       "a script begins with a line like #!/usr/bin/env python3, and a program is built for this machine, " + runtime.GOOS,
		"#!/none/python3\necho\n":    "its first line names /none/python3, which is not there",
		"#! /none/env python3\n":     "its first line names /none/env, which is not there",
		"#!/bin/sh\r\necho\r\n":      "its lines end as those of Windows do, so that the first one names no program: save it with the line ends of Unix",
		"#!/bin/sh\n":                "may not be executed: chmod +x ",
		"#!/bin/sh\nexit 3 # fine\n": "exit status 3 (a plugin must print its description when started with the argument describe",
	} {
		file := filepath.Join(t.TempDir(), "mine")
		mode := os.FileMode(0o777)
		if strings.HasPrefix(want, "may not") {
			mode = 0o666
		}
		if err := os.WriteFile(file, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		_, err := h.Find(core.KindEnergy, "mine", file, "")
		wantError(t, err, core.Plugin, want)
	}
}
