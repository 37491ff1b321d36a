package estimators

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// allowedFraction is the share of the draws of a model that an energy with hard
// constraints allows,
//
//	< [E(x) < +Inf] >.
//
// The variational free energy of such an energy is +Inf unless it is 1. The weights of
// what is forbidden are 0, so that ln Z by reweighting is defined.
func allowedFraction() core.Part {
	const name = "allowed_fraction"
	return core.Part{
		Manifest: manifest(name, "share of the draws that hard constraints of the energy allow", "as the rate of valid patterns: Liu and Wang 2018, PRA 98, 062324, arXiv:1804.04168"),
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			if !s.Energy.Forbids {
				return nil, core.Errorf(core.Unsupported, "open estimator", name, "the energy says of no configuration that it is forbidden")
			}
			return &mean{
				description: description{estimate: core.Estimate{Name: name, Long: "share of the draws that are allowed", Units: "1", Own: true},
					needs: core.EstimatorSpec{Source: core.OfModel, Wants: []core.Column{core.E}, Forbidden: true}},
				of: func(dst []float64, b *core.Batch) {
					for i, e := range b.E {
						dst[i] = 1
						if math.IsInf(e, 1) {
							dst[i] = 0
						}
					}
				},
			}, nil
		},
	}
}

// allowing is a part whose estimators are refused where they read E as a number and the
// energy forbids what a model may draw.
func allowing(part core.Part) core.Part {
	open := part.NewEstimator
	part.NewEstimator = func(settings core.Settings, s core.Setting) (core.Estimator, error) {
		e, err := open(settings, s)
		if err != nil || !s.Energy.Forbids || s.Chains { // chains stay where E is finite
			return e, err
		}
		if spec := e.Spec(); spec.Source != core.OfData && !spec.Forbidden && slices.Contains(spec.Reads(), core.Column(core.E)) {
			return nil, &core.Error{Kind: core.Unsupported, Op: "open estimator", Subject: part.Name,
				Err:  fmt.Errorf("it is a mean of E, which is +Inf for what the energy forbids"),
				Hint: "log_z and allowed_fraction take it"}
		}
		return e, nil
	}
	return part
}
