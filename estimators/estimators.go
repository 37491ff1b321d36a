// Package estimators turns batches, of independent draws or of Markov chains,
// into observables with honest error bars: one observable per file, its formula
// first.
//
// Throughout, < > is the mean over the density that is drawn from, the model's
// p or, by chains, the Boltzmann density; of a density matrix it is over its labels
// K and x (quantum.go); beta is the inverse temperature and
// T = 1/beta (k_B = 1), N the number of sites, n that of the configurations
// seen. Values are totals in the energy's units, but for the magnetizations,
// which are those of the field: per site.
//
// Without any configuration a value is NaN, and with one its standard error is.
package estimators

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// All returns every estimator, in the order in which results are shown.
func All() []core.Part {
	var parts []core.Part
	for _, e := range catalogue() {
		parts = append(parts, watchingBasis(allowing(weighing(e.part))))
	}
	return parts
}

// entry is an estimator, and the spaces in whose standard set it is.
type entry struct {
	part     core.Part
	standard []core.SpaceKind
}

func catalogue() []entry {
	every, spins, field, particles := core.SpaceKinds(), []core.SpaceKind{core.Spins}, []core.SpaceKind{core.Field}, []core.SpaceKind{core.Particles}
	return []entry{
		{freeEnergy(), every}, {energy(), every}, {kineticEnergy(), particles}, {kineticEnergyGradient(), nil}, {potentialEnergy(), particles}, {pressure(), particles},
		{entropy(), every}, {stateEnergies(), nil}, {energyLevels(), nil}, {effectiveMass(), nil}, {landauMass(), nil}, {heatCapacity(), every}, {lowestEnergy(), spins}, {meanField(), nil},
		{magnetization(), onSites}, {magnetizationAbs(), onSites}, {magnetizationSquared(), onSites},
		{spinMagnetizationSquared(), nil}, {binderCumulant(), field}, {fieldSquared(), field},
		{susceptibility(), field}, {correlationLength(), field}, {twoPointCorrelation(), field},
		{meanSquareRadius(), particles}, {radialDensity(), nil}, {pairCorrelation(), nil},
		{structureFactor(), nil}, {momentumDistribution(), nil}, {momentumOccupation(), nil}, {orbitalOccupation(), nil},
		{wellFreeEnergyDifference(), nil},
		{latentMutualInformation(), nil}, {response(), nil}, {transportCost(), nil},
		{virialResidual(), append(field, particles...)},
		{logZ(), every}, {freeEnergyReweighted(), every}, {effectiveSampleSize(), every}, {virialResidualReweighted(), append(field, particles...)}, {symmetryDefect(), every},
		{freeEnergyLower(), every}, {logZBAR(), every}, {effectiveSampleSizeReverse(), every}, {xeb(), nil}, {alphaDivergence(), nil},
		{modelLogZ(), every}, {allowedFraction(), every}, {acceptance(), every}, {swapAcceptance(), every}, {leastSwapAcceptance(), every},
		{negativeLogLikelihood(), every}, {bitsPerDimension(), nil},
		{maximumMeanDiscrepancy(), nil}, {energyDistance(), nil}, {sinkhornDivergence(), nil}, {modeCoverage(), nil}, {work(), nil}, {workVariance(), nil},
		{evidenceBound(), every}, {latentMap(), nil},
	}
}

// Default names the estimators that a run has when its file asks for none: the
// standard set of the space, as far as the setting has what they need. What
// needs forces is standard only of chains, which it tests, and with weights.
func Default(setting core.Setting) []string {
	var names []string
	for _, c := range catalogue() {
		if !slices.Contains(c.standard, setting.Energy.Space.Kind) {
			continue
		}
		settings, _ := core.Complete(c.part.Params, nil)
		e, err := allowing(c.part).NewEstimator(settings, setting)
		if err != nil {
			continue
		}
		spec := e.Spec()
		hasModel := setting.Model.Space.Size() > 0
		if !known(spec, setting) {
			continue
		}
		lacks := func(power core.Power) bool { return !slices.Contains(setting.Model.Powers, power) }
		if spec.NeedsModel() && !hasModel || spec.NeedsBoltzmann() && !setting.Bracket || slices.ContainsFunc(spec.ModelPowers, lacks) || !setting.Chains && (spec.Source == core.OfChains || spec.Source != core.OfModel && len(spec.EnergyPowers) > 0) {
			continue
		}
		names = append(names, c.part.Name)
	}
	return names
}

// known tells whether there is what an estimator reads: an energy may be data that knows
// no E, or have no rows, and a model may not know its ln p.
func known(spec core.EstimatorSpec, setting core.Setting) bool {
	has := func(powers []core.Power, p core.Power) bool { return slices.Contains(powers, p) }
	switch {
	case slices.Contains(spec.Reads(), core.Column(core.E)) && has(setting.Energy.Powers, core.PowerUnknown):
		return false
	case slices.Contains(spec.Reads(), core.Column(core.LogP)) && core.LacksLogP(setting.Model.Powers) && !has(setting.Model.Powers, core.PowerLogZ):
		return false
	case spec.Source == core.OfData:
		return len(setting.Energy.Rows) > 0 && setting.Model.Space.Size() > 0 && !has(setting.Model.Powers, core.PowerQuantum)
	}
	return true
}

// manifest describes an estimator of one observable, which has its name.
func manifest(name, summary, reference string, spaces ...core.SpaceKind) core.Manifest {
	return core.Manifest{Kind: core.KindEstimator, Name: name, Version: "1.0.0", Summary: summary, Reference: reference, Spaces: spaces, Params: []core.Param{}}
}

// needDensity tests that ln p is that of the model's density at x, as draws have it that no
// sampler carried on.
func needDensity(name string, setting core.Setting) error {
	if setting.Paths {
		return &core.Error{Kind: core.Unsupported, Op: "open estimator", Subject: name,
			Err:  fmt.Errorf("it is about the density of the model, and the sampler carries the model's draws away from it"),
			Hint: `set evaluate.sampler = "direct"; free_energy and work are of the paths`}
	}
	return nil
}

// needIndependent tests that the model draws independent configurations of a density whose ln p it
// can be asked for.
func needIndependent(name string, setting core.Setting) error {
	if err := core.LacksDensity(setting.Model.Powers); err != nil {
		return core.Errorf(core.Mismatch, "open estimator", name, "%w", err)
	}
	return nil
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
