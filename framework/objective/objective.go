// Package objective has the objectives that come with Helmholtz: they turn
// log-densities and energies into cotangents, which a model pulls back into a
// gradient. They know no model.
package objective

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Parts are the objectives of this package.
func Parts() []core.Part {
	return []core.Part{reversePart, likelihoodPart, alphaPart, contrastivePart, matchingPart, transportPart, denoisingPart, implicitPart, boundPart, discrepancyPart}
}

// The keys of reverse_kl.
type reverseKeys struct {
	Gradient  string  `key:"gradient" choices:"score_raw,score,pathwise,path_gradient,measure_valued" help:"how the gradient is estimated: score is the score-function (REINFORCE) estimate with means of the batch as baselines, for every model and the only one of density matrices; score_raw has no baseline; pathwise goes through the sample, for flows; path_gradient too, without the score term, so that its variance vanishes at the solution; measure_valued takes differences of densities, for models with the power weak"`
	ClipLocal float64 `key:"clip_local" min:"0" power:"quantum" help:"in the gradient of the wave functions, a local energy that differs from the mean of its state by more than this times the mean absolute difference is moved there: a small bias for a bounded variance. The gradient of p(K), losses and observables take it as it is; 0 never clips (density matrices)"`
}

var reversePart = core.Part{
	Manifest: core.Manifest{Kind: core.KindObjective, Name: "reverse_kl", Version: "1.0.0", Source: core.OfModel,
		Summary:   "variational free energy F = <E + T ln p> over draws from the model",
		Reference: "Wu, Wang and Zhang 2019, arXiv:1809.10606; path gradients: Vaitl et al. 2022, arXiv:2206.09016; density matrices: Xie, Zhang and Wang 2022, arXiv:2105.08644",
		Params:    core.SchemaOf(reverseKeys{Gradient: "score", ClipLocal: 5})},
	NewObjective: func(s core.Settings, setting core.Setting) (core.Objective, error) {
		var keys reverseKeys
		core.Decode(s, &keys)
		d := Divergence{Target: setting.Beta, Units: setting.Energy.Units}
		quantum := setting.Energy.Quantum()
		switch {
		case quantum && keys.Gradient != "score":
			return nil, &core.Error{Kind: core.Mismatch, Err: &core.SettingError{Key: "gradient",
				Problem: `= "` + keys.Gradient + `" is for classical energies, and this one is quantum; set gradient = "score"`}}
		case slices.Contains(setting.Model.Powers, core.PowerWave) && quantum:
			return &WaveFunction{Units: setting.Energy.Units}, nil
		case slices.Contains(setting.Model.Powers, core.PowerFamilies):
			return &Families{Divergence: d}, nil
		case quantum:
			return &DensityMatrix{Divergence: d, Clip: keys.ClipLocal}, nil
		case keys.Gradient == "score_raw":
			return &ScoreRaw{d}, nil
		case keys.Gradient == "pathwise":
			return &Pathwise{d}, nil
		case keys.Gradient == "path_gradient":
			return &PathGradient{d}, nil
		case keys.Gradient == "measure_valued":
			return &MeasureValued{d}, nil
		}
		return &ReverseKL{d}, nil
	},
}

var likelihoodPart = core.Part{
	Manifest: core.Manifest{Kind: core.KindObjective, Name: "maximum_likelihood", Version: "1.0.0", Source: core.OfData,
		Summary: "negative log-likelihood -<ln p> of data: rows of the energy, or of a file", Params: []core.Param{}},
	NewObjective: func(core.Settings, core.Setting) (core.Objective, error) { return &MaximumLikelihood{}, nil },
}

var matchingPart = core.Part{
	Manifest: core.Manifest{Kind: core.KindObjective, Name: "flow_matching", Version: "1.0.0", Source: core.OfData,
		Summary:   "squared distance of a velocity field from that of paths between noise and data",
		Reference: "Lipman et al. 2023, arXiv:2210.02747; Liu, Gong and Liu 2023, arXiv:2209.03003; couplings: Tong et al. 2023, arXiv:2302.00482",
		Params:    core.SchemaOf(matchingKeys{Interpolation: "linear", Coupling: "independent", Block: 64})},
	NewObjective: newFlowMatching,
}

var transportPart = core.Part{
	Manifest: core.Manifest{Kind: core.KindObjective, Name: "transport", Version: "1.0.0", Source: core.OfModel,
		Summary:   "cost <|f(z) - z|^2> at which a flow carries noise to its density, for a [[term]] beside what says where to",
		Reference: "Brenier 1991, Comm. Pure Appl. Math. 44, 375; Onken, Wu Fung, Li and Ruthotto 2021, arXiv:2006.00104", Params: []core.Param{}},
	NewObjective: func(core.Settings, core.Setting) (core.Objective, error) { return &Transport{}, nil },
}

// offset is the row of all that is the first of b.
func offset(b, all *core.Batch) int { return b.From - all.From }
