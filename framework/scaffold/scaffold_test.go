package scaffold

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// All that is offered is written without a hole, and refers to nothing but itself.
func TestWrite(t *testing.T) {
	for _, offer := range Offers() {
		language, kind, _ := strings.Cut(offer, " ")
		p := Plugin{Language: language, Kind: core.PartKind(kind), Name: "dot_part", Helmholtz: "/opt/helmholtz", Source: "/src/helmholtz"}
		dir := filepath.Join(t.TempDir(), "dot_part")
		files, err := p.Write(dir)
		if err != nil {
			t.Errorf("%s: %v", offer, err)
			continue
		}
		for _, name := range append([]string{"README.md", "Makefile", "ci.sh", ".gitignore"}, "dot_part.toml") {
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				t.Errorf("%s: %v", offer, err)
			}
		}
		for _, name := range files {
			text, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil || bytes.Contains(text, []byte("<no value>")) || bytes.Contains(text, []byte("{{")) || bytes.Contains(text, []byte("NAME")) {
				t.Errorf("%s: %s has holes, or cannot be read (%v)", offer, name, err)
			}
		}
	}
}

// The command and the source may lie in folders with any name.
func TestPlaces(t *testing.T) {
	place := filepath.Join(t.TempDir(), "a b", "$x #1")
	if err := os.MkdirAll(place, 0o777); err != nil {
		t.Fatal(err)
	}
	helmholtz := filepath.Join(place, "helmholtz")
	if err := os.WriteFile(helmholtz, []byte("#!/bin/sh\necho \"called: $*\"\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, language := range []string{"python", "go"} {
		dir := filepath.Join(place, language)
		if _, err := (Plugin{Language: language, Kind: core.KindEnergy, Name: "ring", Helmholtz: helmholtz, Source: place}).Write(dir); err != nil {
			t.Fatal(err)
		}
		if language == "go" {
			continue // make would build it
		}
		run := exec.Command("make", "--directory", dir, "run")
		run.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "HELMHOLTZ") || strings.HasPrefix(v, "MAKE") })
		if text, err := run.CombinedOutput(); err != nil || !strings.Contains(string(text), "called: run ring.toml\n") {
			t.Errorf("%s: %v\n%s", language, err, text)
		}
	}
	text, err := os.ReadFile(filepath.Join(place, "go", "Makefile"))
	if err != nil || !strings.Contains(string(text), "\t'$(HELMHOLTZ)' run ring.toml\n") {
		t.Errorf("%v\n%s", err, text)
	}
	edit := exec.Command("go", "mod", "edit", "-json")
	edit.Dir = filepath.Join(place, "go")
	if text, err := edit.CombinedOutput(); err != nil || !strings.Contains(string(text), `"Path": "`+place+`"`) {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestClass(t *testing.T) {
	for name, want := range map[string]string{"ring": "Ring", "my_ring2": "MyRing2"} {
		if got := (Plugin{Name: name}).Class(); got != want {
			t.Errorf("%s is the class %s, want %s", name, got, want)
		}
	}
}

// What cannot be written is refused with what can, and leaves nothing; what is there stays as it is.
func TestRefuse(t *testing.T) {
	good := Plugin{Language: "go", Kind: core.KindEnergy, Name: "ring", Source: "/src"}
	for want, change := range map[string]func(*Plugin){
		"no energy in cobol":     func(p *Plugin) { p.Language = "cobol" },
		"no sampler in go":       func(p *Plugin) { p.Kind = core.KindSampler },
		`the name "Ring"`:        func(p *Plugin) { p.Name = "Ring" },
		`the name "../ring"`:     func(p *Plugin) { p.Name = "../ring" },
		"have at most 64":        func(p *Plugin) { p.Name = strings.Repeat("x", 65) }, // as names of parts
		`the name "lambda"`:      func(p *Plugin) { p.Name = "lambda" },
		"before the module json": func(p *Plugin) { p.Language, p.Name = "python", "json" },
		"before the module grpc": func(p *Plugin) { p.Language, p.Name = "jax", "grpc" },
		"which was not found":    func(p *Plugin) { p.Source = "" },
	} {
		p, dir := good, filepath.Join(t.TempDir(), "new")
		change(&p)
		_, err := p.Write(dir)
		var e *core.Error
		if !errors.As(err, &e) || e.Kind != core.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: a folder is left", want)
		}
	}
	if _, err := good.Write(t.TempDir()); err == nil || !strings.Contains(err.Error(), "there already") {
		t.Errorf("error %v over a folder that is there", err)
	}
}

// Modules of Python's own library are in the list, and names that have nothing against them are not.
func TestImported(t *testing.T) {
	for name, want := range map[string]bool{"json": true, "random": true, "types": true, "queue": true, "numpy": true, "ring": false, "phi4": false} {
		if got := slices.Contains(imported, name); got != want {
			t.Errorf("%s is imported: %v", name, got)
		}
	}
}
