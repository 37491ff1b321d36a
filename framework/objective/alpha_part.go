package objective

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The keys of alpha.
type alphaKeys struct {
	Alpha    float64 `key:"alpha" opt:"required" help:"order of the divergence D(pi||p) of the Boltzmann density pi from the model's p: 0 is reverse_kl, 1 maximum likelihood, 2 half of Pearson's chi^2, -1 half of Neyman's"`
	Gradient string  `key:"gradient" choices:"score,path_gradient" help:"of draws from the model: score is the score-function estimate with means of the batch as baselines, for every model; path_gradient goes through the sample, for flows, and its variance vanishes at the solution"`
}

var alphaPart = core.Part{
	Manifest: core.Manifest{Kind: core.KindObjective, Name: "alpha", Version: "1.0.0", Source: core.OfEither,
		Summary:   "alpha-divergence of the Boltzmann density from the model, over draws from the model or configurations of the target; alpha = 0 is reverse_kl, 1 maximum likelihood",
		Reference: "Amari 1985, Differential-Geometrical Methods in Statistics; Minka 2005, MSR-TR-2005-173; Renyi form: Li and Turner 2016, arXiv:1602.02311; path gradients: Tucker et al. 2019, arXiv:1810.04152",
		Params:    core.SchemaOf(alphaKeys{Gradient: "score"})},
	NewObjective: func(s core.Settings, setting core.Setting) (core.Objective, error) {
		var keys alphaKeys
		core.Decode(s, &keys)
		data := setting.Source == core.OfData
		if err := keys.check(setting, data); err != nil {
			return nil, err
		}
		lnZ, known := setting.Exact["log_z"]
		d := AlphaDivergence{Order: keys.Alpha, Known: known, LogZ: lnZ, Target: setting.Beta}
		switch {
		case data:
			return &AlphaOfData{d}, nil
		case keys.Gradient == "path_gradient":
			return &AlphaPath{d}, nil
		}
		return &Alpha{d}, nil
	},
}

func (k alphaKeys) check(setting core.Setting, data bool) error {
	bad := func(key, problem string) error {
		return &core.Error{Kind: core.Invalid, Err: &core.SettingError{Key: key, Problem: problem}}
	}
	switch {
	case k.Alpha-k.Alpha != 0:
		return bad("alpha", fmt.Sprintf("must be finite, got %v", k.Alpha))
	case data && k.Gradient != "score":
		return bad("gradient", fmt.Sprintf(`= "%s" goes through draws of the model, and these configurations are data; set gradient = "score"`, k.Gradient))
	case math.IsInf(setting.Beta, 1):
		return &core.Error{Kind: core.Unsupported, Err: fmt.Errorf("a Boltzmann density needs a temperature above zero"), Hint: "set ensemble.temperature > 0"}
	case setting.Energy.Quantum() || slices.Contains(setting.Model.Powers, core.PowerFamilies):
		return &core.Error{Kind: core.Mismatch, Err: fmt.Errorf("weights exp(-beta E)/p are of classical energies, and this one is quantum"), Hint: `set train.objective = "reverse_kl"`}
	}
	return nil
}
