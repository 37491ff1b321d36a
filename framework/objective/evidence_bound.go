package objective

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// EvidenceBound fits a model with latent variables to data by a bound of its likelihood. Of k
// draws z_j of the encoder for each of n configurations, with w_ij = p(x_i, z_ij)/q(z_ij|x_i),
//
//	loss = -1/n sum_i ln 1/k sum_j w_ij >= -< ln p(x) >   in the mean,
//	wbar_ij = -1/n w_ij / sum_j' w_ij'
//
// as the cotangent of ln w_ij. k = 1 is the evidence lower bound (Kingma and Welling,
// arXiv:1312.6114), and larger k come closer to the likelihood (Burda, Grosse and
// Salakhutdinov, arXiv:1509.00519, eq. 8). The noise of z is fixed, so the gradient is that by
// reparametrisation.
type EvidenceBound struct {
	// Draws are k; 0 is 1.
	Draws int

	losses  []float64
	numbers [2]float64
}

var _ core.Objective = (*EvidenceBound)(nil)

// Spec implements core.Objective.
func (o *EvidenceBound) Spec() core.ObjectiveSpec {
	return core.ObjectiveSpec{
		Noise: []core.Noise{{Column: core.LatentNoise, Law: core.Normal}}, Copies: o.Draws,
		Wants: []core.Column{core.Bound}, Bars: []core.Column{core.Bound},
		Numbers: lossNumbers("minus the bound of the log-likelihood of a configuration, the mean over the batch"),
	}
}

// Cotangents implements core.Objective.
func (o *EvidenceBound) Cotangents(bar, b, all *core.Batch, _ float64) ([]float64, error) {
	k := max(1, o.Draws)
	n, w := all.N/k, core.Bound.Of(all)
	o.losses = core.Resize(o.losses, n)
	for i := range o.losses {
		o.losses[i] = -stats.LogMeanExp(w[i*k:(i+1)*k], 1)
	}
	o.numbers[0], o.numbers[1] = meanStderrOf(o.losses)
	wbar := core.Bound.Room(bar, b.N)
	for i := range wbar {
		at := offset(b, all) + i
		wbar[i] = -math.Exp(w[at]+o.losses[at/k]) / float64(k*n)
	}
	return o.numbers[:], nil
}

// boundKeys are the keys of evidence_bound.
type boundKeys struct {
	Draws int `key:"samples" min:"1" max:"100000" help:"k, draws of the latent variables for each configuration; 1 is the evidence lower bound, and more come closer to the likelihood"`
}

var boundPart = core.Part{
	Manifest: core.Manifest{Kind: core.KindObjective, Name: "evidence_bound", Version: "1.0.0", Source: core.OfData,
		Summary:   "lower bound of the log-likelihood of data, for a model with an encoder",
		Reference: "Kingma and Welling 2014, arXiv:1312.6114; Burda, Grosse and Salakhutdinov 2016, arXiv:1509.00519",
		Params:    core.SchemaOf(boundKeys{Draws: 1})},
	NewObjective: func(s core.Settings, setting core.Setting) (core.Objective, error) {
		var keys boundKeys
		core.Decode(s, &keys)
		if !slices.Contains(setting.Model.Powers, core.PowerBound) {
			return nil, &core.Error{Kind: core.Mismatch, Err: fmt.Errorf("it needs a model with the power %q, which has latent variables and an encoder", core.PowerBound),
				Hint: `of a density that is known, set train.objective = "maximum_likelihood"`}
		}
		return &EvidenceBound{Draws: keys.Draws}, nil
	},
}
