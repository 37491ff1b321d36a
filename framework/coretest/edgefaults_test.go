package coretest

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Faults that are not seen on random configurations, or by identities that a part obeys in itself.
func init() {
	for name, fault := range map[string]struct {
		subtest string
		wrap    func(*chain) core.Energy
	}{
		"NaN where all are alike": {"edges", func(e *chain) core.Energy { return &alike{e} }},
		"per site, enumerated":    {"enumeration", func(e *chain) core.Energy { return &perSite{e} }},
		"per site, sampled":       {"sampled", func(e *chain) core.Energy { e.n = 24; return &perSite{e} }},
		"no field":                {"like", func(e *chain) core.Energy { e.h = 0; return e }},
	} {
		energyFaults[name] = fault
	}
	for name, fault := range map[string]struct {
		subtest string
		wrap    func() core.Energy
	}{
		"slope of nothing is NaN": {"edges", func() core.Energy { return rooted{field()} }},
		"per site, harmonic": {"sampled", func() core.Energy {
			e, _ := FreeField().NewEnergy(core.Settings{"L": int64(6), "D": int64(1), "M": 1.0, "K": 1.0})
			return perSiteField{e.(*freeField)}
		}},
	} {
		fieldFaults[name] = fault
	}
	for name, fault := range map[string]struct {
		subtest string
		wrap    func() core.Model
	}{
		"ln p of zero is NaN":            {"edges", func() core.Model { return holed{three()} }},
		"density of the wrong volume, 6": {"mass", func() core.Model { return louder{unopened(core.Field, 6)} }},
		"samples too wide for LogProb":   {"mean_gradient", func() core.Model { return wide{three()} }},
	} {
		flowFaults[name] = fault
	}
	observerFaults["NaN where all are alike"] = struct {
		subtest string
		wrap    func(*walls) core.Observer
	}{"edges", func(w *walls) core.Observer { return &ratio{w} }}
	for name, by := range map[string]float64{"goes up": -1, "goes aside": 2} {
		objectiveFaults[name] = struct {
			subtest string
			wrap    func(*bound) core.Objective
		}{"descent", after(func(_, bar, _ *core.Batch) {
			copy(bar.X, times(by, bar.X))
			copy(bar.LogP, times(min(by, 1), bar.LogP))
		})}
	}
}

// alike divides by the variance of the spins.
type alike struct{ *chain }

func (e *alike) Eval(dst []float64, b *core.Batch) error {
	err := e.chain.Eval(dst, b)
	for i := range dst {
		sum := 0.0
		for _, s := range b.X[i*e.n : (i+1)*e.n] {
			sum += s
		}
		variance := 1 - sum*sum/float64(e.n*e.n)
		dst[i] *= variance / variance
	}
	return err
}

type perSite struct{ *chain }

func (e *perSite) Eval(dst []float64, b *core.Batch) error {
	err := e.chain.Eval(dst, b)
	copy(dst, times(1/float64(e.n), dst))
	return err
}

// perSiteField has an <E> that is right, N/(2 beta), whatever its scale.
type perSiteField struct{ *freeField }

func (e perSiteField) Slope(slope, energy []float64, b *core.Batch) error {
	err := e.freeField.Slope(slope, energy, b)
	n := float64(e.spec.Space.Size())
	copy(slope, times(1/n, slope))
	copy(energy, times(1/n, energy))
	return err
}

func (e perSiteField) Eval(dst []float64, b *core.Batch) error {
	return e.Slope(make([]float64, len(b.X)), dst, b)
}

// rooted has the slope of |x| in the manner of d sqrt(x^2)/dx.
type rooted struct{ wells }

func (e rooted) Slope(slope, energy []float64, b *core.Batch) error {
	err := e.wells.Slope(slope, energy, b)
	for i, x := range b.X {
		slope[i] += x/math.Sqrt(x*x) - x/math.Sqrt(x*x)
	}
	return err
}

type holed struct{ *gaussian }

func (m holed) LogProb(dst, x []float64) error {
	err := m.gaussian.LogProb(dst, x)
	for i, v := range x {
		dst[i/m.d] += v/v - 1
	}
	return err
}

type louder struct{ *gaussian }

func (m louder) LogProb(dst, x []float64) error {
	err := m.gaussian.LogProb(dst, x)
	for i := range dst {
		dst[i] += 0.2
	}
	return err
}

// ratio is of domain walls to bonds that are none.
type ratio struct{ *walls }

func (w *ratio) Observe(dst []float64, b *core.Batch) error {
	err := w.walls.Observe(dst, b)
	for i := 0; i < len(dst); i += w.spec.Size() {
		dst[i] = dst[i] * dst[i] / dst[i]
	}
	return err
}

// What derivatives and values that are off have to do with what they should be.
func TestRelation(t *testing.T) {
	want := []float64{1, -2, 3.5, 8}
	if r := relation(nil, nil, 3); r != "" {
		t.Errorf("of nothing: %q", r)
	}
	for text, got := range map[string][]float64{
		"by the sign alone":                  times(-1, want),
		"by the factor 1/16: is it per site": times(1./16, want),
		"by the factor 16: is it the total":  times(16, want),
		"by the factor 0.5":                  times(0.5, want),
		"by the same 2.5 everywhere":         each(want, func(v float64) float64 { return v + 2.5 }),
		"":                                   {1, -2, 3.5, 7},
	} {
		if r := relation(got, want, 16); !strings.HasPrefix(r, text) || text == "" && r != "" {
			t.Errorf("%v of %v: %q, want %q", got, want, r, text)
		}
	}
}

// The claim of each check is one line, and no name is given twice.
func TestChecks(t *testing.T) {
	for _, kind := range []core.PartKind{core.KindEnergy, core.KindModel, core.KindEstimator, core.KindObjective} {
		seen := map[string]bool{}
		for _, c := range Checks(kind) {
			if seen[c.Name] || c.Claim == "" || strings.ContainsAny(c.Claim, "\n") || ClaimOf(claimMark+c.Claim) != c.Claim {
				t.Errorf("%s: check %q with the claim %q", kind, c.Name, c.Claim)
			}
			seen[c.Name] = true
		}
		if len(seen) == 0 {
			t.Errorf("%s has no suite", kind)
		}
	}
	if Checks(core.KindOptimizer) != nil || ClaimOf("E is NaN") != "" {
		t.Error("checks of optimisers, or a claim in another line")
	}
}

// like5 is what the energies of TestFaultyEnergy should be.
func like5() core.Energy {
	if os.Getenv("FAULT") != "no field" {
		return nil
	}
	return &chain{n: 5, j: 1, h: 0.5}
}
