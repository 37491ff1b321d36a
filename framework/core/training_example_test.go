package core_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
)

// meanEnergy is the objective <E>, descended by the score function:
// grad <E> = < (E - <E>) grad ln p >, with the mean of the others for a baseline.
type meanEnergy struct{ numbers [1]float64 }

func (*meanEnergy) Spec() core.ObjectiveSpec {
	return core.ObjectiveSpec{
		Wants: []core.Column{core.E}, Bars: []core.Column{core.LogP},
		Numbers: []core.NumberInfo{{Name: "energy", Long: "mean energy of the batch", Units: "J"}},
	}
}

func (o *meanEnergy) Cotangents(bar, b, all *core.Batch, _ float64) ([]float64, error) {
	mean := 0.0
	for _, e := range all.E {
		mean += e / float64(all.N)
	}
	w := core.LogP.Room(bar, b.N)
	for i := range w {
		w[i] = (all.E[b.From-all.From+i] - mean) / float64(all.N-1)
	}
	o.numbers[0] = mean
	return o.numbers[:], nil
}

// A whole objective. Of a batch that is cut, the second piece gets the cotangents
// that it has in the whole.
func ExampleObjective() {
	part := core.Part{
		Manifest:     core.Manifest{Kind: core.KindObjective, Name: "mean_energy", Version: "0.1.0", Source: core.OfModel, Summary: "mean energy of the model"},
		NewObjective: func(core.Settings, core.Setting) (core.Objective, error) { return &meanEnergy{}, nil },
	}
	o, _ := part.NewObjective(nil, core.Setting{})
	all := &core.Batch{N: 3, E: []float64{1, 2, 6}}
	var whole, piece core.Batch
	numbers, _ := o.Cotangents(&whole, all, all, 1)
	fmt.Println(o.Spec().Numbers[0].Name, numbers, whole.LogP)
	o.Cotangents(&piece, &core.Batch{N: 2, From: 1, E: all.E[1:]}, all, 1)
	fmt.Println(piece.LogP)
	// Output:
	// energy [3] [-1 -0.5 1.5]
	// [-0.5 1.5]
}

// signs is descent by the sign of the gradient (Riedmiller and Braun 1993), whose
// steps all have the length of the rate.
type signs struct {
	optim.Rate
	schedule optim.Schedule
}

func (*signs) Spec() core.OptimizerSpec            { return core.OptimizerSpec{} }
func (*signs) State() map[string][]float64         { return nil }
func (*signs) SetState(map[string][]float64) error { return nil }
func (o *signs) Step(theta []float64, d core.Derivative, t int64) (float64, error) {
	rate := o.schedule.Rate(t)
	for i, g := range d.Gradient {
		switch {
		case g > 0:
			theta[i] -= rate
		case g < 0:
			theta[i] += rate
		}
	}
	return rate, nil
}

// A whole optimiser. Learning rate, warm-up and schedule are keys that it shares with
// the standard ones.
func ExampleOptimizer() {
	part := core.Part{
		Manifest: core.Manifest{Kind: core.KindOptimizer, Name: "signs", Version: "0.1.0", Summary: "steps by the gradient's sign",
			Params: core.SchemaOf(signs{Rate: optim.DefaultRate})},
		NewOptimizer: func(s core.Settings, steps int64) (core.Optimizer, error) {
			o := &signs{}
			core.Decode(s, o)
			o.schedule = o.Over(steps)
			return o, nil
		},
	}
	settings, _ := core.Complete(part.Params, core.Settings{"learning_rate": 0.5, "schedule": "step", "decay_every": 1})
	o, _ := part.NewOptimizer(settings, 3)
	theta := []float64{1, 1}
	for t := int64(1); t <= 3; t++ { // of the loss (theta_0^2 - theta_1^2)/2
		rate, _ := o.Step(theta, core.Derivative{Gradient: []float64{theta[0], -theta[1]}}, t)
		fmt.Println(rate, theta)
	}
	// Output:
	// 0.5 [0.5 1.5]
	// 0.25 [0.25 1.75]
	// 0.125 [0.125 1.875]
}

// uniform draws the Boltzmann density of an energy that is the same everywhere on
// [0, 1).
type uniform struct{ d int }

func (uniform) Init(seed uint64) (core.SamplerState, error) {
	return core.SamplerState{Seed: seed}, nil
}

func (uniform) Burn(state core.SamplerState) (core.SamplerState, int, error) { return state, 0, nil }

func (u uniform) Next(dst *core.Batch, state core.SamplerState, n int) (core.SamplerState, error) {
	dst.Reset(n, u.d)
	dst.LogP = dst.LogP[:0] // the density is no model's
	var stream rand.PCG
	for i := range n {
		core.SeedStream(&stream, core.Derive(state.Seed, state.Drawn), uint64(i))
		r := rand.New(&stream)
		for k := range u.d {
			dst.X[i*u.d+k] = r.Float64()
		}
	}
	state.Drawn++
	return state, nil
}

// A whole sampler of independent draws: its state decides them.
func ExampleSampler() {
	part := core.Part{
		Manifest: core.Manifest{Kind: core.KindSampler, Name: "uniform", Version: "0.1.0", Source: core.OfBoltzmann, Summary: "draws where the energy is constant"},
		NewSampler: func(_ core.Settings, target core.Target) (core.Sampler, error) {
			return uniform{target.Energy.Spec().Space.Size()}, nil
		},
	}
	s, _ := part.NewSampler(nil, core.Target{Energy: spring{}, Beta: 1})
	state, _ := s.Init(7)
	var first, again core.Batch
	next, _ := s.Next(&first, state, 3)
	s.Next(&again, state, 3)
	fmt.Println(first.N, first.X[2] == again.X[2], state.Drawn, next.Drawn)
	// Output:
	// 3 true 0 1
}
