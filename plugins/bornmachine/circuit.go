package bornmachine

import (
	"math/cmplx"

	"github.com/helmholtz-physics/helmholtz/framework/engine/qubits"
)

// circuit is U, whose parameters stand in theta layer by layer, in each qubit by qubit, and of
// each in the order in which the rotations act.
type circuit struct {
	n, depth int
	pairs    [][2]int
}

// rotation is about the axis z or x, by a parameter.
type rotation struct {
	layer, qubit int
	x            bool
}

// rotations are those of all parameters.
func (c circuit) rotations() (all []rotation) {
	for l := range c.depth + 1 {
		for q := range c.n {
			if l > 0 {
				all = append(all, rotation{l, q, false})
			}
			all = append(all, rotation{l, q, true})
			if l < c.depth {
				all = append(all, rotation{l, q, false})
			}
		}
	}
	return all
}

// gate is exp(-i t Z/2) or exp(-i t X/2).
func (r rotation) gate(t float64) qubits.Gate {
	e := cmplx.Rect(1, t/2)
	if !r.x {
		return qubits.Gate{cmplx.Conj(e), 0, 0, e}
	}
	c, s := complex(real(e), 0), complex(0, -imag(e))
	return qubits.Gate{c, s, s, c}
}

// bit of the number of a bit string in which a qubit is: the first is the most significant.
func (c circuit) bit(qubit int) int { return 1 << (c.n - 1 - qubit) }

// run is the wave function behind the circuit.
func (c circuit) run(theta []float64) qubits.State {
	psi, layer := qubits.Zero(c.n), 0
	for k, r := range c.rotations() {
		if r.layer > layer {
			c.entangle(psi)
			layer++
		}
		g := r.gate(theta[k])
		psi.One(&g, c.bit(r.qubit))
	}
	return psi
}

func (c circuit) entangle(psi qubits.State) {
	for _, p := range c.pairs {
		psi.Flip(c.bit(p[0]), c.bit(p[1]))
	}
}

// disentangle takes it back.
func (c circuit) disentangle(psi qubits.State) {
	for i := len(c.pairs) - 1; i >= 0; i-- {
		psi.Flip(c.bit(c.pairs[i][0]), c.bit(c.pairs[i][1]))
	}
}
