package main

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The Renyi divergence of the Boltzmann density pi from the model's p, of the
// order alpha (2 is that of chi^2), by draws from p with weights w = exp(-beta E)/p:
//
//	D = 1/(alpha-1) ln int pi^alpha p^(1-alpha)
//	  = 1/(alpha-1) (ln <w^alpha> - alpha ln <w>),
//	grad D = - < w^alpha grad ln p > / < w^alpha >.
//
// grad ln p has mean zero; 1/n taken from the normalised weights quietens it.
type divergence struct {
	Alpha float64 `key:"alpha" above:"1" max:"8" help:"order"`

	numbers [1]float64
}

var renyi = core.Part{
	Manifest: core.Manifest{Kind: core.KindObjective, Name: "renyi", Version: "0.1.0", Source: core.OfModel,
		Summary: "Renyi divergence of the Boltzmann density from the model", Params: core.SchemaOf(divergence{Alpha: 2})},
	NewObjective: func(s core.Settings, setting core.Setting) (core.Objective, error) {
		if setting.Energy.Kinetic > 0 {
			return nil, core.Errorf(core.Mismatch, "", "", "weights exp(-beta E)/p are of classical energies")
		}
		o := &divergence{}
		core.Decode(s, o)
		return o, nil
	},
}

func (o *divergence) Spec() core.ObjectiveSpec {
	return core.ObjectiveSpec{
		Wants: []core.Column{core.LogP, core.E}, Bars: []core.Column{core.LogP},
		Numbers: []core.NumberInfo{{Name: "divergence", Long: "Renyi divergence of the Boltzmann density from the model", Units: "1"}},
	}
}

func (o *divergence) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	most := math.Inf(-1) // of ln w, so that no power overflows
	for i := range all.N {
		most = max(most, logWeight(all, i, beta))
	}
	first, n := 0.0, float64(all.N)
	power := 0.0
	for i := range all.N {
		l := logWeight(all, i, beta) - most
		first += math.Exp(l)
		power += math.Exp(o.Alpha * l)
	}
	o.numbers[0] = (math.Log(power/n) - o.Alpha*math.Log(first/n)) / (o.Alpha - 1)
	w := core.LogP.Room(bar, b.N)
	for i := range w {
		w[i] = 1/n - math.Exp(o.Alpha*(logWeight(all, b.From-all.From+i, beta)-most))/power
	}
	return o.numbers[:], nil
}

func logWeight(b *core.Batch, i int, beta float64) float64 { return -beta*b.E[i] - b.LogP[i] }
