package coretest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// edge is a configuration that random ones never are, as chains, starts and symmetric phases may be.
type edge struct {
	what string
	x    []float64
}

// edges are legal configurations at the ends and at the centre of what is legal: of finitely many
// values all numbers alike, or in turns; of others one number, or all, at 0, at both ends
// of a period and in its middle; unit vectors along an axis. All particles are never at one place.
func edges(space core.Space, draw func(r *rand.Rand, x []float64)) (all []edge) {
	d := space.Size()
	add := func(what string, x []float64) {
		if space.Illegal(x) < 0 {
			all = append(all, edge{what, x})
		}
	}
	if values := space.Values(); values != nil {
		of := func(value func(j int, v []float64) float64) []float64 {
			x := make([]float64, d)
			for j := range x {
				x[j] = value(j, values[j])
			}
			return x
		}
		add("all numbers at their least", of(func(_ int, v []float64) float64 { return v[0] }))
		add("all numbers at their largest", of(func(_ int, v []float64) float64 { return v[len(v)-1] }))
		add("least and largest in turns", of(func(j int, v []float64) float64 { return v[j%2*(len(v)-1)] }))
		return all
	}
	for _, special := range []struct {
		what string
		at   func(from, length float64) float64
	}{
		{"0", func(_, _ float64) float64 { return 0 }},
		{"the lower end", func(from, _ float64) float64 { return from }},
		{"the upper end", func(from, length float64) float64 { return math.Nextafter(from+length, from) }},
		{"the middle", func(from, length float64) float64 { return from + length/2 }},
	} {
		value := func(j int) float64 { return special.at(space.Period(j)) }
		whole := make([]float64, d)
		for j := range whole {
			whole[j] = value(j)
		}
		if _, length := space.Period(0); special.what != "0" && length == 0 {
			continue
		}
		if !space.Has(core.Particles) {
			add("all numbers at "+special.what, whole)
		}
		for _, j := range []int{0, d / 2, d - 1} {
			x := configurations(space, draw, uint64(90+j), 1)
			x[j] = whole[j]
			add(fmt.Sprintf("number %d at %s", j, special.what), x)
		}
	}
	if space.Kind == core.Sphere {
		each := space.Shape[len(space.Shape)-1]
		for k := range each {
			for _, sign := range []float64{1, -1} {
				x := make([]float64, d)
				for i := k; i < d; i += each {
					x[i] = sign
				}
				add(fmt.Sprintf("all vectors along axis %d, sign %+g", k, sign), x)
			}
		}
	}
	return all
}

// energyEdges tests that E is not NaN at an edge, and neither is a slope where E is finite. +Inf is a
// configuration without weight, -Inf none that a chain leaves.
func energyEdges(t *testing.T, e core.Energy, o EnergyOptions) {
	spec := e.Spec()
	sloped := slices.Contains(spec.Powers, core.PowerSlope)
	for _, at := range edges(spec.Space, o.Draw) {
		b, value := &core.Batch{N: 1, X: at.x}, nans(1)
		if err := e.Eval(value, b); err != nil {
			t.Errorf("at the edge, %s: %v", at.what, err)
			continue
		}
		if math.IsNaN(value[0]) || math.IsInf(value[0], -1) {
			t.Errorf("at the edge, %s: E is %v", at.what, value[0])
		}
		if !sloped || math.IsInf(value[0], 0) {
			continue
		}
		slope := nans(len(at.x))
		if err := e.(core.EnergySloper).Slope(slope, value, b); err != nil {
			t.Errorf("at the edge, %s: slope: %v", at.what, err)
		} else if j := slices.IndexFunc(slope, math.IsNaN); j >= 0 {
			t.Errorf("at the edge, %s: E is %v, and component %d of its slope is NaN", at.what, value[0], j)
		}
	}
}

// modelEdges tests that ln p is not NaN at an edge; -Inf is no weight.
func modelEdges(t *testing.T, s *subject) {
	s.classical(t)
	s.normalised(t)
	for _, at := range edges(s.space, s.o.Draw) {
		value := nans(1)
		if err := s.LogProb(value, at.x); err != nil {
			t.Errorf("at the edge, %s: %v", at.what, err)
		} else if math.IsNaN(value[0]) || math.IsInf(value[0], 1) {
			t.Errorf("at the edge, %s: ln p is %v", at.what, value[0])
		}
	}
}

// edges tests the numbers of an observer where configurations are finite in number, so that the edge is
// met in a run: a mean would not survive one that is not finite.
func (w watched) edges(t *testing.T) {
	if w.space.Values() == nil {
		t.Skipf("no draw of %v is at its edge", w.space)
	}
	size := w.Observer.Spec().Size()
	for _, at := range edges(w.space, w.options.Draw) {
		b := w.batch(5, 1)
		copy(b.X, at.x)
		dst := nans(size)
		if err := w.Observe(dst, b); err != nil {
			t.Errorf("at the edge, %s: %v", at.what, err)
		} else if k := slices.IndexFunc(dst, func(v float64) bool { return v-v != 0 }); k >= 0 {
			t.Errorf("at the edge, %s: number %d is %v", at.what, k, dst[k])
		}
	}
}
