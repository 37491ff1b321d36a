package pairwise_test

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/pairwise"
)

// A ring of 30 spins with J = 1. All up is a ground state, and so is all down: E = -30,
// S = ln 2 at T = 0. Turning one spin over breaks two bonds.
func ExampleNew() {
	const n = 30
	e := pairwise.New("ring", n, func(yield func(i, j int, coupling float64)) {
		for i := range n - 1 {
			yield(i, i+1, 1)
		}
		yield(0, n-1, 1)
	}, nil)
	x := make([]float64, 2*n)
	for i := range x {
		x[i] = 1
	}
	x[n+7] = -1
	energies := make([]float64, 2)
	err := e.Eval(energies, &core.Batch{N: 2, X: x})
	cold, _ := e.Exact(math.Inf(1))
	fmt.Println(energies, err)
	fmt.Printf("E = %.0f, S = %.4f (%s)\n", cold.Values["energy"], cold.Values["entropy"], cold.Source)
	// Output:
	// [-30 -26] <nil>
	// E = -30, S = 0.6931 (all couplings and fields satisfied)
}
