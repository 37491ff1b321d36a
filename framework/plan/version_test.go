package plan

import (
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The order is that of semver.org, item 11, with its examples.
func TestVersionsAreOrdered(t *testing.T) {
	var last version
	for i, text := range strings.Fields("0.9.9 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.2 1.10.0 v2 2.0.1+build.7") {
		v, err := parseVersion(text)
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 && (last.compare(v) != -1 || v.compare(last) != 1 || v.compare(v) != 0) {
			t.Errorf("%s does not come after the one before", text)
		}
		last = v
	}
}

func TestVersionConstraints(t *testing.T) {
	for _, c := range []struct {
		constraint, version string
		want                string // of the error, "" for none
	}{
		{">= 1.2, < 2", "1.2.0", ""},
		{">=1.2,<2", "1.9", ""},
		{">= 1.2, < 2", "2.0.0", `energy "rings" has version 2.0.0, and energy.version asks for >= 1.2, < 2`},
		{">= 1.2, < 2", "1.1.9", "asks for"},
		{">= 1.2", "1.2.0-rc1", "asks for"}, // comes before 1.2
		{"1.2", "1.2.0", ""},
		{"= 1.2.0", "v1.2", ""},
		{"1.2", "1.2.1", "asks for"},
		{"> 1, <= 1.5, != 1.3", "1.5.0", ""},
		{"> 1, <= 1.5, != 1.3", "1.3.0", "asks for"},
		{"> 1", "1", "asks for"},
		{">= 1", "", `energy.version asks for >= 1, and the version of energy "rings" cannot be compared: "" is not a version like 1.2.0`},
		{">= 1", "(devel)", `"(devel)" is not a version`},
		{"", "(devel)", ""}, // no constraint
		{"~> 1", "1", `energy.version: "~> 1" is not a condition like ">= 1.2"`},
		{">= 1.2,", "1", `energy.version: "" is not a condition`},
		{">= one", "1", `energy.version: "one" is not a version like 1.2.0`},
		{"1.2.3.4", "1", `"1.2.3.4" is not a version`},
	} {
		f, err := Parse("r.toml", []byte("[model]\nplugin = \"van\"\n[energy]\nplugin = \"rings\"\nversion = \""+c.constraint+"\"\n[ensemble]\nbeta = 1\n"), nil)
		if err != nil {
			t.Fatal(err)
		}
		p, err := f.Check(func(kind core.PartKind, ref PartPlan) (core.Manifest, error) {
			if ref.Plugin == "van" {
				return manifest(kind, ref)
			}
			return core.Manifest{Kind: kind, Name: ref.Plugin, Version: c.version}, nil
		}, compiled)
		switch {
		case c.want == "" && (err != nil || p.Energy.Version != c.constraint):
			t.Errorf("%q on %q: %v", c.constraint, c.version, err)
		case c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), "r.toml:5: ") || !strings.Contains(err.Error(), c.want) || core.KindOf(err) != core.Invalid):
			t.Errorf("%q on %q: error %v, want %q", c.constraint, c.version, err, c.want)
		}
	}
}

// A constraint and names of variables say nothing about the run: it may be
// continued without them.
func TestVersionAndEnvAreNotFixed(t *testing.T) {
	const file = "[run]\nname = \"x\"\n[model]\nplugin = \"van\"\n[energy]\nplugin = \"ising\"\nL = 4\n[ensemble]\nbeta = 1\n"
	plain, err := check("r.toml", file)
	if err != nil {
		t.Fatal(err)
	}
	m := manifests[core.KindEnergy]["ising"]
	defer func(v string) { m.Version = v; manifests[core.KindEnergy]["ising"] = m }(m.Version)
	m.Version = "1.0.0"
	manifests[core.KindEnergy]["ising"] = m
	more, err := check("r.toml", file, `energy.version=>= 1`, `run.env=["LICENCE", "JULIA_DEPOT_PATH"]`)
	if err != nil {
		t.Fatal(err)
	}
	text := more.TOML()
	if !strings.Contains(text, "version = \">= 1\"\n") || !strings.Contains(text, "env = [\"LICENCE\", \"JULIA_DEPOT_PATH\"]\n") || strings.Contains(plain.TOML(), "env") {
		t.Errorf("resolved:\n%s", text)
	}
	if again, err := check("r.toml", text); err != nil || again.TOML() != text {
		t.Errorf("reads back to error %v:\n%s", err, again.TOML())
	}
	if plain.Fingerprint() != more.Fingerprint() {
		t.Error("the fingerprints differ")
	}
}

func TestEnvNames(t *testing.T) {
	for value, want := range map[string]string{
		`["A=secret"]`:         `run.env has "A...", which is not the name of a variable: values are not written here, they come from the environment`,
		`[""]`:                 `run.env has "", which is not`,
		`["A", "8B"]`:          `run.env has "8B", which is not`,
		`["HELMHOLTZ_PLUGIN"]`: `run.env has HELMHOLTZ_PLUGIN, which helmholtz sets itself`,
		`["PLUGIN_MIN_PORT"]`:  `run.env has PLUGIN_MIN_PORT, which helmholtz sets itself`,
		`["PMI_RANK"]`:         `run.env has PMI_RANK, by which a launcher as mpirun gives helmholtz its place in a parallel job: a plugin must not take it`,
		`"LICENCE"`:            `run.env must be an array of strings, got the string "LICENCE"`,
		`["A", 1]`:             `run.env must be an array of strings`,
	} {
		_, err := check("r.toml", "[run]\nenv = "+value+"\n[model]\nplugin = \"van\"\n[energy]\nplugin = \"ising\"\nL = 4\n[ensemble]\nbeta = 1\n")
		if err == nil || !strings.HasPrefix(err.Error(), "r.toml:2: "+want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: error %v, want %s", value, err, want)
		}
	}
	f, err := Parse("r.toml", []byte("[run]\nenv = [\"A\", \"PLUGIN_X\", \"SLURM_PROCID\", \"b_1\"]\n"), nil)
	if got := strings.Join(f.Env(), " "); err != nil || got != "A b_1" {
		t.Errorf("names %q, error %v", got, err)
	}
}
