package coretest

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Bound is an objective, the variational free energy
//
//	beta F = < f >,   f = ln p + beta E,
//
// descended through the sample, xbar_i = beta dE/dx_i / n and lbar_i = 1/n, or by the
// score function, lbar_i = (f_i - < f >)/(n - 1).
func Bound() core.Part {
	type config struct {
		Score bool `key:"score" help:"take the score function instead of the path"`
	}
	return core.Part{
		Manifest: core.Manifest{Kind: core.KindObjective, Name: "bound", Version: "1", Source: core.OfModel,
			Summary: "variational free energy", Params: core.SchemaOf(config{})},
		NewObjective: func(s core.Settings, setting core.Setting) (core.Objective, error) {
			if setting.Energy.Quantum() {
				return nil, core.Errorf(core.Mismatch, "open objective", "bound", "is of classical energies, and beta is %v", setting.Beta)
			}
			var c config
			core.Decode(s, &c)
			return newBound(c.Score, setting.Energy.Units), nil
		},
	}
}

type bound struct {
	spec    core.ObjectiveSpec
	score   bool
	numbers [2]float64
}

var _ core.Objective = (*bound)(nil)

func newBound(score bool, units string) *bound {
	o := &bound{score: score, spec: core.ObjectiveSpec{
		Wants: []core.Column{core.LogP, core.E}, Bars: []core.Column{core.LogP}, Watch: "mean_energy",
		Numbers: []core.NumberInfo{{Name: "loss", Long: "beta F of the batch", Units: "1"}, {Name: "mean_energy", Long: "mean energy of the batch", Units: units}}}}
	if !score {
		o.spec.Wants, o.spec.Bars = append(o.spec.Wants, core.Slope), []core.Column{core.X, core.LogP}
		o.spec.Hint = "set train.score = true"
	}
	return o
}

// Spec implements core.Objective.
func (o *bound) Spec() core.ObjectiveSpec { return o.spec }

// Cotangents implements core.Objective.
func (o *bound) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	n := float64(all.N)
	o.numbers = [2]float64{}
	for i, e := range all.E {
		o.numbers[0] += (all.LogP[i] + beta*e) / n
		o.numbers[1] += e / n
	}
	w := core.LogP.Room(bar, b.N)
	for i := range w {
		w[i] = 1 / n
		if at := b.From - all.From + i; o.score {
			w[i] = (all.LogP[at] + beta*all.E[at] - o.numbers[0]) / (n - 1)
		}
	}
	if !o.score {
		v := core.X.Room(bar, len(b.Slope))
		for k, slope := range b.Slope {
			v[k] = beta * slope / n
		}
	}
	return o.numbers[:], nil
}
