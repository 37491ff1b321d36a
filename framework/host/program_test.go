package host

import (
	"os"
	"path/filepath"
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
	wantError(t, err, core.Plugin, "chain.py", "no such file")

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
