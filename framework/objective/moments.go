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

func (m mix) at(b *core.Batch, i int) float64 {
	v := m.logP * b.LogP[i]
	if m.energy != 0 {
		v += m.energy * b.E[i]
	}
	return v
}

// meanStderr returns the batch mean of a combination and its standard error.
// Two passes, so that nothing cancels when the spread is small.
func meanStderr(b *core.Batch, m mix) (mean, stderr float64) {
	n := float64(b.N)
	for i := range b.N {
		mean += m.at(b, i)
	}
	mean /= n
	squares := 0.0
	for i := range b.N {
		d := m.at(b, i) - mean
		squares += d * d
	}
	return mean, math.Sqrt(squares / (n - 1) / n)
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// meanStderrOf returns the mean and its standard error, as meanStderr does.
func meanStderrOf(values []float64) (m, stderr float64) {
	m = mean(values)
	squares := 0.0
	for _, v := range values {
		squares += (v - m) * (v - m)
	}
	n := float64(len(values))
	return m, math.Sqrt(squares / (n - 1) / n)
}
