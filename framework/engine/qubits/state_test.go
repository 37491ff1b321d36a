package qubits

import (
	"math"
	"math/cmplx"
	"testing"
)

// random is a state of n qubits that is of no special form.
func random(n int) State {
	psi, square := make(State, 1<<n), 0.0
	for x := range psi {
		psi[x] = cmplx.Rect(1+float64(x%5), float64(3*x+1))
		square += real(psi[x])*real(psi[x]) + imag(psi[x])*imag(psi[x])
	}
	for x := range psi {
		psi[x] /= complex(math.Sqrt(square), 0)
	}
	return psi
}

func far(a, b State) (d float64) {
	for x := range a {
		d = max(d, cmplx.Abs(a[x]-b[x]))
	}
	return d
}

// A gate and its inverse take a state to itself, on each qubit, and a controlled NOT is its
// own inverse.
func TestGatesGoBack(t *testing.T) {
	c, s := complex(math.Cos(0.3), 0), complex(0, -math.Sin(0.3))
	g := Gate{c * cmplx.Rect(1, 0.7), s, s, c * cmplx.Rect(1, -0.7)} // unitary
	back := g.Inverse()
	for _, bit := range []int{1, 2, 4} {
		psi := random(3)
		psi.One(&g, bit)
		if far(psi, random(3)) < 0.1 {
			t.Errorf("bit %d: the gate does nothing", bit)
		}
		psi.One(&back, bit)
		if d := far(psi, random(3)); d > 1e-15 {
			t.Errorf("bit %d: off by %v after the inverse", bit, d)
		}
	}
	psi := random(3)
	psi.Flip(4, 1)
	for x := range psi {
		from := x
		if x&4 != 0 {
			from ^= 1
		}
		if psi[x] != random(3)[from] {
			t.Errorf("amplitude %d after a controlled NOT is not the one of %d before", x, from)
		}
	}
	psi.Flip(4, 1)
	if far(psi, random(3)) != 0 {
		t.Error("twice a controlled NOT is not nothing")
	}
}

// Zero is |0...0>; a gate on the qubit of a bit mixes the two strings that differ in it.
func TestFirstBit(t *testing.T) {
	psi := Zero(2)
	psi.One(&Gate{0, 1, 1, 0}, 2)
	if psi[2] != 1 || psi[0] != 0 || psi[1] != 0 || psi[3] != 0 {
		t.Errorf("X on the bit 2 of |00> gives %v", psi)
	}
}
