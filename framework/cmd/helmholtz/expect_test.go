package main

import (
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// exactOf are the values that the run's energy knows, nil where it has none.
func exactOf(t *testing.T, p *plan.Plan) (map[string]float64, core.Space) {
	t.Helper()
	part, err := builtin(core.KindEnergy, p.Energy.Plugin)
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
	files, _ := filepath.Glob(filepath.Join(repository(), "runs", "*", "*.toml"))
	compared := 0
	for _, file := range files {
		f, err := plan.Read(file, nil)
		if err != nil {
			t.Fatal(err)
		}
		p, err := f.Check(func(kind core.PartKind, ref plan.PartPlan) (core.Manifest, error) {
			part, err := builtin(kind, ref.Plugin)
			return part.Manifest, err
		})
		if err != nil {
			t.Fatal(err)
		}
		exact, space := exactOf(t, p)
		for _, e := range p.Expect {
			total, isPer := strings.CutSuffix(e.Observable, "_per_"+space.Each())
			value, ok := exact[strings.TrimSuffix(total, "_reweighted")]
			if !ok {
				continue
			}
			compared++
			if isPer {
				value /= float64(space.Count())
			}
			written := regexp.MustCompile(`(?m)^` + e.Observable + ` = \{ value = (-?\d+\.(\d+)),`).FindStringSubmatch(p.Source)
			if written == nil {
				t.Errorf("%s: the line of %s does not begin with its value in decimals", p.Name, e.Observable)
				continue
			}
			if want := strconv.FormatFloat(value, 'f', len(written[2]), 64); written[1] != want {
				t.Errorf("%s expects %s = %s, exact is %s", p.Name, e.Observable, written[1], want)
			}
		}
	}
	if compared == 0 {
		t.Errorf("no value of %d run files was compared", len(files))
	}
}
