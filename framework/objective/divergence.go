package objective

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Divergence is what all gradients of the reverse divergence have in common: the
// numbers that they report of a batch.
type Divergence struct {
	// Target is the run's own inverse temperature, at which the free energy is
	// taken: +Inf for the ground state. 0 means the beta of each step.
	//
	// At the target, every point of a training curve is a bound on the same exact
	// free energy, from above and in expectation, also while beta is still being
	// annealed. The loss at the annealed beta is no such bound.
	Target float64
	// Units of the energy.
	Units string

	numbers [5]float64
}

func (d *Divergence) spec(wants []core.Column, bars ...core.Column) core.ObjectiveSpec {
	return core.ObjectiveSpec{
		Wants: wants, Bars: bars, Watch: "free_energy", Hint: `set train.gradient = "score"`,
		Numbers: []core.NumberInfo{
			{Name: "loss", Long: "what is descended, ln p + beta E at the annealed beta", Units: "1"},
			{Name: "free_energy", Long: "variational free energy of the batch", Units: d.Units},
			{Name: "free_energy_stderr", Long: "standard error of free_energy", Units: d.Units},
			{Name: "energy", Long: "mean energy of the batch", Units: d.Units},
			{Name: "entropy", Long: "entropy of the model, -<ln p>", Units: "1"}},
	}
}

// report is the batch mean of f at beta, and the free energy at the target with
// its two parts.
func (d *Divergence) report(all *core.Batch, beta float64) []float64 {
	if len(all.LogP) != all.N || len(all.E) != all.N {
		panic("objective: LogP and E do not have the batch's length")
	}
	target := d.Target
	if target == 0 {
		target = beta
	}
	loss, _ := mixAt(beta).meanStderr(all)
	f, stderr := mix{logP: 1 / target, energy: 1}.meanStderr(all)
	logP, _ := mix{logP: 1}.meanStderr(all)
	d.numbers = [5]float64{loss, f, stderr, mean(all.E), -logP}
	return d.numbers[:]
}
