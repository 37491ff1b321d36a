package host

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// scripted writes a plugin that says that it is made of other files besides, and leaves the file
// ran where it is run.
func scripted(t *testing.T, dir string, files map[string]string) (file, ran string) {
	t.Helper()
	var besides []string
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		write(t, path, text)
		besides = append(besides, fmt.Sprintf("%q: %q", name, path))
	}
	file, ran = filepath.Join(dir, "helmholtz-plugin-ring"), filepath.Join(dir, "ran")
	write(t, file, "#!/bin/sh\ntouch '"+ran+"'\necho '{\"protocols\": [2], \"parts\": [{\"kind\": \"energy\", \"name\": \"ring\", \"version\": \"1\"}], "+
		`"files": {`+strings.Join(besides, ", ")+"}}'\n")
	return file, ran
}

func sumOf(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(text))
}

// A plugin that is locked is found as it was, and each way in which it may differ has its text.
// What is started is compared before it is.
func TestLock(t *testing.T) {
	dir := t.TempDir()
	file, ran := scripted(t, dir, map[string]string{"lib/a.py": "a", "b.py": "b"})
	locked := func() Locked {
		return Locked{Kind: core.KindEnergy, Name: "ring", Version: "1", File: "ring", Files: map[string]string{
			"ring": sumOf(t, file), "lib/a.py": sumOf(t, filepath.Join(dir, "lib/a.py")), "b.py": sumOf(t, filepath.Join(dir, "b.py"))}}
	}
	wrong := strings.Repeat("0", 64)
	for _, c := range []struct {
		name   string
		change func(*Locked)
		also   []Locked
		runs   bool
		want   []string // nil where it is allowed
	}{
		{"as it was", func(*Locked) {}, nil, true, nil},
		{"one of two", func(p *Locked) { p.Files["b.py"] = wrong }, []Locked{locked()}, true, nil},
		{"another part", func(p *Locked) { p.Name = "chain" }, nil, false, []string{file + " would serve it, which is not in run.lock.toml", "helmholtz lock"}},
		{"what is started", func(p *Locked) { p.Files["ring"] = wrong }, nil, false, []string{file + " has sha256 " + sumOf(t, file), "locks ring 1 with " + wrong}},
		{"another file", func(p *Locked) { p.Files["lib/a.py"] = wrong }, nil, true, []string{"lib/a.py has sha256", "locks lib/a.py with " + wrong}},
		{"one more", func(p *Locked) { delete(p.Files, "b.py") }, nil, true, []string{"it is also made of " + filepath.Join(dir, "b.py")}},
		{"one less", func(p *Locked) { p.Files["c.py"] = wrong }, nil, true, []string{"c.py is no part of it any more"}},
		{"the version", func(p *Locked) { p.Version = "2" }, nil, true, []string{"it says that it is version 1, and run.lock.toml locks version 2"}},
	} {
		for how, path := range map[string]string{"by path": file, "by name": ""} {
			os.Remove(ran)
			p := locked()
			c.change(&p)
			h := newHost(t, Options{SearchPath: []string{dir}, Lock: &Lock{File: "run.lock.toml", Plugins: append([]Locked{p}, c.also...)}})
			f, err := h.Find(core.KindEnergy, "ring", path, "")
			if c.want != nil {
				wantError(t, err, core.Invalid, c.want...)
			} else if err != nil || len(f.Files()) != 3 {
				t.Errorf("%s, %s: %+v, error %v", c.name, how, f, err)
			}
			if _, err := os.Stat(ran); (err == nil) != c.runs {
				t.Errorf("%s, %s: it was run: %v, want %v", c.name, how, err == nil, c.runs)
			}
		}
	}
}

// A part of this binary does not take the place of a plugin that is locked, nor does a file that
// cannot be read pass.
func TestLockBuiltin(t *testing.T) {
	h := newHost(t, Options{Lock: &Lock{File: "run.lock.toml",
		Plugins: []Locked{{Kind: core.KindEnergy, Name: "chain", File: "chain.py", Files: map[string]string{"chain.py": "0"}}}}})
	_, err := h.Find(core.KindEnergy, "chain", "", "")
	wantError(t, err, core.Invalid, "it is built in here, and run.lock.toml locks the plugin chain.py")

	dir := t.TempDir()
	file, _ := scripted(t, dir, map[string]string{"a.py": "a"})
	if err := os.Remove(filepath.Join(dir, "a.py")); err != nil {
		t.Fatal(err)
	}
	_, err = newHost(t, Options{}).Find(core.KindEnergy, "ring", file, "")
	wantError(t, err, core.Plugin, "of the files that it names as its own", "a.py")
}

// A file besides that changes between description and start is noticed.
func TestUnchanged(t *testing.T) {
	dir := t.TempDir()
	file, _ := scripted(t, dir, map[string]string{"a.py": "a"})
	h := newHost(t, Options{})
	f, err := h.Find(core.KindEnergy, "ring", file, "")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "a.py"), "other")
	_, err = h.OpenEnergy(f, nil)
	wantError(t, err, core.Plugin, "a.py changed after it was checked")
}

func TestNobodyWaits(t *testing.T) {
	door := filepath.Join(t.TempDir(), "door")
	t.Setenv(ReattachKey, door)
	_, err := newHost(t, Options{}).Find(core.KindEnergy, "ring", "", "")
	wantError(t, err, core.Plugin, "attach to plugin: "+door, "unset HELMHOLTZ_REATTACH")
}
