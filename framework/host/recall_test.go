package host

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// A description is asked for once, and again when anything has changed that it may depend on, or
// where the cache is no good.
func TestRecall(t *testing.T) {
	dir, cache := t.TempDir(), t.TempDir()
	t.Setenv(pythonKey, "/bin/sh") // an interpreter, for a file that is called x.py
	file, ran, module := filepath.Join(dir, "x.py"), filepath.Join(dir, "ran"), filepath.Join(dir, "module.py")
	program := func(version, energy string) {
		write(t, file, "touch '"+ran+`'; echo '{"protocols": [2], "parts": [{"kind": "energy", "name": "`+energy+`", "version": "`+version+`"}], "files": {"module.py": "`+module+`"}}'`)
	}
	write(t, module, "")
	program("1", "ring")
	// find looks for an energy in a new host and tells whether the plugin was run.
	find := func(o Options, energy string) (*Found, bool) {
		t.Helper()
		os.Remove(ran)
		o.Cache = cache
		f, err := newHost(t, o).Find(core.KindEnergy, energy, file, "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = os.Stat(ran)
		return f, err == nil
	}
	for _, step := range []struct {
		name   string
		before func()
		runs   bool
	}{
		{"the first time", func() {}, true},
		{"again", func() {}, false},
		{"another program", func() { program("2", "ring") }, true},
		{"again", func() {}, false},
		{"another module", func() { write(t, module, "x = 1") }, true},
		{"a module of another time", func() { os.Chtimes(module, time.Unix(1, 0), time.Unix(1, 0)) }, true},
		{"another path of modules", func() { t.Setenv("PYTHONPATH", dir) }, true},
		{"again", func() {}, false},
		{"a damaged cache", func() { ruin(t, cache, "{") }, true},
		{"an empty cache", func() { ruin(t, cache, "") }, true},
		{"one of another program", func() { ruin(t, cache, `{"sha256": "0", "stamps": {}, "description": {}}`) }, true},
		{"again", func() {}, false},
	} {
		step.before()
		f, ran := find(Options{}, "ring")
		if ran != step.runs || len(f.Files()) != 2 {
			t.Errorf("%s: it was run: %v, want %v; found %+v", step.name, ran, step.runs, f)
		}
	}
	if _, ran := find(Options{Fresh: true}, "ring"); !ran {
		t.Error("it was not asked, and a fresh description was wanted")
	}
	// What the cache says of a program is wrong: it does serve the energy.
	files, _ := filepath.Glob(filepath.Join(cache, "descriptions", "*.json"))
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		write(t, name, strings.Replace(string(text), `"name":"ring"`, `"name":"knot"`, 1))
	}
	if _, ran := find(Options{}, "ring"); !ran {
		t.Error("a part was found that the cache does not have")
	}
}

// What cannot be written is no cache, and neither is it for a script that may start anything.
func TestNothingToRecall(t *testing.T) {
	dir := t.TempDir()
	file, ran := scripted(t, dir, nil)
	for cache, name := range map[string]string{t.TempDir(): "a script", "/dev/null": "no folder"} {
		for range 2 {
			os.Remove(ran)
			h := newHost(t, Options{Cache: cache})
			if _, err := h.Find(core.KindEnergy, "ring", file, ""); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(ran); err != nil || h.Recalled() {
				t.Errorf("%s: its description was kept", name)
			}
		}
	}
}

func ruin(t *testing.T, cache, text string) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(cache, "descriptions", "*.json"))
	if len(files) == 0 {
		t.Fatal("nothing was kept")
	}
	for _, name := range files {
		write(t, name, text)
	}
}
