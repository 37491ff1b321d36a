package bornmachine

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/qubits"
)

// gradient adds that of sum_x c_x ln p(x), p(x) = |psi(x)|^2, to grad. The adjoint of psi is
//
//	lambda(x) = c_x psi(x)/p(x),   d sum_x c_x ln p(x) = 2 Re <lambda|d psi>.
//
// Both go back through the circuit gate by gate: behind a rotation exp(-i t G/2) the wave
// function changes by -i G psi/2 dt, so that
//
//	d/dt = Im <lambda|G psi>,
//
// and the inverse of the gate takes psi and lambda before it. It overwrites psi and lambda.
func (c circuit) gradient(grad, theta []float64, psi, lambda qubits.State) {
	rotations := c.rotations()
	layer := c.depth
	for k := len(rotations) - 1; k >= 0; k-- {
		r := rotations[k]
		if r.layer < layer {
			c.disentangle(psi)
			c.disentangle(lambda)
			layer--
		}
		grad[k] += r.expect(psi, lambda, c.bit(r.qubit))
		g := r.gate(-theta[k])
		psi.One(&g, c.bit(r.qubit))
		lambda.One(&g, c.bit(r.qubit))
	}
}

// expect is Im <lambda|G psi>.
func (r rotation) expect(psi, lambda qubits.State, bit int) (sum float64) {
	for x, l := range lambda {
		v := psi[x]
		switch {
		case r.x:
			v = psi[x^bit]
		case x&bit != 0:
			v = -v
		}
		sum += real(l)*imag(v) - imag(l)*real(v)
	}
	return sum
}
