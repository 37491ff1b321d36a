package coretest

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// bent is the model x_j = asinh(y_j) of a Gaussian y, whose map is not linear.
// With dx_j/dy_j = 1/cosh x_j,
//
//	ln p(x) = ln p(y) + sum_j ln cosh x_j,   y_j = sinh x_j.
type bent struct{ *gaussian }

// Spec leaves out the velocity, which is that of the lines to where nothing was bent.
func (m bent) Spec() core.ModelSpec {
	s := m.gaussian.Spec()
	s.Powers = []core.Power{core.PowerPath, core.PowerSlope, core.PowerMap}
	return s
}

// unopened is a Gaussian model of moderate width on n numbers, or on particles
// in two dimensions.
func unopened(kind core.SpaceKind, n int) *gaussian {
	space := core.Space{Kind: kind, Shape: []int{n}, Periodic: true}
	if kind == core.Particles {
		space = core.Space{Kind: kind, Shape: []int{n / 2, 2}}
	}
	return newGaussian(space, 0.3, false)
}

// add adds sign sum_j ln cosh x_j.
func (m bent) add(v []float64, sign float64, x []float64) {
	for k, xk := range x {
		v[k/m.d] += sign * math.Log(math.Cosh(xk))
	}
}

func each(x []float64, f func(float64) float64) []float64 {
	y := make([]float64, len(x))
	for k, v := range x {
		y[k] = f(v)
	}
	return y
}

// pull carries cotangents of x and of sign sum_j ln cosh x_j back to y.
func (m bent) pull(x, xbar, lbar []float64, sign float64) (ybar []float64) {
	ybar = make([]float64, len(x))
	for k, v := range x {
		ybar[k] = (xbar[k] + sign*lbar[k/m.d]*math.Tanh(v)) / math.Cosh(v)
	}
	return ybar
}

func (m bent) Sample(dst *core.Batch, seed uint64, n int) error {
	err := m.gaussian.Sample(dst, seed, n)
	copy(dst.X, each(dst.X, math.Asinh))
	m.add(dst.LogP, 1, dst.X)
	return err
}

func (m bent) LogProb(dst, x []float64) error {
	err := m.gaussian.LogProb(dst, each(x, math.Sinh))
	m.add(dst, 1, x)
	return err
}

func (m bent) Pull(grad []float64, b *core.Batch, w []float64) error {
	return m.gaussian.Pull(grad, &core.Batch{N: b.N, From: b.From, Total: b.Total, Shares: b.Shares, X: each(b.X, math.Sinh)}, w)
}

func (m bent) PathPull(grad []float64, b *core.Batch, xbar, lbar []float64) error {
	return m.gaussian.PathPull(grad, b, m.pull(b.X, xbar, lbar, 1), lbar)
}

func (m bent) Slope(slope, logP, x []float64) error {
	err := m.gaussian.Slope(slope, logP, each(x, math.Sinh))
	for k, v := range x {
		slope[k] = slope[k]*math.Cosh(v) + math.Tanh(v)
	}
	m.add(logP, 1, x)
	return err
}

func (m bent) Map(x, lnDet, z []float64) error {
	err := m.gaussian.Map(x, lnDet, z)
	copy(x, each(x, math.Asinh))
	m.add(lnDet, -1, x)
	return err
}

func (m bent) Inverse(z, lnDet, x []float64) error {
	err := m.gaussian.Inverse(z, lnDet, each(x, math.Sinh))
	m.add(lnDet, -1, x)
	return err
}

func (m bent) MapPull(zbar, z, xbar, lbar []float64) error {
	x, lnDet := make([]float64, len(z)), make([]float64, len(lbar))
	if err := m.Map(x, lnDet, z); err != nil {
		return err
	}
	return m.gaussian.MapPull(zbar, z, m.pull(x, xbar, lbar, -1), lbar)
}
