package app

import (
	"testing"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/host"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// BenchmarkMoves measures a move of all chains with the energy in its own process against the same
// moves in this one, turn by turn. What is timed is a draw of 25 configurations of each chain, as
// a run makes it, without start and burn-in.
func BenchmarkMoves(b *testing.B) {
	for _, c := range []struct {
		name, energy, model, sampler string
		of, network, settings        core.Settings
		beta                         float64
		thin, draws                  int
	}{
		{"hmc", "phi4", "", "hmc", core.Settings{"L": 6, "d": 2, "m2": -4.0, "lambda": 6.975}, nil, core.Settings{"chains": 200, "burn_in": 100, "thin": 5, "leapfrog": 10}, 1, 5, 25},
		{"single_site", "ising", "", "single_site", core.Settings{"L": 16}, nil, core.Settings{"chains": 200, "burn_in": 10, "thin": 5}, 0.44, 5, 25},
		{"wolff", "ising", "", "wolff", core.Settings{"L": 16}, nil, core.Settings{"chains": 200, "burn_in": 10, "thin": 5}, 0.44, 5, 25},
		{"latent_hmc", "dualising", "neuralrg", "latent_hmc", core.Settings{"L": 4}, core.Settings{"couplings": 10, "layers": 3, "hidden": 10, "z2": true},
			core.Settings{"chains": 200, "burn_in": 1, "leapfrog": 10}, 1, 1, 1},
	} {
		b.Run(c.name, func(b *testing.B) {
			defer par.Spare()()
			var samplers [2]core.Sampler
			var states [2]core.SamplerState
			for k, inProcess := range []bool{true, false} {
				samplers[k], states[k] = burnt(b, inProcess, c.energy, c.of, c.model, c.network, c.sampler, c.settings, c.beta)
			}
			var times [2]time.Duration
			var batch core.Batch
			for range enginetest.Loop(b) {
				for k, s := range samplers {
					begin := time.Now()
					next, err := s.Next(&batch, states[k], 200*c.draws)
					if err != nil {
						b.Fatal(err)
					}
					states[k] = next
					times[k] += time.Since(begin)
				}
			}
			moves := float64(b.N * c.draws * c.thin)
			b.ReportMetric(1000*times[0].Seconds()/moves, "ms/inprocess-move")
			b.ReportMetric(1000*times[1].Seconds()/moves, "ms/subprocess-move")
			b.ReportMetric(times[1].Seconds()/times[0].Seconds(), "ratio")
		})
	}
}

// burnt opens an energy, a model if one is named, at its start, and chains on them, and burns them in.
func burnt(b *testing.B, inProcess bool, name string, of core.Settings, model string, network core.Settings, sampler string, settings core.Settings, beta float64) (core.Sampler, core.SamplerState) {
	h := host.New(host.Options{Builtins: parts, InProcess: inProcess, Self: built.helmholtz})
	b.Cleanup(func() { h.Close() })
	found, err := h.Find(core.KindEnergy, name, "", "")
	if err != nil {
		b.Fatal(err)
	}
	energy, err := h.OpenEnergy(found, of)
	if err != nil {
		b.Fatal(err)
	}
	target := core.Target{Energy: energy, Beta: beta}
	if model != "" {
		found, err := h.Find(core.KindModel, model, "", "")
		if err != nil {
			b.Fatal(err)
		}
		if target.Model, err = h.OpenModel(found, network, energy.Spec().Space); err != nil {
			b.Fatal(err)
		}
		theta := make([]float64, target.Model.Spec().Parameters)
		if err := target.Model.Init(theta, 1); err != nil {
			b.Fatal(err)
		}
		if err := target.Model.Load(theta); err != nil {
			b.Fatal(err)
		}
	}
	for _, p := range sample.Parts() {
		if p.Name != sampler {
			continue
		}
		full, problems := core.Complete(p.Params, settings)
		if len(problems) > 0 {
			b.Fatal(problems)
		}
		s, err := p.NewSampler(full, target)
		var state core.SamplerState
		if err == nil {
			state, err = s.Init(1)
		}
		for left := 1; err == nil && left > 0; {
			state, left, err = s.Burn(state)
		}
		if err != nil {
			b.Fatal(err)
		}
		return s, state
	}
	b.Fatalf("no sampler %s", sampler)
	return nil, core.SamplerState{}
}
