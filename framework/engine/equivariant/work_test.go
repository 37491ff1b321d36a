package equivariant

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// The kernels do for each of eight configurations what the plain map does.
func TestKernels(t *testing.T) {
	eachMap(t, func(t *testing.T, m *Map, theta []float64, r *rand.Rand) {
		if m.Dim == 1 || m.Particles == 1 {
			t.Skip("not for kernels, or a shift")
		}
		size, params := m.Size(), m.Parameters()
		x, v := normal(r, size*Lanes, 2), normal(r, size*Lanes, 1)
		zbar, jbar := normal(r, size*Lanes, 1), normal(r, size*size*Lanes, 1)
		z, jac, series := make([]float64, size*Lanes), make([]float64, size*size*Lanes), make([]float64, 3*size*size*Lanes)
		lap, grad, xbar := make([]float64, size*Lanes), make([]float64, params*Lanes), make([]float64, size*Lanes)
		gradZ, xbarZ := make([]float64, params*Lanes), make([]float64, size*Lanes)
		w := m.On()
		w.Set(theta, x)
		w.Forward(z, jac)
		w.Along(series, v)
		w.Pull(grad, xbar, zbar, jbar)
		w.Laplacian(lap)
		w.Pull(gradZ, xbarZ, zbar, nil)
		for c := range Lanes {
			at := fmt.Sprintf(" of configuration %d", c)
			wantZ, wantJ := byJets(m, theta, strided(x, c, Lanes), strided(v, c, Lanes))
			near(t, "z"+at, strided(z, c, Lanes), wantZ[0])
			near(t, "J"+at, strided(jac, c, Lanes), wantJ[0])
			for k := range 3 {
				near(t, fmt.Sprint("J, derivative ", k, at), strided(series, k*Lanes+c, 3*Lanes), wantJ[k])
			}
			p := forward(m, strided(x, c, Lanes), theta)
			wantLap, wantGrad, wantX := make([]float64, size), make([]float64, params), make([]float64, size)
			laplacian(p, wantLap)
			near(t, "lap z"+at, strided(lap, c, Lanes), wantLap)
			newPull(p, wantGrad).run(wantX, strided(zbar, c, Lanes), strided(jbar, c, Lanes))
			near(t, "derivatives in theta"+at, strided(grad, c, Lanes), wantGrad)
			near(t, "derivatives in x"+at, strided(xbar, c, Lanes), wantX)
			clear(wantGrad)
			clear(wantX)
			newPull(p, wantGrad).run(wantX, strided(zbar, c, Lanes), nil)
			near(t, "derivatives of z in theta"+at, strided(gradZ, c, Lanes), wantGrad)
			near(t, "derivatives of z in x"+at, strided(xbarZ, c, Lanes), wantX)
		}
	})
}

func strided(x []float64, first, step int) []float64 {
	var y []float64
	for i := first; i < len(x); i += step {
		y = append(y, x[i])
	}
	return y
}
