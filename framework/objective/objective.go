// Package objective turns log-densities and energies into cotangents: the
// weights that a model pulls back into a gradient. It knows no model.
package objective

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Objective forms the cotangents of one training step.
type Objective interface {
	// Cotangents writes into w the weights for which core.Model.Pull gives the
	// gradient of the loss at inverse temperature beta, and returns the loss
	// and what goes with it. len(w) = b.N >= 2; b has LogP and E. beta is that
	// of this step, which annealing may hold below the run's own.
	//
	// An infinity or NaN in the batch is an error of kind core.Numeric that
	// names the sample; w is then undefined.
	Cotangents(w []float64, b *core.Batch, beta float64) (Loss, error)
}

// Loss is what one batch says about the density it was drawn from.
type Loss struct {
	// Beta is the inverse temperature of this step.
	Beta float64
	// Value is the batch mean of the function that was descended, and Stderr
	// its standard error. For ReverseKL: <ln p + Beta E>, in nats.
	Value, Stderr float64
	// FreeEnergy is <E + kT ln p> at the run's own temperature, in the
	// energy's units, and FreeEnergyStderr its standard error.
	FreeEnergy, FreeEnergyStderr float64
	// Energy is <E>, in the energy's units.
	Energy float64
	// Entropy is -<ln p>, in nats.
	Entropy float64
}
