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

// reverseLoss is the loss of all gradients of the reverse divergence: the
// batch mean of f at beta, and the free energy at the target.
//
// At the target, every point of a training curve is a bound on the same exact
// free energy, from above and in expectation, also while beta is still being
// annealed. The loss at the annealed beta is no such bound.
func reverseLoss(b *core.Batch, beta, target float64) Loss {
	if len(b.LogP) != b.N || len(b.E) != b.N {
		panic("objective: LogP and E do not have the batch's length")
	}
	if target == 0 {
		target = beta
	}
	loss := Loss{Beta: beta}
	loss.Value, loss.Stderr = meanStderr(b, mixAt(beta))
	loss.FreeEnergy, loss.FreeEnergyStderr = meanStderr(b, mix{logP: 1 / target, energy: 1})
	loss.Energy, _ = meanStderr(b, mix{energy: 1})
	logP, _ := meanStderr(b, mix{logP: 1})
	loss.Entropy = -logP
	return loss
}
