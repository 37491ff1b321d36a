// Package objective turns log-densities and energies into cotangents: what a
// model pulls back into a gradient. It knows no model.
package objective

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Objective forms the cotangents of one training step. What a batch has and what
// is pulled back are columns, so it knows neither model nor energy.
type Objective interface {
	// Wants are the columns of a batch that it reads, all of them finite.
	Wants() []core.Column
	// Bars are the columns whose cotangents it gives; a pull-back of the model
	// that takes just these makes the gradient of them.
	Bars() []core.Column

	// Cotangents writes into the Bars of bar what gives the gradient of the loss
	// at inverse temperature beta, and returns the loss and what goes with it. b
	// has what the objective Wants. beta is that of this step, which annealing
	// may hold below the run's own. The memory of bar is kept from step to step.
	Cotangents(bar, b *core.Batch, beta float64) (Loss, error)
}

// Loss is what one batch says about the density it was drawn from. Quantities
// that the batch cannot tell are NaN.
type Loss struct {
	// Beta is the inverse temperature of this step.
	Beta float64
	// Value is the batch mean of the function that was descended, and Stderr
	// its standard error, in nats: <ln p + Beta E> for the reverse divergence,
	// -<ln p> for maximum likelihood.
	Value, Stderr float64
	// FreeEnergy is <E + kT ln p> at the run's own temperature, in the
	// energy's units, and FreeEnergyStderr its standard error.
	FreeEnergy, FreeEnergyStderr float64
	// Energy is <E>, in the energy's units.
	Energy float64
	// Entropy is -<ln p>, in nats.
	Entropy float64
}

// Unknown is the loss of a batch that could not be had: all NaN.
func Unknown() Loss {
	nan := math.NaN()
	return Loss{nan, nan, nan, nan, nan, nan, nan}
}
