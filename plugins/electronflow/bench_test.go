package electronflow

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest/rates"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// A training step of 512 configurations with one random direction and the natural
// gradient, for the networks of arXiv:2201.03156, its parts, and others; beside it the 50 moves of chains. The flow moves electrons by some tenths of their
// distance, as after training. The products are of small vectors in registers, without BLAS: only exponentials are counted.
func BenchmarkStep(b *testing.B) {
	const batch = 512
	for _, n := range []int{5, 13, 29, 49} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			given := core.Settings{"draws": chained, "burn_in": int64(0), "e_max": int64(25), "theta_0": 0.15, "laplacian": "hutchinson"}
			if n > 29 {
				given["e_max"] = int64(36)
			}
			full, _ := core.Complete(Part.Params, given)
			made, err := Part.NewModel(full, box(n, 2, 0.25, 0.25))
			if err != nil {
				b.Fatal(err)
			}
			m := made.(*Model)
			theta := make([]float64, m.spec.Parameters)
			if err := m.Init(theta, 1); err != nil {
				b.Fatal(err)
			}
			r := rand.New(rand.NewPCG(1, 2))
			for i := len(theta) - m.net.Dim*m.net.Width; i < len(theta); i++ {
				theta[i] = 0.1 * r.NormFloat64()
			}
			if err := m.Load(theta); err != nil {
				b.Fatal(err)
			}
			var batchOf core.Batch
			lap, w, v := make([]complex128, batch), make([]float64, batch), make([]complex128, batch)
			grad, step := make([]float64, len(theta)), make([]float64, len(theta))
			for i := range w {
				w[i], v[i] = 1/float64(i+1), complex(1/float64(i+1), 1)
			}
			// of passes: h and a of each electron, g of each pair in both orders
			exps := func(passes int) rates.Work {
				return rates.Work{Exponentials: float64(passes * batch * (2*n*m.net.Width + n*(n-1)*m.net.PairWidth))}
			}
			sample := func() error {
				m.config.Draws = "independent"
				return m.Sample(&batchOf, 1, batch)
			}
			moves := func() error {
				m.config.Draws = chained
				return m.Sample(&batchOf, 1, batch)
			}
			hutchinson := func() error { return m.Laplacian(lap, &batchOf) }
			natural := func() error { return m.NaturalPull(grad, step, &batchOf, w, v, 1e-3) }
			for _, part := range []struct {
				name string
				run  func() error
				work rates.Work
			}{
				{"moves", moves, exps(m.config.Moves + 1)}, // before draws: workspaces are opened for chains
				{"draws", sample, rates.Work{}},            // passes as Newton's method needs
				{"hutchinson", hutchinson, exps(2)},
				{"exact", func() error {
					m.exact = true
					defer func() { m.exact = false }()
					return m.Laplacian(lap, &batchOf)
				}, exps(1 + m.net.Size())},
				{"pull", func() error { return m.StatePull(grad, &batchOf, w, v) }, exps(1)},
				{"natural", natural, exps(1)},
				{"step", func() error { return errors.Join(sample(), hutchinson(), natural()) }, rates.Work{}},
			} {
				b.Run(part.name, func(b *testing.B) {
					defer par.Spare()() // a sub-benchmark sets GOMAXPROCS again
					meter := rates.Start(b)
					for range enginetest.Loop(b) {
						if err := part.run(); err != nil {
							b.Fatal(err)
						}
					}
					meter.Report(part.work)
				})
			}
		})
	}
}

// ln Psi and the Laplacian of 60 states at 64 configurations of four electrons: all in one call, and
// one state after the other.
func BenchmarkSpan(b *testing.B) {
	const configurations, count = 64, 60
	full, _ := core.Complete(Part.Params, core.Settings{"theta_0": 0.5, "laplacian": "exact", "mirrors": true, "centred": true})
	made, err := Part.NewModel(full, box(4, 2, 0.25, 0.25))
	if err != nil {
		b.Fatal(err)
	}
	m := made.(*Model)
	theta := make([]float64, m.spec.Parameters)
	if err := errors.Join(m.Init(theta, 1), m.Load(theta)); err != nil {
		b.Fatal(err)
	}
	var at, of core.Batch
	if err := errors.Join(m.Sample(&at, 1, configurations), m.Sample(&of, 2, count)); err != nil {
		b.Fatal(err)
	}
	psi, lap, logP := make([]complex128, configurations*count), make([]complex128, configurations*count), make([]float64, configurations)
	together := func() error { return m.SpanPsi(psi, lap, at.X, of.K) }
	alone := func() (err error) {
		for s := range count {
			for i := range configurations {
				copy(at.K[i*4:], of.K[s*4:s*4+4])
			}
			err = errors.Join(err, m.LogPsi(psi[s*configurations:(s+1)*configurations], logP, &at), m.Laplacian(lap[s*configurations:(s+1)*configurations], &at))
		}
		return err
	}
	for name, run := range map[string]func() error{"together": together, "one by one": alone} {
		b.Run(name, func(b *testing.B) {
			for range enginetest.Loop(b) {
				if err := run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
