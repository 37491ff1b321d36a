//go:build cgo && !purego

package equivariant

import (
	"math/rand/v2"
	"testing"
)

// The kernels in C compute in memory that a workspace has.
func TestNoAllocation(t *testing.T) {
	m := maps[2]
	size := m.Size()
	r := rand.New(rand.NewPCG(1, 2))
	theta, x := normal(r, m.Parameters(), 1), normal(r, size*Lanes, 1)
	z, jac, grad := make([]float64, size*Lanes), make([]float64, size*size*Lanes), make([]float64, m.Parameters()*Lanes)
	w := m.On()
	step := func() {
		w.Set(theta, x)
		w.Forward(z, jac)
		w.Pull(grad, z, x, jac)
	}
	if a := testing.AllocsPerRun(5, step); a > 0 {
		t.Errorf("%v allocations", a)
	}
}
