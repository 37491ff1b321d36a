package host

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// fakePython is a shell script in the place of an interpreter: it lists the entry points, and an
// entry point serves an energy of its attribute's name.
func fakePython(t *testing.T, entries ...string) {
	t.Helper()
	python := filepath.Join(t.TempDir(), "python")
	write(t, python, `#!/bin/sh
case "$1 $2 $3" in
"-c "*) echo '[`+strings.Join(entries, ", ")+`]' ;;
"-m helmholtz describe") echo '{"protocols": [2], "parts": [{"kind": "energy", "name": "'${4#*:}'", "version": "1", "summary": "by '$4'"}]}' ;;
*) exit 1 ;;
esac
`)
	t.Setenv(pythonKey, python)
}

func entry(name, value, file string) string {
	return fmt.Sprintf(`{"name": %q, "value": %q, "file": %q, "of": "spins 1.0"}`, name, value, file)
}

// Parts of packages are found by name, after executables, also by names that their entry points do
// not have; a lock calls the package's file by the package.
func TestEntries(t *testing.T) {
	dir := t.TempDir()
	init := filepath.Join(dir, "site", "spins", "__init__.py")
	if err := os.MkdirAll(filepath.Dir(init), 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, init, "")
	install(t, dir, "ring", "", "ring")
	fakePython(t, entry("dimer", "spins.parts:dimer", init), entry("ring", "spins:ring", init), entry("other", "spins:knot", init), entry("gone", "gone:gone", ""))
	h := newHost(t, Options{SearchPath: []string{dir}})
	f, err := h.Find(core.KindEnergy, "dimer", "", "")
	if err != nil {
		t.Fatal(err)
	}
	if f.File != init || f.Summary != "by spins.parts:dimer" || f.Files()[0].Name != "spins/__init__.py" ||
		f.Where() != init+" (spins.parts:dimer of spins 1.0)" {
		t.Errorf("found %+v at %s, made of %+v", f, f.Where(), f.Files())
	}
	if f, err = h.Find(core.KindEnergy, "knot", "", ""); err != nil || f.Summary != "by spins:knot" {
		t.Errorf("found %+v, error %v", f, err)
	}
	if f, err = h.Find(core.KindEnergy, "ring", "", ""); err != nil || filepath.Base(f.File) != "helmholtz-plugin-ring" {
		t.Errorf("found %+v, error %v", f, err)
	}
	_, err = h.Find(core.KindEnergy, "gone", "", "")
	wantError(t, err, core.Invalid, "gone:gone of spins 1.0", "install the package again")
	_, err = h.Find(core.KindEnergy, "dimer", "", strings.Repeat("0", 64))
	wantError(t, err, core.Invalid, "spins/__init__.py has sha256")
	all, _ := h.List()
	shadowed := 0
	for _, f := range all {
		if f.Shadow == filepath.Join(dir, "helmholtz-plugin-ring") {
			shadowed++
		}
	}
	if shadowed != 1 {
		t.Errorf("%d parts are shadowed by the executable, want the ring of the package", shadowed)
	}
}

// An interpreter that does not answer keeps no other plugin from being found.
func TestNoEntries(t *testing.T) {
	dir := t.TempDir()
	python := filepath.Join(dir, "python")
	write(t, python, "#!/bin/sh\necho no module named json >&2; exit 1\n")
	t.Setenv(pythonKey, python)
	install(t, dir, "ring", "", "ring")
	h := newHost(t, Options{SearchPath: []string{dir}})
	if _, err := h.Find(core.KindEnergy, "ring", "", ""); err != nil {
		t.Error(err)
	}
	_, err := h.Find(core.KindEnergy, "missing", "", "")
	wantError(t, err, core.Invalid, "there is no such energy", "ask for packages with parts: "+python, "no module named json")
}

// Without a name for the interpreter, that of the environment which the binary was installed into
// serves programs whose first line says no more than python3.
func TestOwnPython(t *testing.T) {
	t.Setenv(pythonKey, "")
	venv := t.TempDir()
	for _, dir := range []string{"bin", "lib/python3.11/site-packages/helmholtz_physics-1.dist-info"} {
		if err := os.MkdirAll(filepath.Join(venv, dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	own := filepath.Join(venv, "bin", "python3")
	write(t, own, "#!/bin/sh\n")
	generic, exact, bare := filepath.Join(venv, "a.py"), filepath.Join(venv, "b.py"), filepath.Join(venv, "c.py")
	write(t, generic, "#!/usr/bin/env python3\n")
	write(t, exact, "#!/opt/python/bin/python3\n")
	write(t, bare, "")
	if err := os.Chmod(bare, 0o644); err != nil {
		t.Fatal(err)
	}
	inWheel := newHost(t, Options{Self: filepath.Join(venv, "bin", "helmholtz")})
	elsewhere := newHost(t, Options{Self: filepath.Join(t.TempDir(), "helmholtz")})
	for _, c := range []struct {
		h          *Host
		file, want string
	}{
		{inWheel, generic, own}, {inWheel, exact, exact}, {inWheel, bare, own},
		{elsewhere, generic, generic}, {elsewhere, exact, exact}, {elsewhere, bare, "python3"},
	} {
		if got := c.h.program(source{file: c.file}, "describe").Args[0]; got != c.want {
			t.Errorf("%s is started by %s, want %s", c.file, got, c.want)
		}
	}
}
