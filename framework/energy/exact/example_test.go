package exact_test

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// A particle on a spring, E = 2 x^2 = k x^2/2 with k = 4, at beta = 2: Z = sqrt(2 pi/8),
// <E> = 1/(2 beta) and C = 1/2.
func ExamplePartition() {
	const beta, k = 2, 4
	var z exact.Partition
	z.AddModes(1, k, beta)
	x := z.Values(beta, "by hand").Values
	fmt.Printf("ln Z = %.4f, E = %.2f, C = %.1f\n", x["log_z"], x["energy"], x["heat_capacity"])
	// Output:
	// ln Z = -0.1208, E = 0.25, C = 0.5
}

// The same spring by quadrature, from the minimum to both ends.
func ExampleAccumulator_Integrate() {
	reduced := func(x float64) float64 { return 4 * x * x } // beta E
	at := func(x float64) (lnw, e float64) { return -reduced(x), reduced(x) }
	var a exact.Accumulator
	for _, end := range []float64{math.Inf(-1), math.Inf(1)} {
		a.Integrate(0, exact.Reach(reduced, 0, end), at)
	}
	mean, variance := a.Energy()
	fmt.Printf("ln Z = %.4f, beta E = %.4f, C = %.4f\n", a.LogSum(), mean, variance)
	// Output:
	// ln Z = -0.1208, beta E = 0.5000, C = 0.5000
}

// Two spins with J = 1: Z = 2 exp(beta) + 2 exp(-beta) = 4 cosh(1), <E> = -tanh(1).
func ExampleEnumerate() {
	x := exact.Enumerate(1, exact.Pairs{N: 2, J: []float64{0, 1, 1, 0}})
	fmt.Printf("ln Z = %.4f, E = %.4f (%s)\n", x.Values["log_z"], x.Values["energy"], x.Source)
	// Output:
	// ln Z = 1.8201, E = -0.7616 (enumeration of 2^2 states)
}

// Three spins whose energy is a product of all three, which no pair couplings give: by
// symmetry half of the states have E = -1 and half +1, so that Z = 8 cosh(beta).
func ExampleSpins() {
	solution := exact.Spins(3, func(e, x []float64) {
		for i := range e {
			e[i] = -x[3*i] * x[3*i+1] * x[3*i+2]
		}
	})
	warm, _ := solution.Exact(1)
	cold, _ := solution.Exact(math.Inf(1))
	fmt.Printf("ln Z = %.4f, entropy at T = 0 ln %.0f\n", warm.Values["log_z"], math.Exp(cold.Values["entropy"]))
	// Output:
	// ln Z = 2.5132, entropy at T = 0 ln 4
}

// Two fermions of one spin in a harmonic trap of levels 1/2, 3/2, ... fill the lowest
// two at low temperature: E = 2, and there is one such state.
func ExampleIdealFermions() {
	levels := make([]float64, 40)
	for n := range levels {
		levels[n] = float64(n) + 0.5
	}
	f, e, s := exact.IdealFermions(levels, 2, 100)
	fmt.Printf("F = %.3f, E = %.3f, S = %.3f\n", f, e, s)
	// Output:
	// F = 2.000, E = 2.000, S = 0.000
}

// A solution is asked for any temperature, solves each once, and says what it cannot do.
func ExampleSolution() {
	coin := exact.Solution{Subject: "coin", Solve: func(beta float64) (core.Exact, error) {
		return exact.Partition{LogW: math.Ln2}.Values(beta, "two states of one energy"), nil
	}}
	x, _ := coin.Exact(0.5)
	_, err := coin.Exact(math.Inf(1))
	fmt.Printf("F = %.4f\n", x.Values["free_energy"])
	fmt.Println(err)
	// Output:
	// F = -1.3863
	// exact values: coin: beta must be positive and finite, got +Inf
}
