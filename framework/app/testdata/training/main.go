// Helmholtz with an optimiser and a sampler of one's own, a model for which each has an
// exact result, and the objective and the observable of the plugin next door.
package main

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/app"
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/standard"
)

func main() { app.Main(append(standard.Parts(), round, renyi, rmsprop, quadratic, kinks)...) }

// The normal density whose coordinates have one variance v = exp(2 theta),
//
//	ln p(x) = -x.x/(2v) - d theta - d/2 ln 2 pi,   d ln p/dtheta = x.x/v - d.
type model struct {
	space core.Space
	theta float64
}

var round = core.Part{
	Manifest: core.Manifest{Kind: core.KindModel, Name: "round", Version: "0.1.0", Summary: "normal density of one variance", Spaces: []core.SpaceKind{core.Field}},
	NewModel: func(_ core.Settings, space core.Space) (core.Model, error) { return &model{space: space}, nil },
}

func (m *model) Spec() core.ModelSpec { return core.ModelSpec{Space: m.space, Parameters: 1} }

func (m *model) Init(theta []float64, _ uint64) error {
	theta[0] = 0
	return nil
}

func (m *model) Load(theta []float64) error {
	m.theta = theta[0]
	return nil
}

func (m *model) Sample(dst *core.Batch, seed uint64, n int) error {
	d := m.space.Size()
	dst.Reset(n, d)
	var stream rand.PCG
	for i := range n {
		core.SeedStream(&stream, seed, uint64(dst.From+i))
		r := rand.New(&stream)
		for k := range d {
			dst.X[i*d+k] = math.Exp(m.theta) * r.NormFloat64()
		}
	}
	return m.LogProb(dst.LogP, dst.X)
}

// square is x.x/v of configuration i.
func (m *model) square(x []float64, i int) (sum float64) {
	d := m.space.Size()
	for _, v := range x[i*d : (i+1)*d] {
		sum += v * v
	}
	return sum * math.Exp(-2*m.theta)
}

func (m *model) LogProb(dst, x []float64) error {
	d := float64(m.space.Size())
	for i := range dst {
		dst[i] = -m.square(x, i)/2 - d*m.theta - d/2*math.Log(2*math.Pi)
	}
	return nil
}

func (m *model) Pull(grad []float64, b *core.Batch, w []float64) error {
	grad[0] = 0
	for i, weight := range w {
		grad[0] += weight * (m.square(b.X, i) - float64(m.space.Size()))
	}
	return nil
}
