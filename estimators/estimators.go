// Package estimators turns batches of independent draws into observables with
// honest error bars: one observable per file, its formula first.
//
// Throughout, < > is the mean over the model's density p, beta the inverse
// temperature and T = 1/beta (k_B = 1), N the number of sites, n that of the
// configurations seen. Values are totals in the energy's units, but for the
// magnetizations, which are those of the field: per site.
//
// An estimator is built from no settings. Without any configuration its value
// is NaN, and with one its standard error is.
package estimators

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// All returns every estimator, in the order in which results are shown.
func All() []core.Part {
	return []core.Part{
		freeEnergy(), energy(), entropy(), heatCapacity(),
		magnetization(), magnetizationAbs(), magnetizationSquared(),
		logZ(), freeEnergyReweighted(), effectiveSampleSize(),
	}
}

// Default names the estimators that a run has when its file asks for none:
// all that make sense for the setting.
func Default(setting core.Setting) []string {
	var names []string
	for _, part := range All() {
		e, err := part.NewEstimator(nil, setting)
		if err != nil {
			continue
		}
		if spaces := e.Spec().Spaces; len(spaces) == 0 || slices.Contains(spaces, setting.Energy.Space.Kind) {
			names = append(names, part.Name)
		}
	}
	return names
}

// manifest describes an estimator of one observable, which has its name.
func manifest(name, summary, reference string) core.Manifest {
	return core.Manifest{Kind: core.KindEstimator, Name: name, Version: "1.0.0", Summary: summary, Reference: reference, Params: []core.Param{}}
}

// needTemperature tests that the setting has a finite, positive beta.
func needTemperature(name string, setting core.Setting) error {
	if err := needBeta(name, setting); err != nil {
		return err
	}
	if math.IsInf(setting.Beta, 1) {
		return &core.Error{Kind: core.Unsupported, Op: "open estimator", Subject: name,
			Err: fmt.Errorf("it needs a temperature above zero"), Hint: "leave it out, or set ensemble.temperature > 0"}
	}
	return nil
}

// needBeta tests that the setting has a positive beta.
func needBeta(name string, setting core.Setting) error {
	if !(setting.Beta > 0) {
		return core.Errorf(core.Invalid, "open estimator", name, "beta must be greater than 0, got %v", setting.Beta)
	}
	return nil
}

// check panics on a batch that lacks what every estimator is promised, and
// returns an error that names the first sample whose ln p or E is not finite.
func check(name string, b *core.Batch) error {
	if len(b.LogP) != b.N || len(b.E) != b.N {
		panic("estimators: LogP and E do not have the batch's length")
	}
	for i, l := range b.LogP {
		if v := l + b.E[i]; v-v != 0 {
			return core.Errorf(core.Numeric, "estimate", name, "sample %d of the batch has ln p = %v, E = %v", i, l, b.E[i])
		}
	}
	return nil
}
