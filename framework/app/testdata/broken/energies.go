package main

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// onE spoils E wherever it is answered: do is given E of one configuration, its slope where there is one, and x.
func onE(do func(e *float64, slope, x []float64)) fault {
	return fault{call: func(_ *core.Row, c *core.Call) {
		x, slope := core.X.Of(c.In), core.Slope.Of(c.Out)
		for i := range core.E.Of(c.Out) {
			d := len(x) / c.In.N
			var own []float64
			if len(slope) > 0 {
				own = slope[i*d : (i+1)*d]
			}
			do(&core.E.Of(c.Out)[i], own, x[i*d:(i+1)*d])
		}
	}}
}

func times(by float64, v []float64) {
	for i := range v {
		v[i] *= by
	}
}

func claims(s core.Symmetry) fault {
	return fault{energySpec: func(spec *core.EnergySpec) { spec.Symmetries = append(spec.Symmetries, s) }}
}

// perSite divides E, and its slope, by the number of sites.
var perSite = onE(func(e *float64, slope, x []float64) {
	*e /= float64(len(x))
	times(1/float64(len(x)), slope)
})

var ofChain = mistakes{
	"per site": perSite,
	"half":     onE(func(e *float64, _, _ []float64) { *e /= 2 }),
	"sign":     onE(func(e *float64, _, _ []float64) { *e = -*e }),
	"symmetry": claims(core.Z2),
	"edge": onE(func(e *float64, _, x []float64) {
		sum := 0.0
		for _, s := range x {
			sum += s
		}
		variance := 1 - sum*sum/float64(len(x)*len(x))
		*e *= variance / variance
	}),
	"random": onE(func(e *float64, _, _ []float64) { *e += 1e-9 * rand.Float64() }),
	"batch": {call: func(_ *core.Row, c *core.Call) {
		for i := range core.E.Of(c.Out) {
			core.E.Of(c.Out)[i] += 1e-3 * float64(c.In.N)
		}
	}},
	"kept": keptFirst(),
	"exact": {exact: func(x core.Exact) {
		x.Values["free_energy"] *= -1
	}},
}

// keptFirst keeps the slice of the first batch.
func keptFirst() fault {
	var first []float64
	f := onE(func(e *float64, _, _ []float64) { *e += 1e-3 * first[0] })
	then := f.call
	f.call = func(r *core.Row, c *core.Call) {
		if first == nil && c.In.N > 0 {
			first = core.X.Of(c.In)
		}
		if first != nil {
			then(r, c)
		}
	}
	return f
}

var ofFreeField = mistakes{
	"per site":    perSite,
	"slope":       onE(func(_ *float64, slope, _ []float64) { times(0, slope[min(1, len(slope)):min(2, len(slope))]) }),
	"forces":      onE(func(_ *float64, slope, _ []float64) { times(-1, slope) }),
	"half slope":  onE(func(_ *float64, slope, _ []float64) { times(0.5, slope) }),
	"translation": onE(func(e *float64, slope, x []float64) { *e += x[0] * x[0] / 2; first(slope, x[0]) }),
	"edge": onE(func(_ *float64, slope, x []float64) {
		for j := range slope {
			slope[j] *= x[j] / math.Abs(x[j]) * x[j] / math.Abs(x[j])
		}
	}),
}

func first(slope []float64, by float64) {
	if len(slope) > 0 {
		slope[0] += by
	}
}

var ofTrap = mistakes{
	"degree": {energySpec: func(s *core.EnergySpec) { s.Degree = 1 }},
	"rotation": onE(func(e *float64, slope, x []float64) {
		*e += x[0] * x[0] / 2
		first(slope, x[0])
	}),
}
