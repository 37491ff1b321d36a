package app

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/thermo"
)

// exactOf are the values that the run's energy knows, nil where it has none.
func exactOf(t *testing.T, p *plan.Plan) (map[string]float64, core.Space) {
	t.Helper()
	part, err := parts.find(core.KindEnergy, p.Energy.Plugin)
	if err != nil {
		t.Fatal(err)
	}
	energy, err := part.NewEnergy(p.Energy.Settings)
	if err != nil {
		t.Fatal(err)
	}
	spec := energy.Spec()
	if err := p.Bind(spec); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(spec.Powers, core.PowerExact) || math.IsInf(p.Beta, 1) {
		return nil, spec.Space
	}
	exact, err := energy.(core.Exacter).Exact(p.Beta)
	if err != nil {
		t.Fatal(err)
	}
	return exact.Values, spec.Space
}

// Where a run's energy knows a value that its file expects, the file has it
// right to every digit that is written there.
func TestExpectedIsExact(t *testing.T) {
	files := runFiles()
	compared := 0
	for _, file := range files {
		f, err := plan.Read(file, nil)
		if err != nil {
			t.Fatal(err)
		}
		sweep, err := f.Sweep()
		if err != nil {
			t.Fatal(err)
		}
		for i := range sweep.Len() {
			compared += compareExpected(t, sweep, i)
		}
	}
	if compared == 0 {
		t.Errorf("no value of %d run files was compared", len(files))
	}
}

// compareExpected returns how many values of a point were compared.
func compareExpected(t *testing.T, sweep *plan.Sweep, point int) (compared int) {
	f, err := sweep.Point(point)
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Check(func(kind core.PartKind, ref plan.PartPlan) (core.Manifest, error) {
		part, err := parts.find(kind, ref.Plugin)
		return part.Manifest, err
	}, parts.manifests())
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(p.AllTerms(), func(t plan.Term) bool { return t.Data != "" }) {
		return 0 // its density is not the energy's alone
	}
	if slices.ContainsFunc(p.Expect, func(e plan.Expectation) bool {
		return e.Observable == "alpha_divergence" && e.Value != nil && *e.Value > 0
	}) {
		return 0 // by the file's own account the model does not become the energy's density
	}
	if p.Apart() && !p.Boltzmann() {
		return 0 // what its sampler draws has a density of its own
	}
	exact, space := exactOf(t, p)
	for _, e := range p.Expect {
		total, isPer := strings.CutSuffix(e.Observable, "_per_"+space.Each())
		value, ok := exact[exactName(total)]
		if !ok {
			continue
		}
		compared++
		if isPer {
			value /= float64(space.Count())
		}
		written := writtenValue(p.Source, e.Observable, point)
		_, decimals, ok := strings.Cut(written, ".")
		if !ok {
			t.Errorf("%s: the line of %s does not begin with its value in decimals", p.Name, e.Observable)
			continue
		}
		if want := strconv.FormatFloat(value, 'f', len(decimals), 64); written != want {
			t.Errorf("%s expects %s = %s, exact is %s", p.Name, e.Observable, written, want)
		}
	}
	return compared
}

// exactName is the exact value that an observable should have.
func exactName(total string) string {
	for _, r := range thermo.Rows {
		if r.Name == total && r.Exact != "" {
			return r.Exact
		}
	}
	return strings.TrimSuffix(total, "_reweighted")
}

// writtenValue is the value of an expectation as it stands in a run file: the
// element of a point where it is a list.
func writtenValue(source, observable string, point int) string {
	line := regexp.MustCompile(`(?m)^` + observable + ` = \{ value = (?:\[([^]]*)\]|(-?[\d.]+)),`).FindStringSubmatch(source)
	if line == nil {
		return ""
	}
	if elements := strings.Split(line[1], ","); line[1] != "" && point < len(elements) {
		return strings.TrimSpace(elements[point])
	}
	return line[2]
}

func TestWrittenValue(t *testing.T) {
	const source = "energy = { value = [-1.50, nan, 2.0], sigma = 3 }\nlog_z = { value = 4.25, sigma = 3 }\n"
	if got := writtenValue(source, "energy", 2) + " " + writtenValue(source, "energy", 0) + " " + writtenValue(source, "log_z", 2); got != "2.0 -1.50 4.25" {
		t.Errorf("found %s", got)
	}
}
