package host

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// doubts are the claims of a stranger's part that were not looked at yet. The
// zero value has none.
type doubts struct {
	values   bool // symmetries and slopes
	gradient bool // of a model, in its parameters
	subject  string
	model    *core.ModelView  // of a model, without guard
	energy   *core.EnergyView // of an energy, without guard
	theta    []float64        // loaded last, while there are doubts about the gradient
}

// Trust takes the part at its word: it was looked at when the run began.
func (d *doubts) Trust() { *d = doubts{} }

func (d *doubts) load(theta []float64) {
	if d.gradient {
		d.theta = append(d.theta[:0], theta...)
	}
}

// called looks at the claims that a call has brought an occasion for.
func (d *doubts) called(r *core.Row, c *core.Call) error {
	switch {
	case d.energy != nil && slices.Contains(r.Out, core.Column(core.E)):
		return d.verifyEnergy(c.In, core.E.Of(c.Out))
	case r == core.RowPull, r == core.RowPathPull:
		return d.verifyGradient(c.In)
	}
	return nil
}

// verifyEnergy looks at the claims of an energy at the first batch with a finite
// one.
func (d *doubts) verifyEnergy(b *core.Batch, values []float64) error {
	if !d.values {
		return nil
	}
	i, scale := finiteOne(values)
	if i < 0 {
		return nil
	}
	d.values = false
	spec := d.energy.Spec()
	size := spec.Space.Size()
	x := b.X[i*size : (i+1)*size]
	eval := func(dst, x []float64) error { return d.energy.Eval(dst, &core.Batch{N: len(dst), X: x}) }
	var slope func(dst, x []float64) error
	if slices.Contains(spec.Powers, core.PowerSlope) {
		slope = func(dst, x []float64) error { return d.energy.Slope(dst, make([]float64, 1), &core.Batch{N: 1, X: x}) }
	}
	return newClaims(d.subject, "energy", spec.Precision).values(spec.Symmetries, spec.Space, x, scale, "slope dE/dx", eval, slope)
}

// drawn looks at what a model claims of ln p(x), at the first batch drawn. A
// density matrix may have no ln p(x), and is taken at its word.
func (d *doubts) drawn(b *core.Batch) error {
	if !d.values {
		return nil
	}
	spec := d.model.Spec()
	i, scale := finiteOne(b.LogP)
	if i < 0 || slices.Contains(spec.Powers, core.PowerQuantum) {
		return nil
	}
	d.values = false
	size := spec.Space.Size()
	x := b.X[i*size : (i+1)*size]
	var slope func(dst, x []float64) error
	if slices.Contains(spec.Powers, core.PowerSlope) {
		slope = func(dst, x []float64) error { return d.model.Slope(dst, make([]float64, 1), x) }
	}
	if err := newClaims(d.subject, "ln p", spec.Precision).values(spec.Symmetries, spec.Space, x, scale, "slope d ln p/dx", d.model.LogProb, slope); err != nil || core.LacksLogP(spec.Powers) {
		return err
	}
	return d.density(b, spec, scale)
}

// verifyGradient compares Pull with LogProb at other parameters, once, after the
// first gradient: parameters that are loaded before it would cost the model the
// noise of its draw.
func (d *doubts) verifyGradient(b *core.Batch) error {
	if !d.gradient || b.N == 0 || len(d.theta) == 0 {
		return nil
	}
	spec := d.model.Spec()
	if slices.Contains(spec.Powers, core.PowerQuantum) || core.LacksLogP(spec.Powers) {
		return nil
	}
	x, theta := b.X[:spec.Space.Size()], d.theta
	d.gradient, d.theta = false, nil
	grad := make([]float64, len(theta))
	if err := d.model.Pull(grad, &core.Batch{N: 1, X: x}, []float64{1}); err != nil {
		return err
	}
	at := func(theta []float64) (float64, error) {
		v := make([]float64, 1)
		err := d.model.Load(theta)
		if err == nil {
			err = d.model.LogProb(v, x)
		}
		return v[0], err
	}
	err := newClaims(d.subject, "ln p", spec.Precision).gradient("gradient of ln p in the parameters", grad, theta, nil,
		func(above, below []float64) (up, down float64, err error) {
			if up, err = at(above); err == nil {
				down, err = at(below)
			}
			return up, down, err
		})
	if again := d.model.Load(theta); err == nil {
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
