package objective

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// mix is the linear combination logP ln p + energy E of a sample.
type mix struct{ logP, energy float64 }

// mixAt is f at beta: ln p + beta E, or E in the ground state.
func mixAt(beta float64) mix {
	if math.IsInf(beta, 1) {
		return mix{energy: 1}
	}
	return mix{logP: 1, energy: beta}
}

// meanStderr returns the mean of the combination over a batch and its standard error.
func (m mix) meanStderr(b *core.Batch) (mean, stderr float64) {
	return meanStderr(b.N, func(i int) float64 { return m.at(b, i) })
}

func (m mix) at(b *core.Batch, i int) float64 {
	v := m.logP * b.LogP[i]
	if m.energy != 0 {
		v += m.energy * b.E[i]
	}
	return v
}

// meanStderr returns the mean of n numbers and its standard error. Two passes, so
// that nothing cancels when the spread is small.
func meanStderr(n int, at func(i int) float64) (mean, stderr float64) {
	for i := range n {
		mean += at(i)
	}
	mean /= float64(n)
	squares := 0.0
	for i := range n {
		d := at(i) - mean
		squares += d * d
	}
	return mean, math.Sqrt(squares / float64(n-1) / float64(n))
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// meanStderrOf is meanStderr of given numbers.
func meanStderrOf(values []float64) (mean, stderr float64) {
	return meanStderr(len(values), func(i int) float64 { return values[i] })
}
