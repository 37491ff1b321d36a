package plan

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

const swept = `[run]
name = "curve"
[model]
plugin = "van"
[energy]
plugin = "ising"
L = 4
[ensemble]
beta = 0.3
[expect]
energy = { value = [-1, nan, -3, -4, -5, -6], tolerance = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], source = "by hand" }
entropy = { value = 2, sigma = 3, source = "by hand" }
[sweep]
energy.L = [2,
  3, 5]
"ensemble.beta" = [0.25, 1]
`

func sweepOf(source string, overrides ...string) (*Sweep, error) {
	f, err := Parse("run.toml", []byte(source), overrides)
	if err != nil {
		return nil, err
	}
	return f.Sweep()
}

func mustSweep(t *testing.T, source string, overrides ...string) *Sweep {
	t.Helper()
	s, err := sweepOf(source, overrides...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func pointOf(s *Sweep, i int) (*Plan, error) {
	f, err := s.Point(i)
	if err != nil {
		return nil, err
	}
	return f.Check(manifest, compiled)
}

// The points are the outer product, the second key fastest, each as if its
// values had been given by --set.
func TestSweepPoints(t *testing.T) {
	s := mustSweep(t, swept)
	if s.Len() != 6 {
		t.Fatalf("%d points, want 3 x 2", s.Len())
	}
	alone, _, _ := strings.Cut(swept, "[expect]")
	i := 0
	for _, L := range []int64{2, 3, 5} {
		for _, beta := range []float64{0.25, 1} {
			p, err := pointOf(s, i)
			if err != nil {
				t.Fatal(err)
			}
			if p.Energy.Settings["L"] != L || p.Beta != beta || p.Name != fmt.Sprintf("curve-%03d", i) || p.Source != swept {
				t.Errorf("point %d: %v, beta = %v, name %s", i, p.Energy.Settings, p.Beta, p.Name)
			}
			q := mustCheck(t, alone, fmt.Sprintf("energy.L=%d", L), fmt.Sprintf("ensemble.beta=%v", beta))
			if p.Fingerprint() != q.Fingerprint() {
				t.Errorf("point %d is not the single run: %v", i, p.Diff(mustJSON(t, q)))
			}
			i++
		}
	}
	if got, want := s.Label(3), "energy.L = 3, ensemble.beta = 1"; got != want {
		t.Errorf("label %q, want %q", got, want)
	}
}

// Keys with a comma between them vary together.
func TestSweepOfKeysTogether(t *testing.T) {
	s := mustSweep(t, swept, `sweep={"energy.L, run.seed" = [2, 3]}`, `expect={}`)
	if s.Len() != 2 || s.Label(1) != "energy.L, run.seed = 3" {
		t.Fatalf("%d points, %s", s.Len(), s.Label(1))
	}
	for i, want := range []int64{2, 3} {
		p, err := pointOf(s, i)
		if err != nil {
			t.Fatal(err)
		}
		if p.Energy.Settings["L"] != want || p.Seed != uint64(want) || !s.Has(i, mustJSON(t, p)) {
			t.Errorf("point %d: L = %v, seed %v", i, p.Energy.Settings["L"], p.Seed)
		}
	}
	if again := mustSweep(t, s.TOML()); again.TOML() != s.TOML() || again.Len() != 2 {
		t.Errorf("%s\nis read back as\n%s", s.TOML(), again.TOML())
	}
}

func TestSweepOfOne(t *testing.T) {
	alone, _, _ := strings.Cut(swept, "[expect]")
	s := mustSweep(t, alone)
	p, err := pointOf(s, 0)
	if err != nil || s.Len() != 1 || len(s.Axes) != 0 || p.Name != "curve" || p.Point != nil {
		t.Errorf("%d points, %v, %+v", s.Len(), err, p)
	}
}

// Lists in [expect] give each point its element, and none where the value is nan.
func TestSweepExpect(t *testing.T) {
	s := mustSweep(t, swept)
	for i, want := range []string{"energy -1 0.1, entropy 2 0", "entropy 2 0", "energy -3 0.3, entropy 2 0"} {
		p, err := pointOf(s, i)
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, e := range p.Expect {
			words = append(words, fmt.Sprint(e.Observable, " ", *e.Value, " ", e.Tolerance))
		}
		if got := strings.Join(words, ", "); got != want {
			t.Errorf("point %d expects %s, want %s", i, got, want)
		}
	}
}

// What collect derives of all points is expected of them together: the run of a point does not know it, nor
// does its resolved run file; the JSON that its results keep does.
func TestExpectOfSweep(t *testing.T) {
	const derived = "expect.entropy_from_free_energy_per_site={value=[1,2,3,4,5,6],sigma=3,cautions=[\"inconsistent\"],source=\"by hand\"}"
	p, err := pointOf(mustSweep(t, swept, derived), 2)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]bool{}
	for _, e := range p.Expect {
		of[e.Observable] = p.OfSweep(e)
	}
	if len(of) != 3 || !of["entropy_from_free_energy_per_site"] || of["energy"] || of["entropy"] {
		t.Errorf("of the sweep: %v", of)
	}
	if toml := p.TOML(); strings.Contains(toml, "entropy_from") || !strings.Contains(toml, "[expect.entropy]") {
		t.Errorf("resolved\n%s", toml)
	}
	text, err := p.JSON()
	if err != nil {
		t.Fatal(err)
	}
	all, err := Expected(text)
	if err != nil || len(all) != 3 {
		t.Fatalf("%d expectations, %v", len(all), err)
	}
	if e := all[2]; e.Observable != "entropy_from_free_energy_per_site" || *e.Value != 3 || e.Sigma != 3 || e.Bound != "none" || e.Cautions[0] != "inconsistent" {
		t.Errorf("read back %+v", e)
	}
	if all, err := Expected([]byte("{}")); err != nil || len(all) > 0 {
		t.Errorf("of nothing %v, %v", all, err)
	}
	if _, err := Expected([]byte("{")); core.KindOf(err) != core.Storage {
		t.Errorf("of no JSON %v", err)
	}
	p.Point = nil // a run of its own
	if p.OfSweep(Expectation{Observable: "entropy_from_free_energy"}) {
		t.Error("a run without [sweep] has what is derived of one")
	}
}

func TestSweepRoundTrip(t *testing.T) {
	s := mustSweep(t, swept, `sweep={"model.network" = ["made", "pixelcnn"], "energy.J" = [1, 2.5, -1e-3]}`)
	again := mustSweep(t, s.TOML())
	if s.TOML() != again.TOML() || again.Name() != "curve" || s.Len() != 6 || again.Label(5) != s.Label(5) {
		t.Errorf("%s\nis read back as\n%s", s.TOML(), again.TOML())
	}
}

// A point knows its own plan from that of another, also when the list has grown.
func TestSweepHas(t *testing.T) {
	s := mustSweep(t, swept)
	p, err := pointOf(s, 2)
	if err != nil {
		t.Fatal(err)
	}
	grown := mustSweep(t, swept, `sweep={"energy.L" = [2.0, 3, 5, 7], "ensemble.beta" = [0.25, 1.0]}`, `expect={}`)
	text := mustJSON(t, p)
	if !s.Has(2, text) || !grown.Has(2, text) || s.Has(3, text) || s.Has(2, mustJSON(t, mustCheck(t, base))) || s.Has(2, []byte("not JSON")) {
		t.Error("the plan of point 2 is taken for another's")
	}
}

func TestSweepMistakes(t *testing.T) {
	with := func(lines string) string {
		return swept[:strings.Index(swept, "[expect]")] + "[sweep]\n" + lines + "\n"
	}
	for _, c := range []struct{ name, source, want string }{
		{"no table", "sweep = 3\n", "run.toml:1: sweep must be one table: write [sweep]"},
		{"empty", with(""), `run.toml:10: [sweep] varies no key: write for instance "energy.L" = [4, 8]`},
		{"three keys", with("energy.L = [1]\nenergy.J = [1]\nrun.seed = [1]"), "run.toml:10: [sweep] varies 3 keys; it can vary 2 at most"},
		{"twice", with("energy.L = [1]\n\"energy.L\" = [2]"), "run.toml:12: energy.L is swept twice"},
		{"twice with another", with("\"energy.L, energy.J\" = [1]\n\"energy.J\" = [2]"), "run.toml:12: energy.J is swept twice"},
		{"one of two unknown", with("\"energy.L, L\" = [1]"), `run.toml:11: sweep."energy.L, L" is not a key of this file; write table.key`},
		{"no list", with("energy.L = 3"), "run.toml:11: sweep.energy.L must be a list of values, like [1, 2, 3]"},
		{"no values", with("energy.L = []"), "run.toml:11: sweep.energy.L must be a list of values, like [1, 2, 3]"},
		{"no table before the key", with("L = [2]"), "run.toml:11: sweep.L is not a key of this file; write table.key"},
		{"unknown table", with("enrgy.L = [2]"), "run.toml:11: sweep.enrgy.L: [enrgy] is not a known table; did you mean [energy]?"},
		{"name", with(`run.name = ["a"]`), "run.toml:11: run.name cannot be swept"},
		{"expect", with("expect.energy.value = [1]"), "run.toml:11: expect.energy.value cannot be swept"},
		{"value twice", with("energy.J = [2.0,\n1, 2]"), "run.toml:12: sweep.energy.J has the value 2 twice"},
		{"not finite", with("energy.J = [1, inf]"), "run.toml:11: sweep.energy.J has a value that is not finite"},
		{"continue", with("continue = 3\nenergy.L = [1]"), "run.toml:11: sweep.continue must be true or false, got the number 3"},
		{"continue alone", with("continue = true"), `run.toml:10: [sweep] varies no key: write for instance "energy.L" = [4, 8]`},
		{"continue from a start that varies", with("continue = true\nenergy.L = [1]\n\"run.seed, train.start\" = [\"a\", \"b\"]"),
			"run.toml:13: train.start varies along the last key of [sweep], and sweep.continue = true starts its points where the ones before them ended; leave one of the two out"},
		{"expected", swept + "[expect.log_z]\nvalue = [1, 2]\n", "run.toml:18: expect.log_z.value has 2 elements, and the sweep has 6 points"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := sweepOf(c.source)
			if err == nil || core.KindOf(err) != core.Invalid || err.Error() != c.want {
				t.Errorf("error %v\nwant  %s", err, c.want)
			}
		})
	}
	if _, err := sweepOf(swept, "energy.L=4"); err == nil || err.Error() != "--set energy.L: energy.L is swept by [sweep]; leave one of the two out" {
		t.Errorf("--set of a swept key: %v", err)
	}
	long := ""
	for i := range maxPoints + 1 {
		long += fmt.Sprint(i, ",")
	}
	if _, err := sweepOf(with("energy.J = [" + long + "]")); err == nil || !strings.Contains(err.Error(), "the sweep has 10001 points") {
		t.Errorf("a long sweep: %v", err)
	}
}

// What is wrong at a point is said with the line of its value.
func TestSweepPointMistakes(t *testing.T) {
	source := swept[:strings.Index(swept, "[expect]")]
	for _, c := range []struct{ name, sweep, want string }{
		{"range", "energy.L = [2,\n3,\n0]", "run.toml:13: energy.L must be at least 1, got 0"},
		{"type", "energy.L = [2, 3, 'four']", `run.toml:11: energy.L must be an integer, got the string "four"`},
		{"unknown key", "energy.size = [2, 3, 4]", "run.toml:11: energy.size is not a known key"},
		{"unknown part", "model.plugin = ['van', 'flow', 'vann']", `run.toml:11: no model is called "vann"`},
		{"no such estimator", "estimator.1.bins = [1, 2, 3]", `estimator has no entry "1": there is no [[estimator]]`},
		{"nothing to continue", "continue = true\nenergy.L = [2, 3, 4]", "run.toml:11: sweep.continue has no effect without [train]"},
		{"both", "ensemble.temperature = [1, 2, 3]", "run.toml:11: ensemble.beta and ensemble.temperature are given together"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := pointOf(mustSweep(t, source+"[sweep]\n"+c.sweep), 2)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\nwant  %s", err, c.want)
			}
		})
	}
	if _, err := pointOf(mustSweep(t, source, "sweep={energy={L=[2, 0]}}"), 1); err == nil || !strings.HasPrefix(err.Error(), "--set sweep: energy.L must be at least 1") {
		t.Errorf("by --set: %v", err)
	}
}

const continuing = `[model]
plugin = "van"
[energy]
plugin = "ising"
[ensemble]
[train]
steps = 5
start = "J.csv"
[sweep]
continue = true
energy.L = [2, 3]
ensemble.beta = [0.25, 0.5, 1]
`

// Along the last key a point starts where the one before it ended, whatever the first point
// starts from; what that is makes it another run.
func TestSweepContinue(t *testing.T) {
	f, err := Parse("testdata/run.toml", []byte(continuing), nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Sweep()
	if err != nil {
		t.Fatal(err)
	}
	if key, at := s.LastKey(); s.Len() != 6 || key != "ensemble.beta" || at != key {
		t.Fatalf("%d points along %s", s.Len(), key)
	}
	for i, want := range []int{-1, 0, 1, -1, 3, 4} {
		before, ok := s.Before(i)
		if ok != (want >= 0) || ok && before != want {
			t.Errorf("point %d starts from %d, %v; want %d", i, before, ok, want)
		}
		p, err := pointOf(s, i)
		if err != nil {
			t.Fatal(err)
		}
		if (p.Train.Start == "") != ok {
			t.Errorf("point %d has train.start = %q before its start is known", i, p.Train.Start)
		}
	}
	sums := map[string]bool{}
	for _, file := range []string{"J.csv", "bin"} { // of other content
		path, err := filepath.Abs("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if file == "bin" {
			path = filepath.Join(path, "van")
		}
		s.StartFrom(4, path)
		p, err := pointOf(s, 4)
		if err != nil {
			t.Fatal(err)
		}
		sums[p.Fingerprint()] = true
		if p.Train.Start != path || !s.Has(4, mustJSON(t, p)) {
			t.Errorf("train.start = %q, want %q", p.Train.Start, path)
		}
	}
	if len(sums) != 2 {
		t.Error("the fingerprint does not know what a point starts from")
	}
	if again := mustSweep(t, s.TOML()); again.TOML() != s.TOML() || !again.Continue {
		t.Errorf("%s\nis read back as\n%s", s.TOML(), again.TOML())
	}
	if off := mustSweep(t, continuing, "sweep.continue=false"); off.Continue || off.Len() != 6 {
		t.Error("--set does not turn it off")
	}
}

// Of two plans that differ in their steps alone, the shorter one ends at other parameters,
// and the longer one may continue it.
func TestDiffTraining(t *testing.T) {
	p := mustCheck(t, continuing[:strings.Index(continuing, "start =")], "energy.L=2", "ensemble.beta=1")
	q := mustCheck(t, continuing[:strings.Index(continuing, "start =")], "energy.L=2", "ensemble.beta=1", "train.steps=6")
	if got := q.Diff(mustJSON(t, p)); len(got) > 0 {
		t.Errorf("Diff %v", got)
	}
	if got := strings.Join(q.DiffTraining(mustJSON(t, p)), "; "); got != "train.steps: 5 -> 6" {
		t.Errorf("DiffTraining %q", got)
	}
	if got := p.DiffTraining(mustJSON(t, p)); len(got) > 0 {
		t.Errorf("DiffTraining of itself: %v", got)
	}
}
