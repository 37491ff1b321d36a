package estimators_test

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/estimators"
	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The free energy of two free spins at T = 2 by a model that draws each of the four
// states with ln p = -ln 4: every configuration gives F = -2 ln 4, so that the value is
// constant and needs no error bar.
func ExampleAll() {
	setting := core.Setting{Beta: 0.5, Energy: core.EnergySpec{
		Space: core.Space{Kind: core.Spins, Shape: []int{2}}, Units: "J"}}
	for _, part := range estimators.All() {
		if part.Name != "free_energy" {
			continue
		}
		e, err := part.NewEstimator(core.Settings{}, setting)
		if err != nil {
			fmt.Println(err)
			return
		}
		n := 200
		b := &core.Batch{N: n, X: make([]float64, 2*n), LogP: make([]float64, n), E: make([]float64, n)}
		for i := range n {
			b.X[2*i], b.X[2*i+1] = float64(1-2*(i&1)), float64(1-i&2)
			b.LogP[i] = -math.Log(4)
		}
		if err := e.Add(b); err != nil {
			fmt.Println(err)
			return
		}
		estimates, _ := e.Report()
		fmt.Printf("%.4f %s, an upper bound: %v, constant: %v\n",
			estimates[0].Value[0], estimates[0].Units, estimates[0].Bound > 0, estimates[0].Constant)
	}
	// Output:
	// -2.7726 J, an upper bound: true, constant: true
}
