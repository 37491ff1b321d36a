package plan

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
)

const withTerm = `[model]
plugin = "flow"
[energy]
plugin = "phi4"
[ensemble]
beta = 1
[train]
steps = 10
batch = 300
[[term]]
name = "data"
objective = "maximum_likelihood"
data = "testdata/J.csv"
weight = 0.5
`

const secondTerm = "[[term]]\nname = \"path\"\nobjective = \"reverse_kl\"\ngradient = \"pathwise\"\n"

// All that decides a term counts in the fingerprint, its data by content.
func TestFingerprintOfTerms(t *testing.T) {
	at := func(source string, overrides ...string) *Plan {
		t.Helper()
		p, err := check("run.toml", source, overrides...)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := at(withTerm + secondTerm)
	moved := filepath.Join(t.TempDir(), "moved.csv")
	if err := os.WriteFile(moved, []byte("0,1\n1,0\n"), 0o644); err != nil { // what J.csv holds
		t.Fatal(err)
	}
	for _, c := range []struct{ override, diff string }{
		{"term.0.data=" + moved, ""},
		{"train.steps=20", ""},
		{"term.0.weight=2", "term.0.weight: 0.5 -> 2"},
		{"term.0.batch=2", "term.0.batch: 300 -> 2"},
		{"term.0.name=measured", `term.0.name: "data" -> "measured"`},
		{"term.1.gradient=score", `term.1.gradient: "pathwise" -> "score"`},
		{"train.shares=0", ""}, // as before there was the key
		{"train.shares=32", "train.shares: (none) -> 32"},
		{"train.batch=20", "term.0.batch: 300 -> 20\nterm.1.batch: 300 -> 20\ntrain.batch: 300 -> 20"},
	} {
		q := at(withTerm+secondTerm, c.override)
		diff := strings.Join(q.Diff(mustJSON(t, p)), "\n")
		if diff != c.diff || (q.Fingerprint() == p.Fingerprint()) != (c.diff == "") {
			t.Errorf("%s: diff %q, want %q", c.override, diff, c.diff)
		}
	}
	if err := os.WriteFile(moved, []byte("0,2\n2,0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if d := at(withTerm+secondTerm, "term.0.data="+moved).Diff(mustJSON(t, p)); len(d) != 1 || !strings.HasPrefix(d[0], "term.0.data: the file with SHA-256 ") {
		t.Errorf("editing the file gave the diff %q", d)
	}
	if d := at(withTerm).Diff(mustJSON(t, p)); len(d) != 5 || d[0] != "term.1.batch: 300 -> (none)" { // its five keys
		t.Errorf("leaving out a term gave the diff %q", d)
	}
}

// A key of a term is swept as it is set.
func TestSweepOfTerm(t *testing.T) {
	s := mustSweep(t, withTerm+"[sweep]\n\"term.0.weight\" = [1, 0, 3]\n")
	p, err := pointOf(s, 2)
	if err != nil || p.Terms[0].Weight != 3 {
		t.Errorf("error %v, terms %+v", err, p)
	}
	want := "run.toml:16: term.0.weight must not be 0: the term would have no effect"
	if _, err := pointOf(s, 1); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
}

func TestFitTerms(t *testing.T) {
	field := core.Space{Kind: core.Field, Shape: []int{2}}
	path := []core.Power{core.PowerPath, core.PowerSlope, core.PowerNatural}
	const natural = "train.optimizer=natural"
	for _, c := range []struct {
		name, file, set string
		model           []core.Power
		want            string
	}{
		{"fits", withTerm + secondTerm, "", path, ""},
		{"powers", withTerm + secondTerm, "", nil,
			`run.toml:17: objective "reverse_kl" needs the power "path", which model "flow" does not have; set term.1.gradient = "score"`},
		{"direction", withTerm, natural, path,
			`--set train.optimizer: optimizer "natural" takes the direction of one objective, and each [[term]] would have another; choose one that needs the gradient alone, or leave out [[term]]`},
		{"column of [train]", withTerm + secondTerm, "term.1.name=free", path,
			`--set term.1.name: term.1.name: the history has free_energy already; give the term another name`},
		{"column twice", withTerm + "[[term]]\nname = \"data_loss\"\nobjective = \"other\"\n", "", path,
			`run.toml:16: term.1.name: the history has data_loss_stderr already; give the term another name`},
		{"column of every training", withTerm + "[[term]]\nname = \"gradient\"\nobjective = \"other\"\n", "", path,
			`run.toml:16: term.1.name: the history has gradient_norm already; give the term another name`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var set []string
			if c.set != "" {
				set = []string{c.set}
			}
			f, err := Parse("run.toml", []byte(c.file), set)
			if err != nil {
				t.Fatal(err)
			}
			p, err := f.Check(manifest, append(compiled, core.Manifest{Kind: core.KindObjective, Name: "other"}))
			if err != nil {
				t.Fatal(err)
			}
			b := Bound{Energy: core.EnergySpec{Space: field, Powers: []core.Power{core.PowerSlope}},
				Model: &core.ModelSpec{Space: field, Parameters: 3, Powers: c.model}}
			got := ""
			if err := p.Fit(trained(t, p, b)); err != nil {
				got = strings.TrimPrefix(strings.TrimPrefix(err.Error(), "mismatch: "), "invalid: ")
			}
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// specOf is what the objective of a term says of itself; "other" has names that
// collide.
func specOf(t *testing.T, term Term, energy core.EnergySpec) core.ObjectiveSpec {
	t.Helper()
	if term.Objective == "other" {
		return core.ObjectiveSpec{Wants: []core.Column{core.LogP}, Bars: []core.Column{core.LogP}, Numbers: []core.NumberInfo{{Name: "norm"}, {Name: "stderr"}}}
	}
	for _, part := range objective.Parts() {
		if part.Name == term.Objective {
			o, err := part.NewObjective(term.Part.Settings, core.Setting{Beta: 1, Energy: energy})
			if err != nil {
				t.Fatal(err)
			}
			return o.Spec()
		}
	}
	t.Fatalf("no objective %q", term.Objective)
	return core.ObjectiveSpec{}
}

// The configurations of all terms are held at once, and the largest batch is what the
// parts are at work on.
func TestMemoryOfTerms(t *testing.T) {
	const d = 2
	b := Bound{Energy: core.EnergySpec{Space: core.Space{Kind: core.Field, Shape: []int{d}}}, Model: &core.ModelSpec{Parameters: 1000}}
	need := func(source string, overrides ...string) float64 {
		t.Helper()
		p, err := check("run.toml", source, overrides...)
		if err != nil {
			t.Fatal(err)
		}
		return p.NeedsMemory(b)
	}
	without, _, _ := strings.Cut(withTerm, "[[term]]")
	const row, gradient = 8 * (d + 2), 8 * 1000 // bytes of x, ln p and E; and of theta
	one := need(without, "train.batch=3000")
	if more := need(withTerm, "train.batch=3000", "term.0.batch=2000") - one; more != gradient+2000*row {
		t.Errorf("a smaller batch takes %v bytes more", more)
	}
	if more := need(withTerm, "train.batch=3000", "term.0.batch=5000") - one; more != gradient+3000*row+2000*row*copies {
		t.Errorf("a larger batch takes %v bytes more", more)
	}
	p, err := check("run.toml", withTerm, "term.0.batch=5000000", "run.memory=1 MiB")
	if err != nil {
		t.Fatal(err)
	}
	want := "--set term.0.batch: term.0.batch: the run needs about"
	if err := p.FitMemory(b); err == nil || !strings.HasPrefix(err.Error(), "invalid: "+want) && !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
}
