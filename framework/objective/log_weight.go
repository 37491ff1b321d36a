package objective

import (
	"fmt"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// LogWeight is a phase of the likelihood of a density p = exp(w)/Z, which is known up to Z:
//
//	-<ln p>_data = ln Z - <w>_data,
//	grad = <grad w>_{x~p} - <grad w>_data.
//
// The negative phase is a mean over draws of the model: its Markov chains, for contrastive
// divergence (Hinton 2002, Neural Comput. 14, 1771; with chains that are never started again
// Tieleman 2008, ICML, 1064). The positive one is that of data. The sum of the two losses has
// the gradient of the likelihood, and not its value.
type LogWeight struct {
	// Data tells that the configurations are data, whose w is to grow.
	Data    bool
	numbers [3]float64
}

var _ core.Objective = (*LogWeight)(nil)

// The keys of contrastive_divergence.
type contrastiveKeys struct {
	Restart bool `key:"restart" help:"with source = \"data\": both phases in one term, the negative one of chains that start at the batch of data at every step and take as many sweeps as the model says (CD-k, k = model.sweeps); without it, the positive phase alone"`
}

var contrastivePart = core.Part{
	Manifest: core.Manifest{Kind: core.KindObjective, Name: "contrastive_divergence", Version: "1.1.0", Source: core.OfEither,
		Summary:   "likelihood of data for a model that knows its density up to Z, in two terms: source = \"data\", and source = \"model\", the draws of its Markov chains; or in one, with chains from data",
		Reference: "Hinton 2002, Neural Comput. 14, 1771; Tieleman 2008, ICML, 1064", Params: core.SchemaOf(contrastiveKeys{})},
	NewObjective: func(s core.Settings, setting core.Setting) (core.Objective, error) {
		var keys contrastiveKeys
		core.Decode(s, &keys)
		if !slices.Contains(setting.Model.Powers, core.PowerWeight) {
			return nil, &core.Error{Kind: core.Mismatch, Err: fmt.Errorf("it needs a model with the power %q, which knows its density up to a constant", core.PowerWeight),
				Hint: `of a density that is known, set train.objective = "maximum_likelihood"`}
		}
		if keys.Restart && setting.Source != core.OfData {
			return nil, &core.Error{Kind: core.Invalid, Err: &core.SettingError{Key: "restart", Problem: `starts chains at data, and the source is not data; set source = "data", or leave it out`}}
		}
		if keys.Restart {
			return &Contrast{}, nil
		}
		return &LogWeight{Data: setting.Source == core.OfData}, nil
	},
}

// Spec implements core.Objective.
func (*LogWeight) Spec() core.ObjectiveSpec {
	return core.ObjectiveSpec{
		Wants: []core.Column{core.LogWeight}, Bars: []core.Column{core.LogWeight},
		Numbers: []core.NumberInfo{{Name: "phase", Long: "mean log-weight of draws of the model, or minus that of data", Units: "1"},
			{Name: "log_weight", Long: "mean log-weight of the batch", Units: "1"},
			{Name: "log_weight_stderr", Long: "standard error of log_weight", Units: "1"}},
		Watch: "log_weight",
	}
}

// Cotangents implements core.Objective.
func (o *LogWeight) Cotangents(bar, b, all *core.Batch, _ float64) ([]float64, error) {
	sign := 1.0
	if o.Data {
		sign = -1
	}
	o.numbers[1], o.numbers[2] = meanStderrOf(core.LogWeight.Of(all))
	o.numbers[0] = sign * o.numbers[1]
	w := core.LogWeight.Room(bar, b.N)
	for i := range w {
		w[i] = sign / float64(all.N)
	}
	return o.numbers[:], nil
}
