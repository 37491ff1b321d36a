package objective_test

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
)

// Two states of energies 0 and 1, each drawn with probability 1/2 at beta = 1. The
// gradient pushes ln p of the first up and of the second down with equal weights, and
// F = <E> - T S = 1/2 - ln 2.
func ExampleReverseKL() {
	batch := &core.Batch{N: 2, X: []float64{1, -1}, LogP: []float64{-math.Ln2, -math.Ln2}, E: []float64{0, 1}}
	var c core.Batch
	o := &objective.ReverseKL{}
	numbers, err := o.Cotangents(&c, batch, batch, 1)
	fmt.Println(c.LogP, err)
	fmt.Printf("%s = %.4f\n", o.Spec().Numbers[1].Name, numbers[1])
	// Output:
	// [-0.5 0.5] <nil>
	// free_energy = -0.1931
}

// With the rate 1/2, half of what is missing to beta = 2 is added at every step.
func ExampleAnneal() {
	a := objective.Anneal{Beta: 2, Rate: 0.5}
	fmt.Println(a.At(1), a.At(2), a.At(3))
	// Output:
	// 1 1.5 1.75
}
