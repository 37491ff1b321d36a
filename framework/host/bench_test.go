package host

import (
	"fmt"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

// trivialModel has many parameters and does as little as the contract allows,
// so that a step measures the border.
func trivialModel() core.Part {
	type config struct {
		Parameters int `key:"parameters" help:"how many"`
	}
	return core.Part{
		Manifest: core.Manifest{Kind: core.KindModel, Name: "trivial", Version: "1", Summary: "does nothing", Params: core.SchemaOf(config{})},
		NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
			return &trivial{space: space, theta: make([]float64, s["parameters"].(int64))}, nil
		},
	}
}

type trivial struct {
	space core.Space
	theta []float64
}

func (m *trivial) Spec() core.ModelSpec {
	return core.ModelSpec{Space: m.space, Parameters: len(m.theta), Scores: len(m.theta), Powers: []core.Power{core.PowerNaturalProducts}}
}

func (m *trivial) Init(theta []float64, _ uint64) error               { clear(theta); return nil }
func (m *trivial) Load(theta []float64) error                         { copy(m.theta, theta); return nil }
func (m *trivial) LogProb(dst []float64, x []float64) error           { clear(dst); return nil }
func (m *trivial) Pull(g []float64, _ *core.Batch, _ []float64) error { clear(g); return nil }

func (m *trivial) NaturalKeep(g, sums []float64, _ *core.Batch, _ []float64, _ []complex128) error {
	clear(g)
	clear(sums)
	return nil
}
func (m *trivial) NaturalProduct(g, step, _ []float64, _ *core.Batch) error {
	copy(g, step)
	return nil
}

func (m *trivial) Sample(dst *core.Batch, _ uint64, n int) error {
	dst.Reset(n, m.space.Size())
	fill(dst.X, 1)
	clear(dst.LogP)
	return nil
}

// BenchmarkStep is one training step of 1000 samples of 256 spins with 1.6
// million parameters: theta down (13 MB), x up (2 MB) and down to the energy,
// the gradient up (13 MB). The difference to in-process is what the border
// costs.
func BenchmarkStep(b *testing.B) {
	const batch, n = 1000, 256
	for _, parameters := range []int{10_000, 1_600_000} {
		for _, world := range []struct {
			name string
			o    Options
		}{
			{"in-process", Options{InProcess: true}}, {"shm", Options{Transport: TransportShared}}, {"bytes", Options{Transport: TransportBytes}},
		} {
			b.Run(fmt.Sprintf("theta=%d/%s", parameters, world.name), func(b *testing.B) {
				h := newHost(b, world.o)
				m := openModel(b, h, "trivial", core.Settings{"parameters": parameters}, spins(n))
				e := openEnergy(b, h, "chain", core.Settings{"N": n})
				theta, grad, energies := make([]float64, parameters), make([]float64, parameters), make([]float64, batch)
				var draw core.Batch
				b.ReportAllocs()
				for range enginetest.Loop(b) {
					for _, err := range []error{
						m.Load(theta), m.Sample(&draw, 1, batch), e.Eval(energies, &draw), m.Pull(grad, &draw, energies),
					} {
						if err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}

// BenchmarkProduct is a product with a Fisher matrix, of which the model makes nothing: a vector and the sums of scores down, a vector up, of
// as many parameters as 13 electrons have, and a VAN of 16 x 16 sites.
func BenchmarkProduct(b *testing.B) {
	for _, parameters := range []int{6834, 793_000} {
		for _, world := range []struct {
			name string
			o    Options
		}{
			{"in-process", Options{InProcess: true}}, {"shm", Options{Transport: TransportShared}},
		} {
			b.Run(fmt.Sprintf("theta=%d/%s", parameters, world.name), func(b *testing.B) {
				h := newHost(b, world.o)
				m := openModel(b, h, "trivial", core.Settings{"parameters": parameters}, spins(4)).(core.NaturalMultiplier)
				theta, step, product, sums := make([]float64, parameters), make([]float64, parameters), make([]float64, parameters), make([]float64, parameters)
				if err := m.Load(theta); err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for range enginetest.Loop(b) {
					if err := m.NaturalProduct(product, step, sums, &core.Batch{N: 512, Total: 512, Shares: 8}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
