package coretest

import (
	"math"
	"os"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// plane is a setting of two real numbers.
var plane = core.Setting{Beta: 0.7,
	Energy: core.EnergySpec{Space: core.Space{Kind: core.Field, Shape: []int{2}}, Units: "J"},
	Model:  core.ModelSpec{Space: core.Space{Kind: core.Field, Shape: []int{2}}}}

// quartic has E = (x.x)^2/4 with dE/dx = (x.x) x.
func quartic(b *core.Batch) {
	for i := range b.E {
		x := b.X[2*i : 2*i+2]
		square := x[0]*x[0] + x[1]*x[1]
		b.E[i] = square * square / 4
		for k := range len(b.Slope) / b.N {
			b.Slope[2*i+k] = square * x[k]
		}
	}
}

func TestBound(t *testing.T) {
	path := ObjectiveOptions{Complete: quartic, Derivative: []core.Column{core.X, core.LogP}}
	ObjectivePart(t, Bound(), core.Settings{"score": false}, plane, path)
	ObjectivePart(t, Bound(), core.Settings{"score": true}, plane, ObjectiveOptions{})
}

var objectiveFaults = map[string]struct {
	subtest string
	wrap    func(*bound) core.Objective
}{
	"NaN":                   {"values", after(func(_, bar, _ *core.Batch) { bar.LogP[3] = math.NaN() })},
	"infinite number":       {"values", func(o *bound) core.Objective { return &reporting{o, []float64{math.Inf(1), 0}} }},
	"one number too few":    {"values", func(o *bound) core.Objective { return &reporting{o, make([]float64, 1)} }},
	"one cotangent too few": {"values", after(func(_, bar, _ *core.Batch) { bar.LogP = bar.LogP[1:] })},
	"cotangents left out":   {"values", func(o *bound) core.Objective { o.spec.Bars = append(o.spec.Bars, core.LogDet); return o }},
	"calls counted":         {"values", func(o *bound) core.Objective { return &counted{bound: o} }},
	"mean of the rows":      {"pieces", func(o *bound) core.Objective { return &narrow{o} }},
	"slopes of all rows":    {"pieces", after(func(_, bar, all *core.Batch) { bar.X[0] += all.Slope[0] - all.Slope[0] })},
	"caller's E used":       {"slices", after(func(_, _, all *core.Batch) { clear(all.E) })},
	"memory of its own":     {"slices", func(o *bound) core.Objective { return &keeping{bound: o} }},
	"memory for each call":  {"memory", after(func(_, bar, _ *core.Batch) { bar.LogP = append([]float64(nil), bar.LogP...) })},
	"derivative of the wrong size": {"derivative", after(func(_, bar, _ *core.Batch) {
		for k := range bar.X {
			bar.X[k] *= 1 + 1e-4
		}
	})},
	"a name that is taken": {"spec", func(o *bound) core.Objective { o.spec.Numbers[0].Name = "beta"; return o }},
	"no column":            {"spec", func(o *bound) core.Objective { o.spec.Wants = append(o.spec.Wants, core.Gradient); return o }},
}

// changed is an objective with something that happens after its call.
type changed struct {
	*bound
	then func(b, bar, all *core.Batch)
}

func after(then func(b, bar, all *core.Batch)) func(*bound) core.Objective {
	return func(o *bound) core.Objective { return &changed{o, then} }
}

func (o *changed) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	numbers, err := o.bound.Cotangents(bar, b, all, beta)
	o.then(b, bar, all)
	return numbers, err
}

type reporting struct {
	*bound
	numbers []float64
}

func (o *reporting) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	_, err := o.bound.Cotangents(bar, b, all, beta)
	return o.numbers, err
}

type counted struct {
	*bound
	calls float64
}

func (o *counted) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	numbers, err := o.bound.Cotangents(bar, b, all, beta)
	numbers[0] += o.calls
	o.calls++
	return numbers, err
}

// narrow takes its means from the rows at hand.
type narrow struct{ *bound }

func (o *narrow) Cotangents(bar, b, _ *core.Batch, beta float64) ([]float64, error) {
	return o.bound.Cotangents(bar, b, b, beta)
}

type keeping struct {
	*bound
	own []float64
}

func (o *keeping) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	numbers, err := o.bound.Cotangents(bar, b, all, beta)
	o.own = append(o.own[:0], bar.LogP...)
	for i := range o.own {
		o.own[i] += all.LogP[0] // another number in another batch
	}
	bar.LogP = o.own
	return numbers, err
}

func TestFaultyObjective(t *testing.T) {
	f, ok := objectiveFaults[os.Getenv("FAULT")]
	if !ok {
		t.Skip("run by TestFaultsAreFound")
	}
	Objective(t, plane, func(*testing.T) core.Objective { return f.wrap(newBound(false, "J")) },
		ObjectiveOptions{Complete: quartic, Derivative: []core.Column{core.X, core.LogP}})
}
