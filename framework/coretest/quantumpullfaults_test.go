package coretest

import (
	"math/cmplx"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Faults of pull-backs of density matrices.

// pulling scales the weights, and may add to grad.
type pulling struct {
	*determinants
	w, v float64
	add  bool
}

func (m pulling) StatePull(grad []float64, b *core.Batch, w []float64, v []complex128) error {
	before := slices.Clone(grad)
	scaled := slices.Clone(v)
	for i := range scaled {
		scaled[i] *= complex(m.v, 0)
	}
	err := m.determinants.StatePull(grad, b, times(m.w, w), scaled)
	if m.add {
		for j := range grad {
			grad[j] += before[j]
		}
	}
	return err
}

// amplitude takes the gradient of ln p + ln |Psi|.
type amplitude struct{ *determinants }

func (m amplitude) Pull(grad []float64, b *core.Batch, w []float64) error {
	v := twice(w)
	for i := range v {
		v[i] /= 2
	}
	return m.StatePull(grad, b, w, v)
}

// trustingState answers for the batch it drew last with the parameters of then.
type trustingState struct {
	*determinants
	s, c float64
}

func (m *trustingState) Sample(dst *core.Batch, seed uint64, n int) error {
	m.s, m.c = m.determinants.s, m.determinants.c
	return m.determinants.Sample(dst, seed, n)
}

func (m *trustingState) StatePull(grad []float64, b *core.Batch, w []float64, v []complex128) error {
	s, c := m.determinants.s, m.determinants.c
	if b.ID == m.drawn {
		m.determinants.s, m.determinants.c = m.s, m.c
	}
	err := m.determinants.StatePull(grad, b, w, v)
	m.determinants.s, m.determinants.c = s, c
	return err
}

type stateKeeper struct {
	*determinants
	theta []float64
}

func (m *stateKeeper) Load(theta []float64) error {
	m.theta = theta
	return m.determinants.Load(theta)
}

func (m *stateKeeper) LogPsi(logPsi []complex128, logP []float64, b *core.Batch) error {
	m.determinants.Load(m.theta)
	return m.determinants.LogPsi(logPsi, logP, b)
}

type scribbling struct{ *determinants }

func (m scribbling) StatePull(grad []float64, b *core.Batch, w []float64, v []complex128) error {
	err := m.determinants.StatePull(grad, b, w, v)
	for i := range v {
		v[i] = cmplx.Conj(v[i])
	}
	return err
}

type lending struct{ *determinants }

func (m lending) StateLogP() ([]float64, error) { return m.logP, nil }

type unconjugated struct{ *determinants }

func (m unconjugated) StatePull(grad []float64, b *core.Batch, w []float64, v []complex128) error {
	v = slices.Clone(v)
	for i := range v {
		v[i] = cmplx.Conj(v[i])
	}
	return m.determinants.StatePull(grad, b, w, v)
}

// stepping spoils NaturalPull: without centring (parameter 1 has a mean that is
// not zero), without damping, or by the gradient of ln p alone.
type stepping struct {
	*determinants
	centre   float64
	undamped bool
}

func (m stepping) NaturalPull(grad, step []float64, b *core.Batch, w []float64, v []complex128, damping float64) error {
	switch {
	case m.undamped:
		damping *= 0.5
	case m.centre == 0:
		v = make([]complex128, b.N)
	}
	err := m.determinants.NaturalPull(grad, step, b, w, v, damping)
	if m.centre < 0 {
		// The metric of c is half the variance of x^2 over 2; with the mean it is half its square.
		var square moments
		for i := range b.N {
			_, x := m.one(b, i)
			square.add(dot(x, x) / 2)
		}
		mean := square.sum / square.n
		variance := square.squares/square.n - mean*mean
		step[1] *= (variance + damping) / (variance + mean*mean + damping)
	}
	return err
}

// multiplying makes a mistake in products: it leaves out the means, makes them of the node alone, or keeps scores when parameters change.
type multiplying struct {
	*determinants
	mistake string
}

func (m multiplying) NaturalKeep(grad, sums []float64, b *core.Batch, w []float64, v []complex128) error {
	err := m.determinants.NaturalKeep(grad, sums, b, w, v)
	if m.mistake == "mean" {
		clear(sums)
	}
	return err
}

func (m multiplying) NaturalProduct(product, step, sums []float64, b *core.Batch) error {
	if _, n, total, _ := b.Place(); m.mistake == "node" {
		sums = times(float64(n)/float64(total), sums)
	}
	return m.determinants.NaturalProduct(product, step, sums, b)
}

func (m multiplying) Load(theta []float64) error {
	kept := m.kept
	err := m.determinants.Load(theta)
	if m.mistake == "theta" {
		m.kept = kept
	}
	return err
}
