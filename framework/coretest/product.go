package coretest

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Product is the model of independent spins,
//
//	p(x) = prod_j exp(theta_j x_j) / (2 cosh theta_j),
//
// whose gradient is d ln p / d theta_j = x_j - tanh theta_j, and whose weak derivative is
//
//	dp/d theta_j = (1 - tanh^2 theta_j)/2 [ p(x | x_j = 1) - p(x | x_j = -1) ].
func Product() core.Part {
	type config struct {
		Scale float64 `key:"scale" above:"0" help:"starting parameters are uniform in [-scale, scale)"`
	}
	m := core.Manifest{Kind: core.KindModel, Name: "product", Version: "1", Summary: "independent spins",
		Spaces: []core.SpaceKind{core.Spins}, Powers: productPowers, Params: core.SchemaOf(config{Scale: 1})}
	return core.Part{Manifest: m, NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c config
		core.Decode(s, &c)
		if space.Kind != core.Spins {
			return nil, core.Errorf(core.Mismatch, "open model", "product", "it needs spins, the energy has %v", space)
		}
		return &product{space: space, scale: c.Scale, theta: make([]float64, space.Size())}, nil
	}}
}

var productPowers = []core.Power{core.PowerWeak, core.PowerSweep, core.PowerComplete}

type product struct {
	space core.Space
	scale float64
	theta []float64
	drawn uint64
}

var (
	_ core.Model       = (*product)(nil)
	_ core.WeakDeriver = (*product)(nil)
	_ core.Sweeper     = (*product)(nil)
	_ core.Completer   = (*product)(nil)
)

func (m *product) Spec() core.ModelSpec {
	n := m.space.Size()
	return core.ModelSpec{Space: m.space, Parameters: n, Powers: productPowers, Blocks: []core.Block{{Name: "field", Shape: []int{n}}}}
}

func (m *product) Init(theta []float64, seed uint64) error {
	r := rand.New(rand.NewPCG(core.Derive(seed, 1), core.Derive(seed, 2)))
	for j := range theta {
		theta[j] = m.scale * (2*r.Float64() - 1)
	}
	return nil
}

func (m *product) Load(theta []float64) error {
	copy(m.theta, theta)
	return nil
}

func (m *product) Sample(dst *core.Batch, seed uint64, n int) error {
	d := len(m.theta)
	dst.Reset(n, d)
	m.drawn++
	dst.ID = m.drawn
	var source rand.PCG
	for i := range n {
		core.SeedStream(&source, seed, uint64(dst.From+i))
		r := rand.New(&source)
		x := dst.X[i*d : (i+1)*d]
		for j, h := range m.theta {
			x[j] = -1
			if r.Float64() < 1/(1+math.Exp(-2*h)) {
				x[j] = 1
			}
		}
	}
	return m.LogProb(dst.LogP, dst.X)
}

func (m *product) LogProb(dst []float64, x []float64) error {
	d := len(m.theta)
	for i := range dst {
		dst[i] = 0
		for j, h := range m.theta {
			dst[i] -= math.Log1p(math.Exp(-2 * h * x[i*d+j]))
		}
	}
	return nil
}

func (m *product) Pull(grad []float64, b *core.Batch, w []float64) error {
	d := len(m.theta)
	b.Sum(grad, func(sum []float64, from, to int) {
		for i := from; i < to; i++ {
			for j, h := range m.theta {
				sum[j] += w[i] * (b.X[i*d+j] - math.Tanh(h))
			}
		}
	})
	return nil
}

// Pairs implements core.WeakDeriver: both of a pair are x but for x_j.
func (m *product) Pairs(x, _ []float64) (y, weight []float64, err error) {
	d := len(m.theta)
	for i := range len(x) / d {
		for j, h := range m.theta {
			for _, s := range []float64{1, -1} {
				y = append(y, x[i*d:(i+1)*d]...)
				y[len(y)-d+j] = s
				weight = append(weight, s*(1-math.Tanh(h)*math.Tanh(h))/2)
			}
		}
	}
	return y, weight, nil
}

// Sweep implements core.Sweeper: with all weights below zero on the whole, each theta_j goes to
// the minimum, where tanh theta_j is the weighted mean of x_j, if there is one; else it
// takes a small step down the gradient.
func (m *product) Sweep(grad, step []float64, b *core.Batch, w []float64) error {
	if err := m.Pull(grad, b, w); err != nil {
		return err
	}
	total := 0.0
	for _, v := range w {
		total += v
	}
	for j, h := range m.theta {
		step[j] = 1e-3 * grad[j]
		if mean := math.Tanh(h) + grad[j]/total; total < 0 && math.Abs(mean) < 1 {
			step[j] = h - math.Atanh(mean)
		}
	}
	return nil
}

// Complete implements core.Completer: what is known says nothing about the rest.
func (m *product) Complete(y, x []float64, known []int32, u []float64) error {
	for i := range y {
		h := m.theta[i%len(m.theta)]
		switch {
		case known[i] != 0:
			y[i] = x[i]
		case u[i] < 1/(1+math.Exp(-2*h)):
			y[i] = 1
		default:
			y[i] = -1
		}
	}
	return nil
}
