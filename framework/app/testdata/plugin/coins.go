package main

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// coins is the model p(s) = prod_i sigmoid(2 theta_i s_i).
var coins = core.Part{
	Manifest: core.Manifest{Kind: core.KindModel, Name: "coins", Version: "1.2.0", Summary: "independent spins"},
	NewModel: func(_ core.Settings, space core.Space) (core.Model, error) {
		if space.Kind != core.Spins {
			return nil, core.Errorf(core.Mismatch, "open model", "coins", "works on spins, not on %s", space.Kind)
		}
		return &model{space: space, fault: newFault()}, nil
	},
}

type model struct {
	space core.Space
	theta []float64
	fault fault
}

func (m *model) Spec() core.ModelSpec {
	n := m.space.Size()
	return core.ModelSpec{Space: m.space, Parameters: n, Blocks: []core.Block{{Name: "theta", Shape: []int{n}}}}
}

func (m *model) Init(theta []float64, _ uint64) error {
	clear(theta)
	return nil
}

func (m *model) Load(theta []float64) error {
	m.theta = append(m.theta[:0], theta...)
	return nil
}

func (m *model) Sample(dst *core.Batch, seed uint64, n int) error {
	d := len(m.theta)
	dst.Reset(n, d)
	var stream rand.PCG
	for i := range n {
		core.SeedStream(&stream, seed, uint64(dst.From+i))
		draw := rand.New(&stream)
		for j, t := range m.theta {
			dst.X[i*d+j] = -1
			if draw.Float64() < 1/(1+math.Exp(-2*t)) {
				dst.X[i*d+j] = 1
			}
		}
	}
	if err := m.LogProb(dst.LogP, dst.X); err != nil {
		return err
	}
	switch m.fault.now() {
	case "short":
		dst.X = dst.X[:len(dst.X)-1]
	case "lognan":
		dst.LogP[3] = math.NaN()
	}
	return nil
}

func (m *model) LogProb(dst, x []float64) error {
	d := len(m.theta)
	for i := range dst {
		dst[i] = 0
		for j, t := range m.theta {
			dst[i] -= math.Log1p(math.Exp(-2 * t * x[i*d+j]))
		}
	}
	return nil
}

func (m *model) Pull(grad []float64, b *core.Batch, w []float64) error {
	clear(grad)
	d := len(m.theta)
	for i := range b.N {
		for j, t := range m.theta {
			grad[j] += w[i] * (b.X[i*d+j] - math.Tanh(t))
		}
	}
	return nil
}
