package reference

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Points is a harmonic well, E = x^2/2, with given points of one number each, all but
// the last of them for training.
func Points(x []float64) core.Part {
	return energy("points", "given points", func() core.Energy { return points(x) })
}

type points []float64

var (
	_ core.Energy      = points(nil)
	_ core.Given       = points(nil)
	_ core.Transformed = points(nil)
	_ core.Labelled    = points(nil)
)

// Spec implements core.Energy.
func (p points) Spec() core.EnergySpec {
	last := len(p) - 1
	return core.EnergySpec{Space: core.Space{Kind: core.Field, Shape: []int{1}}, Units: "1", Powers: []core.Power{core.PowerRows, core.PowerTransformed, core.PowerLabels},
		Rows: []core.Range{{Name: "train", From: 0, To: last}, {Name: "test", From: last, To: last + 1}}}
}

// Eval implements core.Energy.
func (p points) Eval(dst []float64, b *core.Batch) error {
	for i, x := range b.X {
		dst[i] = x * x / 2
	}
	return nil
}

// Rows implements core.Given.
func (p points) Rows(x []float64, number []int32) error {
	for i, n := range number {
		if n < 0 || int(n) >= len(p) {
			return core.Errorf(core.Invalid, "rows", "points", "there is no row %d of %d", n, len(p))
		}
		x[i] = p[n]
	}
	return nil
}

// DataLogDet implements core.Transformed: as if y were ln x of the data.
func (p points) DataLogDet(dst []float64, number []int32) error {
	if err := p.Rows(dst, number); err != nil {
		return err
	}
	for i, y := range dst {
		dst[i] = -y
	}
	return nil
}

// Labels implements core.Labelled: 1 of points on the right, else 0.
func (p points) Labels(dst, number []int32) error {
	for i, n := range number {
		dst[i] = 0
		if p[n] > 0 {
			dst[i] = 1
		}
	}
	return nil
}

// Restore implements core.Transformed.
func (p points) Restore(x, y []float64) error {
	for i, v := range y {
		x[i] = math.Exp(v)
	}
	return nil
}

// Moments are the mean and the width of the points for training.
func Moments(x []float64) (mean, width float64) {
	x = x[:len(x)-1]
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		width += (v - mean) * (v - mean) / float64(len(x))
	}
	return mean, math.Sqrt(width)
}
