package det_test

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/det"
)

// Two fermions on a line in the orbitals 1 and z, at z = 0 and z = 3. The determinant is
// z_2 - z_1 = 3, and its logarithm has the derivatives -1/3 and 1/3.
func ExampleSlater() {
	s := det.New[float64](2, 1)
	s.Factor([]float64{
		1, 0,
		1, 3,
	})
	logAbs, sign := s.LogDet()
	slope := make([]float64, 2)
	s.Gradient(slope, []float64{0, 1, 0, 1})
	fmt.Printf("ln 3 = %.4f, sign %+.0f, slope %.4f\n", logAbs, sign, slope)
	// Output:
	// ln 3 = 1.0986, sign +1, slope [-0.3333 0.3333]
}
