package run

import (
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

const (
	// mostFromZero and mostFromExact are how many standard errors an estimate may be from a
	// value that is exactly zero, by a symmetry or a theorem, and from any other exact value,
	// before it tells that the draws are not those of the Boltzmann density. Of honest errors
	// 6e-5 and 6e-7 are farther away.
	mostFromZero, mostFromExact = 4, 5
	// roundingOfExact is how well exact values are known, relative to their size or to 1.
	roundingOfExact = 1e-9
	// leastLost is the least distance of a reweighted value from an exact one, relative to its
	// size or to 1, that tells of lost draws. What is nearer is off by its own numerics: steps of
	// an integrator leave a density that is normalised to so much, and speak of that row alone.
	leastLost = 1e-5
)

// says tells that an estimator has found a contradiction by itself.
func says(c core.Caution) bool { return c.Code == core.CautionContradiction }

// saysBiased tells that an estimator has found by weights that its average is off.
func saysBiased(c core.Caution) bool { return c.Code == core.CautionBiasedAverage }

// concern is what a row that is not its exact value is about. Weights that miss configurations make ln Z too
// small, and leave the bound what it is. That they make it too large is no loss: the density is not normalised, or
// not that of the draws, and the bound is none.
func concern(e *core.Estimate, exact float64) core.Concern {
	if e.Reweighted && !(e.Name == "log_z" && e.Value[0] > exact) && !(e.Name == "free_energy_reweighted" && e.Value[0] < exact) {
		return core.AboutLost
	}
	return core.AboutDraws
}

// contradict warns where estimates of a phase say that the draws are not of the Boltzmann
// density: a mean that is zero by a symmetry of the energy, or by the virial theorem, is not;
// a reweighted value, or one from Markov chains, is not the exact one; nothing was accepted.
// Averages over draws of a model are its own, and differ from exact values without anything
// being wrong but the model: they are told of where they are as far off as the average of core.BiasedDraws draws, and those
// that are zero say that it breaks a symmetry. Rows of data
// are no draws of the program: what is exact there, their entropy, is what the loss would be of
// a perfect model. free_energy_lower is below F by a divergence from the model, also where it is not called a bound.
func (r *runner) contradict(p phase) {
	if p.source == core.OfData {
		return
	}
	about := core.AboutDraws
	if p.source == core.OfModel {
		about = core.AboutDensity
	}
	biases := p.source == core.OfModel && !math.IsInf(r.plan.Beta, 1) && !r.parts.Energy.Spec().Quantum()
	weighted := false // whether a reweighted value has spoken for all
	for _, i := range p.estimators {
		for k := range r.estimates[i] {
			e := &r.estimates[i][k]
			if len(e.Axes) > 0 || e.Reweighted && weighted {
				continue
			}
			exact, known := r.results.Exact[e.Name]
			off, far, size := math.Abs(e.Value[0]-exact), e.Stderr[0], max(1, math.Abs(exact)) // NaN and 0 are no errors
			differs := off > mostFromExact*far+roundingOfExact*size
			switch {
			case e.Name == "acceptance" && e.Value[0] == 0:
				e.WarnOf(core.AboutDraws, core.CautionAcceptance, "no move of the Markov chains was accepted: they stand where they started; take smaller steps (sampler.step_size)")
			case !known || !(far > 0) || e.Bound != 0 || e.Name == "symmetry_defect" || e.Name == "free_energy_lower" && e.Value[0] < exact || slices.ContainsFunc(e.Cautions, says):
			case exact == 0 && off > mostFromZero*far && !e.Reweighted:
				e.WarnOf(about, core.CautionContradiction, "%s is %.3g standard errors from 0, which it is for the Boltzmann density: what was drawn is another one", e.Name, off/far)
			case e.Reweighted && differs && off < leastLost*size:
				e.Warn(core.CautionContradiction, "it is %.2g off the exact value, %.3g standard errors: as where the density is normalised to so much only, by the steps of an integrator", off, off/far)
			case biases && exact != 0 && differs && !e.Reweighted && !e.Own:
				// one draw has the standard deviation far sqrt(N/tau)
				if draws := float64(e.N) / e.Tau * far * far / (off * off); draws < core.BiasedDraws && !slices.ContainsFunc(e.Cautions, saysBiased) {
					e.Warn(core.CautionBiasedAverage, "it is that of the model, and further from the exact value of the Boltzmann density than the average of %d independent draws would be: train longer, or take averages by weights (evaluate.reweighted = true) or draws of chains", core.BiasedDraws)
				}
			case (exact != 0 || e.Reweighted) && differs && (e.Reweighted || p.source != core.OfModel):
				weighted = e.Reweighted
				e.WarnOf(concern(e, exact), core.CautionContradiction, "%s is %.3g standard errors from the exact value %.8g: what was drawn is not all of the Boltzmann density", e.Name, off/far, exact)
			}
		}
	}
}
