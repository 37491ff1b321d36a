package core

import (
	"fmt"
	"strings"
)

// Caution is one reason why an estimate should not be trusted.
type Caution struct {
	// Code is for programs, and for [expect], where it names what is allowed.
	Code CautionCode
	// Text is for a reader: what was seen, and what to do about it.
	Text string
	// About says which other estimates it concerns: the host hands it on to them.
	About Concern
}

// Concern is what a caution is about.
type Concern int

const (
	// AboutValue is the estimate alone.
	AboutValue Concern = iota
	// AboutDensity is the density that was drawn from, which is not the Boltzmann density: all
	// averages over its draws, but not what is reweighted, nor what is about that density, nor bounds,
	// which are right of any density.
	AboutDensity
	// AboutDraws are the configurations themselves: all that is estimated from them.
	AboutDraws
	// AboutLost is what the draws lack: all that is estimated from them, but not upper bounds of the
	// free energy, which are right of any density.
	AboutLost
	// AboutModel is what draws of the model lack, as others show it: all that is estimated from
	// the model's, but not bounds, nor what is estimated from the others.
	AboutModel
)

// Concerns tells whether a caution found at another estimate of the same draws, of AboutModel of
// others, is one of e, too. What no configuration entered, as mean field theory, is of no draws.
func (c Caution) Concerns(e *Estimate) bool {
	if e.N == 0 {
		return false
	}
	switch c.About {
	case AboutDraws:
		return true
	case AboutDensity:
		return !e.Reweighted && !e.Own && e.Bound == 0
	case AboutLost:
		return e.Bound <= 0
	case AboutModel:
		return e.Bound == 0
	}
	return false
}

// CautionCode names a kind of Caution. Codes never change their meaning;
// further ones may be added. docs/conventions.md says what to do about each.
type CautionCode string

const (
	// CautionFewDraws is too few draws for an error bar.
	CautionFewDraws CautionCode = "few_draws"
	// CautionNotMixed is Markov chains that disagree with each other.
	CautionNotMixed CautionCode = "not_mixed"
	// CautionCorrelated is Markov chains that are worth few independent draws.
	CautionCorrelated CautionCode = "correlated"
	// CautionHeavyWeight is one configuration with much of the total weight.
	CautionHeavyWeight CautionCode = "heavy_weight"
	// CautionHeavyTail is one configuration with much of the weights' variance.
	CautionHeavyTail CautionCode = "heavy_tail"
	// CautionLostMode is a part of the configurations that was never met.
	CautionLostMode CautionCode = "lost_mode"
	// CautionUndefined is a function of means that has no value at them.
	CautionUndefined CautionCode = "undefined"
	// CautionAcceptance is Markov chains that hardly move.
	CautionAcceptance CautionCode = "acceptance"
	// CautionNoBound is a variational value that is no bound.
	CautionNoBound CautionCode = "no_bound"
	// CautionSmallBasis is a density matrix whose states end where they still
	// have weight.
	CautionSmallBasis CautionCode = "small_basis"
	// CautionNotConverged is an iteration that was ended before it met its tolerance.
	CautionNotConverged CautionCode = "not_converged"
	// CautionRoundTrip is a map in float32 that its inverse does not undo.
	CautionRoundTrip CautionCode = "round_trip"
	// CautionBrokenSymmetry is a model without a symmetry of the energy, by more than
	// reweighting takes lightly, or whose images change ln Z.
	CautionBrokenSymmetry CautionCode = "broken_symmetry"
	// CautionContradiction is an estimate that is far from its exact value, by its error.
	CautionContradiction CautionCode = "contradiction"
	// CautionParetoTail is draws, or weights, whose tail is so heavy that a mean of so many
	// is not to be trusted.
	CautionParetoTail CautionCode = "pareto_tail"
	// CautionUncertainError is an error that is itself known to no better than a quarter.
	CautionUncertainError CautionCode = "uncertain_error"
	// CautionFewChains is fewer Markov chains than could show that they are stuck.
	CautionFewChains CautionCode = "few_chains"
	// CautionNotEquilibrated is Markov chains with a start that they had not forgotten.
	CautionNotEquilibrated CautionCode = "not_equilibrated"
	// CautionOverlap is two densities of which hardly a draw of one could be one of the other.
	CautionOverlap CautionCode = "overlap"
	// CautionKinetic is two kinetic energies, by the slope and by the Laplacian of a wave
	// function, that differ.
	CautionKinetic CautionCode = "kinetic_energies"
	// CautionTargetMissed is a standard error larger than evaluate.target asks for.
	CautionTargetMissed CautionCode = "target_missed"
	// CautionInconsistent is what follows by thermodynamics from other points of a sweep, and what was
	// measured at this one, that differ.
	CautionInconsistent CautionCode = "inconsistent"
	// CautionFewPoints is a slope along so few points of a sweep that they cannot show how a curve bends
	// between them.
	CautionFewPoints CautionCode = "few_points"
	// CautionFarDensity is draws of a model whose density is far from the Boltzmann density.
	CautionFarDensity CautionCode = "far_density"
	// CautionBiasedAverage is an average over a model's draws that is not that of the Boltzmann density.
	CautionBiasedAverage CautionCode = "biased_average"
	// CautionBetterElsewhere is a free energy above that which the density of another point of a sweep has
	// under the same conditions.
	CautionBetterElsewhere CautionCode = "better_elsewhere"
)

// FarDensity is the distance of a model from the Boltzmann density, beta (F[p] - F) in nats, from on which averages over its draws
// carry CautionFarDensity: with one nat that of a quantity whose distributions are normal may be off by sqrt 2 of its standard
// deviations, which is many of its standard errors. FarDensityText is the caution, of the distance and of how F is known.
const (
	FarDensity     = 1
	FarDensityText = "the model is %.3g nats from the Boltzmann density, beta (F[p] - F) with F %s: averages over its draws are those of another density; train longer, or take what is reweighted, or draws of chains"
)

// BiasedDraws is how many independent draws have an average that is as far off as one over a model's draws may be from that
// of the Boltzmann density without CautionBiasedAverage.
const BiasedDraws = 100

// CautionCodes are those above, which docs/conventions.md lists. Estimators of other programs may have their own.
var CautionCodes = []CautionCode{
	CautionFewDraws, CautionNotMixed, CautionCorrelated, CautionHeavyWeight, CautionHeavyTail, CautionLostMode,
	CautionUndefined, CautionAcceptance, CautionNoBound, CautionSmallBasis, CautionNotConverged, CautionRoundTrip,
	CautionBrokenSymmetry, CautionContradiction, CautionParetoTail, CautionUncertainError, CautionFewChains, CautionNotEquilibrated,
	CautionOverlap, CautionKinetic, CautionTargetMissed, CautionInconsistent, CautionFewPoints, CautionFarDensity, CautionBiasedAverage, CautionBetterElsewhere,
}

// OfError tells whether a caution is about an error bar alone, and says nothing against the value.
func (c CautionCode) OfError() bool { return c == CautionUncertainError || c == CautionTargetMissed }

// Warn adds a caution.
func (e *Estimate) Warn(code CautionCode, format string, args ...any) {
	e.Cautions = append(e.Cautions, Caution{Code: code, Text: fmt.Sprintf(format, args...)})
}

// WarnOf adds a caution that concerns other estimates, too.
func (e *Estimate) WarnOf(about Concern, code CautionCode, format string, args ...any) {
	e.Cautions = append(e.Cautions, Caution{code, fmt.Sprintf(format, args...), about})
}

// Caution is the text of all cautions, "" where there is none.
func (e Estimate) Caution() string {
	texts := make([]string, len(e.Cautions))
	for i, c := range e.Cautions {
		texts[i] = c.Text
	}
	return strings.Join(texts, "; ")
}
