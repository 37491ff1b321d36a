package app

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// A program with a part of a standard one's name says so, whatever it is asked.
func TestPartsOfOneName(t *testing.T) {
	cmd := exec.Command(os.Args[0], "plugin", "list")
	cmd.Env = append(os.Environ(), "HELMHOLTZ_TEST_CLASH=1")
	out, err := cmd.CombinedOutput()
	ising, _ := parts.find(core.KindEnergy, "ising")
	want := `helmholtz: start: energy ising: this program has two parts of this name: version ` + ising.Version + `, "` + ising.Summary +
		`", and version 0.1.0, "my own" (give one of them another name, or leave it out of app.Main)` + "\n"
	if string(out) != want || cmd.ProcessState.ExitCode() != exitUsage {
		t.Errorf("%v\n%swant\n%s", err, out, want)
	}
}

func TestPartsThatCannotBeMade(t *testing.T) {
	named := func(kind core.PartKind, params ...core.Param) core.Part {
		return core.Part{Manifest: core.Manifest{Kind: kind, Name: "mine", Params: params}}
	}
	energy := named(core.KindEnergy, core.Param{Name: "path"})
	energy.NewEnergy = func(core.Settings) (core.Energy, error) { return nil, nil }
	ofChains := named(core.KindSampler, core.Param{Name: "chains", Type: core.TypeFloat})
	ofChains.Source = core.OfChains
	ofChains.NewSampler = func(core.Settings, core.Target) (core.Sampler, error) { return nil, nil }
	for _, c := range []struct {
		part core.Part
		want string
	}{
		{named(core.KindModel), "model mine: the part has no constructor of its kind"},
		{named(core.KindEnergy), "energy mine: the part has no constructor of its kind"},
		{named(core.KindEstimator), "estimator mine: the part has no constructor of its kind"},
		{named(core.KindObjective), "objective mine: the part has no constructor of its kind"},
		{named(core.KindOptimizer), "optimizer mine: the part has no constructor of its kind"},
		{named(core.KindSampler), "sampler mine: the part has no constructor of its kind"},
		{ofChains, `sampler mine: a sampler of chains has a key "chains", the number of them`},
		{energy, `energy mine: the key "path" says in a run file which part is meant`},
	} {
		if err := (builtins{c.part}).check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	if err := parts.check(); err != nil {
		t.Error("the standard parts:", err)
	}
	model := named(core.KindModel)
	model.NewModel = func(core.Settings, core.Space) (core.Model, error) { return nil, nil }
	energy.Params = nil
	if err := (builtins{model, energy}).check(); err != nil {
		t.Error("a model and an energy may share a name:", err)
	}
}

// The program and its run file, which testdata/script/own.txtar runs, are the ones
// in the documentation.
func TestOwnBinaryIsDocumented(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(repository(), "docs", "writing-a-plugin.md"))
	if err != nil {
		t.Fatal(err)
	}
	for file, language := range map[string]string{"main.go": "go", "openchain.toml": "toml"} {
		text, err := os.ReadFile(filepath.Join("testdata/own", file))
		if err != nil || !strings.Contains(string(page), "```"+language+"\n"+string(text)+"```\n") {
			t.Errorf("docs/writing-a-plugin.md does not show testdata/own/%s as it is (%v)", file, err)
		}
	}
}

func TestVersionOfModule(t *testing.T) {
	theirs := debug.Module{Path: "example.org/own", Version: "v0.3.0"}
	for _, c := range []struct {
		build debug.BuildInfo
		want  string
	}{
		{debug.BuildInfo{Main: debug.Module{Path: module, Version: "v1.2.0"}}, "v1.2.0"},
		{debug.BuildInfo{Main: debug.Module{Path: module, Version: "(devel)"}}, "dev"},
		{debug.BuildInfo{Main: debug.Module{Path: module}}, "dev"},
		{debug.BuildInfo{Main: theirs, Deps: []*debug.Module{{Path: module, Version: "v1.2.0"}}}, "v1.2.0"},
		{debug.BuildInfo{Main: theirs, Deps: []*debug.Module{{Path: module, Version: "v0.0.0", Replace: &debug.Module{Path: "../helmholtz"}}}}, "dev"},
		{debug.BuildInfo{Main: theirs}, "dev"},
	} {
		if got := moduleVersion(&c.build); got != c.want {
			t.Errorf("%+v: %s, want %s", c.build, got, c.want)
		}
	}
}
