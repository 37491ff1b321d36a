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
		name, energy, sampler string
		of, settings          core.Settings
		beta                  float64
		thin                  int
	}{
		{"hmc", "phi4", "hmc", core.Settings{"L": 6, "d": 2, "m2": -4.0, "lambda": 6.975}, core.Settings{"chains": 200, "burn_in": 100, "thin": 5, "leapfrog": 10}, 1, 5},
		{"single_site", "ising", "single_site", core.Settings{"L": 16}, core.Settings{"chains": 200, "burn_in": 10, "thin": 5}, 0.44, 5},
		{"wolff", "ising", "wolff", core.Settings{"L": 16}, core.Settings{"chains": 200, "burn_in": 10, "thin": 5}, 0.44, 5},
	} {
		b.Run(c.name, func(b *testing.B) {
			defer par.Spare()()
			var samplers [2]core.Sampler
			var states [2]core.SamplerState
			for k, inProcess := range []bool{true, false} {
				samplers[k], states[k] = burnt(b, inProcess, c.energy, c.of, c.sampler, c.settings, c.beta)
			}
			var times [2]time.Duration
			var batch core.Batch
			const draws = 25
			for range enginetest.Loop(b) {
				for k, s := range samplers {
					begin := time.Now()
					next, err := s.Next(&batch, states[k], 200*draws)
					if err != nil {
						b.Fatal(err)
					}
					states[k] = next
					times[k] += time.Since(begin)
				}
			}
			moves := float64(b.N * draws * c.thin)
			b.ReportMetric(1000*times[0].Seconds()/moves, "ms/inprocess-move")
			b.ReportMetric(1000*times[1].Seconds()/moves, "ms/subprocess-move")
			b.ReportMetric(times[1].Seconds()/times[0].Seconds(), "ratio")
		})
	}
}

// burnt opens an energy and chains on it, and burns them in.
func burnt(b *testing.B, inProcess bool, name string, of core.Settings, sampler string, settings core.Settings, beta float64) (core.Sampler, core.SamplerState) {
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
	for _, p := range sample.Parts() {
		if p.Name != sampler {
			continue
		}
		full, problems := core.Complete(p.Params, settings)
		if len(problems) > 0 {
			b.Fatal(problems)
		}
		s, err := p.NewSampler(full, core.Target{Energy: energy, Beta: beta})
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
