package coretest

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// ModelOptions adapt the suite to a model; the zero value fits most.
type ModelOptions struct {
	// Another opens a value that remembers nothing, where open gives the same one again
	// and again; default open.
	Another func(t *testing.T) core.Model
	// Draw fills one configuration of positive density that was not drawn
	// from the model; default random spins, or standard normal numbers.
	Draw func(r *rand.Rand, x []float64)
	// Spread of the normal noise added to the starting parameters, so that no
	// test runs at a special point; default 0.1.
	Spread float64
	// Tolerance of values computed in two ways, relative; default 1e-10.
	Tolerance float64
	// Inverse is the tolerance of what goes through a map and back: LogProb of
	// samples against the ln p that they were drawn with, Inverse(Map(z)) = z.
	// LogDet is that of ln|det dx/dz| against the determinant of the whole
	// Jacobian. Both default to Tolerance; a map that is integrated in steps
	// keeps to them up to its integration error.
	Inverse, LogDet float64
	// Slope is the tolerance of derivatives against central differences of step
	// Step, relative to the largest component; defaults 1e-6 and 1e-5.
	Slope, Step float64
	// Directions in which central differences are taken; default 24. The first
	// four are random and see every component, the others see one each.
	Directions int
	// Quadrature tests the normalisation of real configurations of one or two
	// components, and the overlaps of their wave functions.
	Quadrature Quadrature
	// MaxStates is the largest number of states, or of images under the
	// symmetries, that are enumerated; default 1<<12.
	MaxStates int
	// Samples are drawn for tests of frequencies and means; default 20000.
	Samples int
	// Large is the size of the large batch; default 1000.
	Large int
	// Laplacian is the tolerance of that of a wave function against differences
	// of sixth order with step LaplacianStep; defaults 1e-6 and 0.01.
	Laplacian, LaplacianStep float64
	// Copies of a configuration over whose Laplacians a mean is taken where they
	// are estimates; 0 where they are exact.
	Copies int
}

// Quadrature is the trapezoidal rule with Points points along each axis of
// [-Range, Range], or of the periodic box; defaults 161 and 8. It is exact to all digits for a smooth
// density that lies within the range and is wider than a few spacings.
// Tolerance is that of the sum against 1; default 1e-6.
type Quadrature struct {
	Range, Tolerance float64
	Points           int
}

// InFloat32 are options for a model that computes in float32 and whose draws have the ln p of
// LogProb, bit for bit. Its gradients are off by rounding, 6e-8 for each of some thousand terms,
// and central differences by that of ln p, some 1e-6, over the step. With a longer step they
// would meet the kinks of activations.
var InFloat32 = ModelOptions{Tolerance: 1e-4, Inverse: math.SmallestNonzeroFloat64, Slope: 1e-2, Step: 1e-3}

// FlowInFloat32 are options for a flow in float32, whose inverse undoes the map up to rounding
// and gives draws another ln p in the last digits. Central differences have longer steps than
// rounding, 1e-6 of ln p, hides, and bend by the square of these.
var FlowInFloat32 = ModelOptions{Tolerance: 1e-4, Inverse: 1e-4, LogDet: 1e-3, Slope: 1e-2, Step: 1e-2, Quadrature: Quadrature{Tolerance: 1e-4}}

func (o *ModelOptions) defaults() {
	usual(&o.Spread, 0.1)
	usual(&o.Tolerance, 1e-10)
	usual(&o.Inverse, o.Tolerance)
	usual(&o.LogDet, o.Tolerance)
	usual(&o.Slope, 1e-6)
	usual(&o.Step, 1e-5)
	usual(&o.Directions, 24)
	usual(&o.Quadrature.Range, 8)
	usual(&o.Quadrature.Tolerance, 1e-6)
	usual(&o.Quadrature.Points, 161)
	usual(&o.MaxStates, 1<<12)
	usual(&o.Samples, 20000)
	usual(&o.Large, 1000)
	usual(&o.Laplacian, 1e-6)
	usual(&o.LaplacianStep, 0.01)
}

// usual gives an option that is zero its default.
func usual[T comparable](option *T, value T) {
	var zero T
	if *option == zero {
		*option = value
	}
}
