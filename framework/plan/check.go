package plan

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// tableNames are the top-level tables, in the order of the reference.
var tableNames = []string{"run", "model", "energy", "ensemble", "train", "term", "objective", "optimizer", "sampler", "evaluate", "estimator", "checkpoint", "expect", "sweep"}

// listTables are those of which there may be several.
var listTables = []string{"term", "estimator"}

// header of a table in the file.
func header(name string) string {
	if slices.Contains(listTables, name) {
		return "[[" + name + "]]"
	}
	return "[" + name + "]"
}

// Check checks every table and key of the file, completes it with the
// defaults and resolves file names. manifest finds the manifest of a model, an
// energy, an estimator, or an objective that is not compiled; ref has Plugin, Path (absolute or empty) and SHA256 set.
// compiled are those of the parts in this program: objectives, optimizers and
// samplers are among them. All problems are returned together, as one *core.Error. Of a file with [sweep] the points are
// checked: see Sweep. Of a run that names no chains and has no model, ChooseMethod is asked once the energy is open.
func (f *File) Check(manifest func(kind core.PartKind, ref PartPlan) (core.Manifest, error), compiled []core.Manifest) (*Plan, error) {
	if f.tree["sweep"] != nil {
		panic("plan: Check of a sweep instead of its points")
	}
	r := &report{file: f}
	p := &Plan{Point: f.point, Files: map[string]string{}, Source: f.source, Overrides: f.overrides, Dir: f.dir, file: f}
	noEnsemble := f.checkTables(r, compiled)

	run := section(r, "run", f.table("run"), runDefaults)
	p.Name, p.Seed, p.Memory, p.Env = f.Name(), run.Seed, run.Memory, run.Env
	if run.Memory != "" {
		if _, err := p.MemoryLimit(); err != nil {
			r.add("run.memory", "run.memory %v", err)
		}
	}
	checkEnv(r, run.Env)
	if strings.Contains(p.Name, "/") {
		r.add("run.name", "run.name names the run folder and must have no slash, got %q; --out takes a path", p.Name)
	}
	c := parts{report: r, plan: p, manifest: manifest, compiled: compiled}
	p.Evaluate = f.checkEvaluate(c)
	p.Checkpoint = section(r, "checkpoint", f.table("checkpoint"), checkpointDefaults)
	p.Expect = f.checkExpect(r)

	energy := c.check(core.KindEnergy, "energy", &p.Energy)
	c.energy, p.unknown = energy, energy != nil && slices.Contains(energy.Powers, core.PowerUnknown)
	f.checkEnsemble(r, p, noEnsemble)
	model := c.check(core.KindModel, "model", &p.Model)
	c.spaces("model", core.KindModel, model, energy)
	f.checkTrain(c, model)
	f.checkSampler(c, energy, model)
	for i := range f.list("estimator") {
		key := join("estimator", strconv.Itoa(i))
		var e PartPlan
		c.spaces(key, core.KindEstimator, c.check(core.KindEstimator, key, &e), energy)
		p.Estimators = append(p.Estimators, e)
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return p, nil
}

// table returns a table of the file, empty where it is missing.
func (f *File) table(name string) core.Settings {
	t, _ := f.tree[name].(map[string]any)
	return t
}

// list returns the tables of a list of them.
func (f *File) list(name string) []map[string]any {
	list, _ := f.tree[name].([]map[string]any)
	return list
}

// checkTables finds unknown, missing and misshapen tables. Whether [ensemble] may be missing
// depends on the energy.
func (f *File) checkTables(r *report, compiled []core.Manifest) (noEnsemble bool) {
	var meant []string
	for _, name := range slices.Sorted(maps.Keys(f.tree)) {
		value := f.tree[name]
		_, isTable := value.(map[string]any)
		_, isList := value.([]map[string]any)
		switch {
		case slices.Contains(listTables, name):
			if !isList {
				r.add(name, "%s must be a list of tables: write %s", name, header(name))
			}
		case slices.Contains(tableNames, name):
			if !isTable {
				r.add(name, "%s must be one table: write [%s]", name, name)
			}
		case isTable || isList:
			hint := "known are " + strings.Join(tableNames, ", ")
			if near := core.Nearest(name, tableNames); near != "" {
				hint = fmt.Sprintf("did you mean %s?", header(near))
				meant = append(meant, near)
			}
			r.add(join("", name), "[%s] is not a known table; %s", name, hint)
		default:
			r.add(join("", name), "%s stands outside any table; %s", name, belongs(name, compiled))
		}
	}
	missing := func(name string) bool {
		_, ok := f.tree[name]
		return !ok && !slices.Contains(meant, name)
	}
	if missing("energy") {
		r.add("energy", "the table [energy] is missing")
	}
	switch {
	case !missing("model"):
	case missing("sampler"):
		r.add("model", "the table [model] is missing; a run without a model has the table [sampler]")
	case !missing("train"):
		r.add("train", "[train] trains a model, and the table [model] is missing")
	}
	return missing("ensemble")
}

// belongs says in which table a key is at home.
func belongs(key string, compiled []core.Manifest) string {
	for _, m := range compiled {
		switch {
		case !hasKey(m.Params, key):
		case m.Kind == core.KindObjective, m.Kind == core.KindOptimizer:
			return "it belongs below [train]"
		case m.Kind == core.KindSampler:
			return "it belongs below [sampler]"
		}
	}
	for _, s := range sections(nil) {
		if slices.ContainsFunc(s.params, func(p core.Param) bool { return p.Name == key }) {
			return "it belongs below " + header(s.name)
		}
	}
	return "known tables are " + strings.Join(tableNames, ", ")
}

func (f *File) checkExpect(r *report) []Expectation {
	var all []Expectation
	given := f.table("expect")
	for _, name := range slices.Sorted(maps.Keys(given)) {
		key := join("expect", name)
		entry, ok := given[name].(map[string]any)
		if !ok {
			r.add(key, "%s must be a table like { value = 1.0, tolerance = 0.01, source = \"...\" }", key)
			continue
		}
		before := len(r.list)
		e := section(r, key, entry, expectDefaults)
		e.Observable = name
		near := e.Tolerance > 0 || e.Relative > 0 || e.Sigma > 0 || e.Bound != "none"
		switch {
		case len(r.list) > before:
		case near && e.Value == nil:
			r.add(key, "%s has rules about a known value; give it as value", key)
		case !near && e.AtMost == nil && e.AtLeast == nil:
			r.add(key, "%s has no rule: give at_most or at_least, or value with tolerance, relative, sigma or bound", key)
		}
		for _, code := range e.Cautions {
			if near := nearCaution(code); near != "" {
				r.add(join(key, "cautions"), "%s: there is no caution %q; did you mean %q?", join(key, "cautions"), code, near)
			}
		}
		all = append(all, e)
	}
	return all
}

// nearCaution is the code that was meant by one that is misspelt, "" of one that is known, or like none of ours: estimators of
// other programs have their own.
func nearCaution(code string) string {
	var known []string
	for _, c := range core.CautionCodes {
		known = append(known, string(c))
	}
	if slices.Contains(known, code) {
		return ""
	}
	return core.Nearest(code, known)
}
