package host

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// doubts are the claims of a part that were not looked at yet.
type doubts struct {
	values   bool // symmetries and slopes
	gradient bool // of a model, in its parameters
}

// Trust takes the part at its word: it was looked at when the run began.
func (g *guardedEnergy) Trust() { g.doubts = doubts{} }

// Trust takes the part at its word: it was looked at when the run began.
func (g *guardedModel) Trust() { g.doubts, g.theta = doubts{}, nil }

// verify looks at the claims of an energy at the first batch with a finite
// energy.
func (g *guardedEnergy) verify(b *core.Batch, values []float64) error {
	if !g.doubts.values {
		return nil
	}
	i, scale := finiteOne(values)
	if i < 0 {
		return nil
	}
	g.doubts.values = false
	spec := g.energy.Spec()
	c, d := newClaims(g.subject, "energy", spec.Precision), spec.Space.Size()
	x := b.X[i*d : (i+1)*d]
	eval := func(dst, x []float64) error { return g.energy.Eval(dst, &core.Batch{N: len(dst), X: x}) }
	var slope func(dst, x []float64) error
	if sloper, ok := g.energy.(core.EnergySloper); ok && slices.Contains(spec.Powers, core.PowerSlope) {
		slope = func(dst, x []float64) error { return sloper.Slope(dst, make([]float64, 1), &core.Batch{N: 1, X: x}) }
	}
	return c.values(spec.Symmetries, spec.Space, x, scale, "slope dE/dx", eval, slope)
}

// verify looks at what a model claims of ln p(x), at the first batch drawn. A
// density matrix may have no ln p(x), and is taken at its word.
func (g *guardedModel) verify(b *core.Batch) error {
	spec := g.model.Spec()
	i, scale := finiteOne(b.LogP)
	if !g.doubts.values || i < 0 || slices.Contains(spec.Powers, core.PowerQuantum) {
		return nil
	}
	g.doubts.values = false
	c, d := newClaims(g.subject, "ln p", spec.Precision), spec.Space.Size()
	x := b.X[i*d : (i+1)*d]
	var slope func(dst, x []float64) error
	if sloper, ok := g.model.(core.ModelSloper); ok && slices.Contains(spec.Powers, core.PowerSlope) {
		slope = func(dst, x []float64) error { return sloper.Slope(dst, make([]float64, 1), x) }
	}
	return c.values(spec.Symmetries, spec.Space, x, scale, "slope d ln p/dx", g.model.LogProb, slope)
}

// verifyGradient compares Pull with LogProb at other parameters, once, after the
// first gradient: parameters that are loaded before it would cost the model the
// noise of its draw.
func (g *guardedModel) verifyGradient(b *core.Batch) error {
	spec := g.model.Spec()
	if !g.doubts.gradient || b.N == 0 || len(g.theta) == 0 || slices.Contains(spec.Powers, core.PowerQuantum) {
		return nil
	}
	x, theta := b.X[:spec.Space.Size()], g.theta
	g.doubts.gradient, g.theta = false, nil
	grad := make([]float64, len(theta))
	if err := g.model.Pull(grad, &core.Batch{N: 1, X: x}, []float64{1}); err != nil {
		return err
	}
	at := func(theta []float64) (float64, error) {
		v := make([]float64, 1)
		err := g.model.Load(theta)
		if err == nil {
			err = g.model.LogProb(v, x)
		}
		return v[0], err
	}
	err := newClaims(g.subject, "ln p", spec.Precision).gradient("gradient of ln p in the parameters", grad, theta,
		func(above, below []float64) (up, down float64, err error) {
			if up, err = at(above); err == nil {
				down, err = at(below)
			}
			return up, down, err
		})
	if again := g.model.Load(theta); err == nil {
		err = again
	}
	return err
}

// pairs makes one call of f for two points.
func pairs(f func(dst, x []float64) error) func(above, below []float64) (float64, float64, error) {
	return func(above, below []float64) (up, down float64, err error) {
		v := make([]float64, 2)
		err = f(v, slices.Concat(above, below))
		return v[0], v[1], err
	}
}
