package plan

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

const base = `[run]
name = "test"
[model]
plugin = "van"
z2 = true
[energy]
plugin = "couplings"
file = "J.csv"
[ensemble]
beta = 0.3
[train]
steps = 100
[[estimator]]
plugin = "correlation"
[expect]
free_energy_per_site = { value = -2.0, sigma = 3, source = "by hand" }
`

func mustCheck(t *testing.T, source string, overrides ...string) *Plan {
	t.Helper()
	p, err := check("testdata/run.toml", source, overrides...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func mustJSON(t *testing.T, p *Plan) []byte {
	t.Helper()
	text, err := p.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The resolved run file gives the same plan, read from any folder.
func TestRoundTrip(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txt")
	plans := 0
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, resolved, ok := strings.Cut(string(text), "-- plan --\n")
		if !ok {
			continue
		}
		dir, err := filepath.Abs("testdata")
		if err != nil {
			t.Fatal(err)
		}
		first := mustCheck(t, strings.ReplaceAll(resolved, "$DIR", dir))
		second, err := check(filepath.Join(t.TempDir(), "other.toml"), first.TOML())
		if err != nil {
			t.Fatal(path, err)
		}
		if second.TOML() != first.TOML() || string(mustJSON(t, second)) != string(mustJSON(t, first)) || second.Fingerprint() != first.Fingerprint() {
			t.Errorf("%s: the plan changed:\n%s\n%s", path, first.TOML(), second.TOML())
		}
		plans++
	}
	if plans < 5 {
		t.Errorf("only %d plans were compared", plans)
	}
}

func TestStringsAndNumbersSurviveTOML(t *testing.T) {
	p := mustCheck(t, base)
	p.Name = "a \"quote\", a \\, tabs\t, lines\n\r, <&>, \x01\x7f\u2028 and π"
	p.Seed = math.MaxInt64
	p.Beta = 0.1 + 0.2
	p.Optimizer.Settings["learning_rate"] = 5e-324
	p.Energy.Settings["fields"] = []float64{1e300, math.Copysign(0, -1), 1. / 3}
	q := mustCheck(t, p.TOML())
	if q.Name != p.Name || q.Seed != p.Seed || q.Beta != p.Beta || q.Train != p.Train || !q.Optimizer.Same(p.Optimizer) || q.TOML() != p.TOML() {
		t.Errorf("read back\n%s\nfrom\n%s", q.TOML(), p.TOML())
	}
}

func TestPlanFields(t *testing.T) {
	p := mustCheck(t, base, "run.name=", "ensemble={temperature=0}")
	if p.Name != "run" || !math.IsInf(p.Beta, 1) || !filepath.IsAbs(p.Dir) || p.Source != base || len(p.Overrides) != 2 {
		t.Errorf("plan %+v", p)
	}
	// printf '0,1\n1,0\n' | sha256sum
	const digest = "6101ec16015a127b9102cbc34d949c2a38335e11642cfd15c2f992197efa7722"
	if got := p.Files["energy.file"]; got != digest {
		t.Errorf("digest of J.csv %s, want %s", got, digest)
	}
	var tree struct {
		Ensemble  map[string]float64
		Estimator []map[string]any
		Expect    map[string]map[string]any
	}
	if err := json.Unmarshal(mustJSON(t, p), &tree); err != nil {
		t.Fatal(err)
	}
	if T, ok := tree.Ensemble["temperature"]; !ok || T != 0 || tree.Estimator[0]["bins"] != 8.0 || tree.Expect["free_energy_per_site"]["sigma"] != 3.0 {
		t.Errorf("JSON %+v", tree)
	}
}

func TestFingerprint(t *testing.T) {
	p := mustCheck(t, base)
	for _, c := range []struct{ override, diff string }{
		{"run.name=other", ""},
		{"train.steps=200", ""},
		{"evaluate.samples=50", ""},
		{"checkpoint.keep=2", ""},
		{"estimator.0.bins=2", ""},
		{"expect.free_energy_per_site.sigma=9", ""},
		{"ensemble={temperature=3.3333333333333335}", ""}, // 1/0.3 to the last bit
		{"run.seed=2", "run.seed: 1 -> 2"},
		{"ensemble.beta=0.4", "ensemble.beta: 0.3 -> 0.4"},
		{"ensemble={temperature=0}", "ensemble.beta: 0.3 -> (none)\nensemble.temperature: (none) -> 0"},
		{"train.learning_rate=0.002", "train.learning_rate: 0.001 -> 0.002"},
		{"model.network=pixelcnn", `model.network: "made" -> "pixelcnn"`},
		{"energy.fields=[1.5]", "energy.fields: null -> [1.5]"},
	} {
		q := mustCheck(t, base, c.override)
		diff := strings.Join(q.Diff(mustJSON(t, p)), "\n")
		if diff != c.diff {
			t.Errorf("%s: diff %q, want %q", c.override, diff, c.diff)
		}
		if same := q.Fingerprint() == p.Fingerprint(); same != (c.diff == "") {
			t.Errorf("%s: same fingerprint is %v", c.override, same)
		}
	}
	if d := p.Diff([]byte("not JSON")); len(d) != 1 {
		t.Errorf("diff with garbage: %q", d)
	}
}

// A plan that was made by a program counts all its settings, too.
func TestFingerprintWithoutFile(t *testing.T) {
	train := Train{Optimizer: "adam"}
	p := &Plan{Beta: 1, Train: train, Energy: PartPlan{Plugin: "ising", Settings: core.Settings{"L": int64(4)}}}
	q := &Plan{Beta: 1, Train: train, Energy: PartPlan{Plugin: "ising", Settings: core.Settings{"L": int64(5)}}}
	if d := q.Diff(mustJSON(t, p)); len(d) != 1 || d[0] != "energy.L: 4 -> 5" || p.Fingerprint() == q.Fingerprint() {
		t.Errorf("diff %q", d)
	}
}

// The cosine schedule ends with the last step, so the number of steps is part
// of what the steps before it did.
func TestFingerprintOfCosine(t *testing.T) {
	p := mustCheck(t, base, "train.schedule=cosine")
	q := mustCheck(t, base, "train.schedule=cosine", "train.steps=200")
	if d := q.Diff(mustJSON(t, p)); len(d) != 1 || d[0] != "train.steps: 100 -> 200" || p.Fingerprint() == q.Fingerprint() {
		t.Errorf("diff %q", d)
	}
}

// The fingerprint of the base file, with J.csv for its couplings, is that which
// helmholtz 0.1 wrote: its checkpoints are continued.
func TestFingerprintOfEarlierVersions(t *testing.T) {
	for _, c := range []struct{ override, want string }{
		{"train.optimizer=adam", "039db811d5527be8813e172a14a58f0a2c2842d4a769ca0c0575e2cf297547ac"},
		{"train.optimizer=natural", "c7025a975e50a548503c7ea76898b09478c1837b5ffa0c4825fc556115d99aa9"},
		{"train.schedule=cosine", "595018de09d5611ddaf65ec2272197ccb785f908c3bab3a7f664176fdb513461"},
	} {
		if got := mustCheck(t, base, c.override).Fingerprint(); got != c.want {
			t.Errorf("%s: %s, want %s", c.override, got, c.want)
		}
	}
}

// A run goes on in the precision that it was started with, and the model is opened in it.
func TestFingerprintOfPrecision(t *testing.T) {
	p := mustCheck(t, base)
	if q := mustCheck(t, base, "model.precision=float64"); q.Fingerprint() != p.Fingerprint() {
		t.Error("float64 said aloud is another run")
	}
	q := mustCheck(t, base, "model.precision=float32")
	if d := q.Diff(mustJSON(t, p)); len(d) != 1 || d[0] != `model.precision: (none) -> "float32"` || p.Fingerprint() == q.Fingerprint() {
		t.Errorf("diff %q", d)
	}
	if p.Model.Settings.Precision() != core.Float64 || q.Model.Settings.Precision() != core.Float32 {
		t.Errorf("models in %s and %s", p.Model.Settings.Precision(), q.Model.Settings.Precision())
	}
}

// A program may lack the standard parts, and then says which of them a file needs.
func TestProgramsWithoutParts(t *testing.T) {
	const energy = "[energy]\nplugin = \"phi4\"\n[ensemble]\nbeta = 1\n"
	const model = "[model]\nplugin = \"flow\"\n" + energy
	for _, c := range []struct{ file, want string }{
		{model, ""},
		{energy + "[sampler]\n", "run.toml:5: sampler.method: this program has no sampler"},
		{model + "[evaluate]\nsampler = \"hmc\"\n", "run.toml:1: sampler.method: this program has no sampler"},
		{model + "[train]\nsteps = 1\n", "run.toml:7: train.objective: this program has no objective\nrun.toml:7: train.optimizer: this program has no optimizer"},
	} {
		f, err := Parse("run.toml", []byte(c.file), nil)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if _, err := f.Check(manifest, nil); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// A key that means something else in [train] stands in a table of its own, and
// counts like the others.
func TestFingerprintOfKeysApart(t *testing.T) {
	const renyi = "train.objective=renyi"
	p := mustCheck(t, base, renyi)
	q := mustCheck(t, base, renyi, "objective.batch=4", "objective.alpha=3")
	if d := q.Diff(mustJSON(t, p)); len(d) != 2 || d[0] != "objective.batch: 8 -> 4" || d[1] != "train.alpha: 2 -> 3" {
		t.Errorf("diff %q", d)
	}
	file := mustCheck(t, base, renyi, "objective.file=J.csv")
	moved := mustCheck(t, base, renyi, "train.file=bin/../J.csv")
	if d := moved.Diff(mustJSON(t, file)); len(d) > 0 || file.Files["train.file"] == "" {
		t.Errorf("diff %q, files %v", d, file.Files)
	}
}

// Of the executable of an objective what it holds counts, as of other parts.
func TestFingerprintOfObjectives(t *testing.T) {
	const huber, likely = "train.objective=huber", `term=[{objective="likely",data="J.csv",path="J.csv"}]`
	p := mustCheck(t, base, huber, likely)
	for _, c := range []struct {
		set  []string
		diff string
	}{
		{[]string{"objective.version=>= 1", "term.0.version=< 2"}, ""},
		{[]string{"term.0.path=bin/../J.csv", "term.0.sha256=" + strings.Repeat("0", 64)}, ""},
		{[]string{"objective.path=J.csv"}, "objective.path: (none) -> the file with SHA-256 "},
		{[]string{"objective.sha256=" + strings.Repeat("0", 64)}, "objective.sha256: (none) -> "},
		{[]string{"term.0.path=minimal.txt"}, "term.0.path: the file with SHA-256 "},
		{[]string{"train.delta=2"}, "train.delta: 1 -> 2"},
	} {
		q := mustCheck(t, base, append([]string{huber, likely}, c.set...)...)
		diff := strings.Join(q.Diff(mustJSON(t, p)), "\n")
		if !strings.HasPrefix(diff, c.diff) || (q.Fingerprint() == p.Fingerprint()) != (c.diff == "") || (diff == "") != (c.diff == "") {
			t.Errorf("%v: diff %q, want %q", c.set, diff, c.diff)
		}
	}
}

// What a file holds counts, not where it lies.
func TestFingerprintOfFiles(t *testing.T) {
	dir := t.TempDir()
	moved := filepath.Join(dir, "moved.csv")
	if err := os.WriteFile(moved, []byte("0,1\n1,0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p := mustCheck(t, base)
	q := mustCheck(t, base, "energy.file="+moved)
	if d := q.Diff(mustJSON(t, p)); len(d) > 0 || p.Fingerprint() != q.Fingerprint() {
		t.Errorf("moving the file changed the plan: %q", d)
	}
	if err := os.WriteFile(moved, []byte("0,2\n2,0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	q = mustCheck(t, base, "energy.file="+moved)
	if d := q.Diff(mustJSON(t, p)); len(d) != 1 || !strings.HasPrefix(d[0], "energy.file: the file with SHA-256 6101") {
		t.Errorf("editing the file gave the diff %q", d)
	}
}

// A project that was moved is the project that it was: its plugin and its data
// files have other names, and hold the same.
func TestFingerprintOfMovedProject(t *testing.T) {
	project := func(plugin string) string {
		dir := t.TempDir()
		for name, text := range map[string]string{"van": plugin, "J.csv": "0,1\n1,0\n"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	at := func(dir string, overrides ...string) *Plan {
		return mustCheck(t, base, append(overrides, "model.path="+filepath.Join(dir, "van"), "energy.file="+filepath.Join(dir, "J.csv"))...)
	}
	p, moved := at(project("one")), project("one")
	q := at(moved)
	if d := q.Diff(mustJSON(t, p)); len(d) > 0 || p.Fingerprint() != q.Fingerprint() || !q.Is(mustJSON(t, p)) {
		t.Errorf("moving the project changed the plan: %q", d)
	}
	// printf one | sha256sum
	const one = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
	pinned := at(moved, "model.sha256="+one)
	if d := pinned.Diff(mustJSON(t, p)); len(d) > 0 || p.Fingerprint() != pinned.Fingerprint() {
		t.Errorf("a pin changed the plan: %q", d)
	}
	if q := at(moved, "evaluate.samples=7"); q.Is(mustJSON(t, p)) || len(q.Diff(mustJSON(t, p))) > 0 {
		t.Error("another evaluation is the same plan, or cannot continue this one")
	}
	q = at(project("two"))
	if d := q.Diff(mustJSON(t, p)); len(d) != 1 || !strings.HasPrefix(d[0], "model.path: the file with SHA-256 "+one+" -> the file with SHA-256 ") {
		t.Errorf("another plugin gave the diff %q", d)
	}
	if p.Fingerprint() == q.Fingerprint() || q.Is(mustJSON(t, p)) {
		t.Error("another plugin has the same fingerprint")
	}
}

func TestReadMissingFile(t *testing.T) {
	_, err := Read("testdata/none.toml", nil)
	if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "testdata/none.toml") {
		t.Errorf("error %v", err)
	}
}

func TestReference(t *testing.T) {
	if _, err := check("example.toml", Example); err != nil {
		t.Errorf("the example: %v", err)
	}
	parts := slices.Clone(compiled)
	for _, kind := range manifests {
		for _, m := range kind {
			parts = append(parts, m)
		}
	}
	var b strings.Builder
	if err := Reference(&b, parts); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{
		Example,
		"\n## [train]\n",
		"| `optimizer` | string | `\"adam\"` | `\"adam\"`, `\"sgd\"`, `\"natural\"`, `\"sweep\"` |  |",
		"\n### natural\n",
		"| `decay_every` | integer | `1000` | >= 1, <= 1e+09 |  | steps per factor decay; with `schedule` = exponential or step |",
		"| `steps` | integer | required | >= 0 |  | training steps;",
		"| `schedule` | string | `\"constant\"` | `\"constant\"`, `\"exponential\"`, `\"cosine\"`, `\"step\"` |  |",
		"| `file` | file name | required |  |  | CSV \\| HDF5 |",
		"| `J` | number | `1.0` |  | J | coupling |",
		"\n### van\n\nautoregressive network.\nReference: Wu, Wang and Zhang 2019.\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the reference lacks %q", want)
		}
	}
	for _, name := range tableNames {
		if !strings.Contains(text, "["+name+"]") {
			t.Errorf("the reference lacks [%s]", name)
		}
	}
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "|") && !strings.HasSuffix(line, "|") {
			t.Errorf("line %d is a broken row: %s", i+1, line)
		}
	}
}

// A code of a caution that is misspelt would make every value doubtful that has the caution; one of another program's estimators is
// its own business.
func TestExpectedCautions(t *testing.T) {
	for code, want := range map[string]string{
		"pareto_tail": "", "of_my_own": "",
		"pareto_tails": `run.toml:1: expect.free_energy.cautions: there is no caution "pareto_tails"; did you mean "pareto_tail"?`,
	} {
		f, err := Parse("run.toml", nil, []string{`expect.free_energy={at_most=1, cautions=["` + code + `"], source="by hand"}`})
		if err != nil {
			t.Fatal(err)
		}
		r := &report{file: f}
		f.checkExpect(r)
		got := ""
		if err := r.err(); err != nil {
			got = err.Error()
		}
		if strings.Replace(want, "run.toml:1:", "--set expect.free_energy:", 1) != got {
			t.Errorf("%s: %q", code, got)
		}
	}
}
