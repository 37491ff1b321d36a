package sample_test

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// Hamiltonian Monte Carlo of a particle in a harmonic trap, E = k/2 x^2 with k = 1, at
// beta = 2: <x^2> = 1/(beta k) = 0.5. 200 chains of 50 draws have an error of some 0.01.
func ExampleNew() {
	trap := energy.NewSmooth("trap", core.EnergySpec{
		Space: core.Space{Kind: core.Field, Shape: []int{1}}, Units: "1",
	}, exact.Solution{}, energy.Sum(energy.Harmonic{Stiffness: 1}))
	chains, err := sample.New(sample.Options{Method: sample.MethodHMC, Chains: 200, BurnIn: 200},
		core.Target{Energy: trap, Beta: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	state, err := chains.Init(1)
	for left := 1; left > 0 && err == nil; {
		state, left, err = chains.Burn(state)
	}
	var batch core.Batch
	sum, n := 0.0, 0
	for range 50 {
		if state, err = chains.Next(&batch, state, 200); err != nil {
			break
		}
		for _, x := range batch.X {
			sum, n = sum+x*x, n+1
		}
	}
	fmt.Printf("<x^2> = %.1f of %d draws, %v\n", sum/float64(n), n, err)
	// Output:
	// <x^2> = 0.5 of 10000 draws, <nil>
}
