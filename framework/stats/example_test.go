package stats_test

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// The mean of 1, 2, 3, 4 is 2.5, the variance 5/3 and the standard error sqrt(5/12).
func ExampleMoments() {
	var m stats.Moments
	m.Add([]float64{1, 2})
	m.Add([]float64{3, 4})
	fmt.Printf("%.4f +- %.4f, variance %.4f\n", m.Mean(), m.Stderr(), m.Variance())
	// Output:
	// 2.5000 +- 0.6455, variance 1.6667
}

// Two samples of weights 1 and 3 are worth (1 + 3)^2/(1 + 9) = 1.6 of 2, and the heavier
// one has three quarters of the total. Only ratios matter: the weights are those of
// ln Z = 1000, which float64 could not hold.
func ExampleWeights() {
	var w stats.Weights
	w.Add([]float64{1000, 1000 + math.Log(3)})
	fraction, _, _ := w.EffectiveFraction()
	fmt.Printf("effective fraction %.2f, largest %.2f\n", fraction, w.Largest())
	// Output:
	// effective fraction 0.80, largest 0.75
}

// The variance <x^2> - <x>^2 as a function of two means. Of 40 draws 0 or 2 it is 1,
// which is too small by (n-1)/n; the jackknife takes that bias away.
func ExampleBlocks_Jackknife() {
	b := stats.NewBlocks(2)
	for i := range 40 {
		x := float64(2 * (i % 2))
		sums := b.Row(0)
		sums[0] += x
		sums[1] += x * x
	}
	value, _ := b.Jackknife(1, func(dst, mean []float64) { dst[0] = mean[1] - mean[0]*mean[0] })
	fmt.Printf("%.6f = 40/39 = %.6f\n", value[0], 40./39)
	// Output:
	// 1.025641 = 40/39 = 1.025641
}

// Two chains, each caught in a well of its own, at -1 and +1. Their halves have n = 2
// draws, the variance W = 0.02 and means of variance V = 4/3, so that R-hat is
// sqrt(1/2 + V/W) = 8.2, far above the 1 of chains that have mixed.
func ExampleChains() {
	var c stats.Chains
	for t := range 4 {
		shake := 0.1 * float64(2*(t%2)-1)
		c.Add([]float64{-1 + shake, 1 + shake}, 2)
	}
	fmt.Printf("mean %.1f, R-hat %.1f\n", c.Mean(), c.RHat())
	// Output:
	// mean 0.0, R-hat 8.2
}
