//go:build cgo && !purego

package pairflow

import (
	"math/rand/v2"
	"testing"
)

// With the kernels in C all is computed in memory that a workspace has.
func TestNoAllocation(t *testing.T) {
	m := maps[2]
	size := m.Size()
	r := rand.New(rand.NewPCG(1, 2))
	theta, x := normal(r, m.Parameters()), normal(r, size*width)
	z, jac, grad, series := make([]float64, size*width), make([]float64, size*size*width), make([]float64, m.Parameters()*width), make([]float64, 3*size*size*width)
	w := m.On()
	if a := testing.AllocsPerRun(5, func() {
		w.Set(theta, x)
		w.Forward(z, jac)
		w.Laplacian(z)
		w.Along(series, x)
		w.Pull(grad, z, x, jac)
	}); a > 0 {
		t.Errorf("%v allocations", a)
	}
}
