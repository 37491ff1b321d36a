// Package objective turns log-densities and energies into cotangents: what a
// model pulls back into a gradient. It knows no model.
package objective

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Objective forms the cotangents of one training step.
type Objective interface {
	// Needs is constant over the value's life.
	Needs() Needs

	// Cotangents writes into c what gives the gradient of the loss at inverse
	// temperature beta, and returns the loss and what goes with it. b has LogP
	// and what the objective Needs, all of it finite. beta is that of this
	// step, which annealing may hold below the run's own.
	Cotangents(c *Cotangents, b *core.Batch, beta float64) (Loss, error)
}

// Needs says what an objective takes and gives.
type Needs struct {
	Energy      bool // Batch.E
	EnergySlope bool // Batch.Slope
	ModelSlope  bool // Batch.LogPSlope
	// Path tells that the cotangents are X and L, along the sample, and not W.
	Path bool
	// States tells that the model is a density matrix: Batch.K and Batch.EIm
	// are taken, and the cotangents are W and V.
	States bool
}

// Cotangents of a batch, in one of three forms. The memory is kept from step
// to step.
type Cotangents struct {
	// W are the weights of grad ln p(x_i) at fixed x, for core.Model.Pull; of a
	// density matrix those of grad ln p(K_i).
	W []float64
	// V are the weights of grad ln Psi_K(x_i), for core.DensityMatrix.StatePull.
	V []complex128
	// X and L are the cotangents of x_i(theta) and of ln p(x_i(theta); theta)
	// at fixed noise, for core.PathPuller.PathPull.
	X, L []float64

	energy, imaginary []float64 // deviations of local energies, clipped
	order             []int     // samples, those of one state together
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
