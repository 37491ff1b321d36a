package equivariant

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// maps are small maps in all dimensions.
var maps = []*Map{
	{Particles: 1, Dim: 2, Width: 3, PairWidth: 2, Box: []float64{1.5, 2}},
	{Particles: 4, Dim: 1, Width: 5, PairWidth: 3, Box: []float64{4}},
	{Particles: 3, Dim: 2, Width: 4, PairWidth: 6, Box: []float64{3, 2}},
	{Particles: 3, Dim: 3, Width: 3, PairWidth: 4, Box: []float64{2, 2.5, 3}},
	{Particles: 2, First: 1, Dim: 2, Width: 3, PairWidth: 2, Box: []float64{1.5, 2}},
	{Particles: 5, First: 3, Dim: 2, Width: 4, PairWidth: 6, Box: []float64{3, 2}},
	{Particles: 3, First: 2, Dim: 3, Width: 5, PairWidth: 3, Box: []float64{2, 2.5, 3}},
}

func eachMap(t *testing.T, test func(t *testing.T, m *Map, theta []float64, r *rand.Rand)) {
	for _, m := range maps {
		t.Run(fmt.Sprintf("%d in %d, first %d", m.Particles, m.Dim, m.First), func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, uint64(m.Dim)))
			test(t, m, normal(r, m.Parameters(), 1), r)
		})
	}
}

func normal(r *rand.Rand, n int, scale float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = scale * r.NormFloat64()
	}
	return x
}

// near compares numbers up to rounding, which the networks here multiply by some
// hundreds.
func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	most := 0.0
	for _, v := range want {
		most = max(most, math.Abs(v))
	}
	if most == 0 {
		t.Fatalf("%s is zero", what)
	}
	for i, v := range want {
		if !(math.Abs(got[i]-v) <= 1e-12*most) {
			t.Errorf("%s: number %d is %v, want %v", what, i, got[i], v)
			return
		}
	}
}

// byJets returns z, J and their derivatives along v: order k of number i at
// z[k][i].
func byJets(m *Map, theta, x, v []float64) (z, jac [3][]float64) {
	size := m.Size()
	for k := range 3 {
		z[k], jac[k] = make([]float64, size), make([]float64, size*size)
	}
	jets := make([]jet, size)
	for c := range size {
		for i := range jets {
			jets[i] = jet{{x[i], v[i]}}
		}
		jets[c][1][0] = 1
		for i, y := range naive(m, theta, jets) {
			for k := range 3 {
				z[k][i], jac[k][i*size+c] = y[0][k], y[1][k]
			}
		}
	}
	return z, jac
}

func TestPlain(t *testing.T) {
	eachMap(t, func(t *testing.T, m *Map, theta []float64, r *rand.Rand) {
		size := m.Size()
		x, v := normal(r, size, 2), normal(r, size, 1)
		z, jac := byJets(m, theta, x, v)
		p := newPlain[[3]float64](m)
		in, out, j := make([][3]float64, size), make([][3]float64, size), make([][3]float64, size*size)
		for i := range in {
			in[i] = [3]float64{x[i], v[i]}
		}
		p.forward(out, j, in, theta)
		for k := range 3 {
			if m.Particles == 1 && k > 0 {
				continue // a shift: all derivatives but dz/dx = 1 vanish
			}
			near(t, fmt.Sprint("z, derivative ", k), column(out, k), z[k])
			near(t, fmt.Sprint("J, derivative ", k), column(j, k), jac[k])
		}
	})
}

func column(x [][3]float64, k int) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = v[k]
	}
	return y
}

func TestPlainLaplacian(t *testing.T) {
	eachMap(t, func(t *testing.T, m *Map, theta []float64, r *rand.Rand) {
		if m.Particles == 1 {
			t.Skip("a shift")
		}
		size := m.Size()
		x, want, got := normal(r, size, 2), make([]float64, size), make([]float64, size)
		for c := range size {
			unit := make([]float64, size)
			unit[c] = 1
			z, _ := byJets(m, theta, x, unit)
			for i, v := range z[2] {
				want[i] += v
			}
		}
		laplacian(forward(m, x, theta), got)
		near(t, "lap z", got, want)
	})
}

func forward(m *Map, x, theta []float64) *plain[[1]float64] {
	p, size := newPlain[[1]float64](m), m.Size()
	in, z, j := make([][1]float64, size), make([][1]float64, size), make([][1]float64, size*size)
	for i, v := range x {
		in[i][0] = v
	}
	p.forward(z, j, in, theta)
	return p
}

// Along a line, in theta and in x, the derivative of zbar z + jbar J is that of
// differences.
func TestPlainPull(t *testing.T) {
	const h = 1e-5
	eachMap(t, func(t *testing.T, m *Map, theta []float64, r *rand.Rand) {
		size := m.Size()
		x, zbar, jbar := normal(r, size, 2), normal(r, size, 1), normal(r, size*size, 1)
		none := make([]float64, size)
		f := func(theta, x []float64) float64 {
			z, jac := byJets(m, theta, x, none)
			return dot(zbar, z[0]) + dot(jbar, jac[0])
		}
		grad, xbar := make([]float64, len(theta)), make([]float64, size)
		newPull(forward(m, x, theta), grad).run(xbar, zbar, jbar)
		for _, of := range []struct {
			what    string
			at, bar []float64
		}{{"theta", theta, grad}, {"x", x, xbar}} {
			for i, want := range of.bar {
				old := of.at[i]
				of.at[i] = old + h
				up := f(theta, x)
				of.at[i] = old - h
				down := f(theta, x)
				of.at[i] = old
				if got := (up - down) / (2 * h); math.Abs(got-want) > 1e-7*(1+math.Abs(want))*10 {
					t.Errorf("derivative in %s_%d is %v, by differences %v", of.what, i, want, got)
				}
			}
		}
	})
}

// The map commutes with exchanges of like particles, and not of others; where there are as many of
// both kinds, with that of all.
func TestExchangesOfKinds(t *testing.T) {
	for _, first := range []int{0, 2, 1} {
		m := &Map{Particles: 4, First: first, Dim: 2, Width: 4, PairWidth: 3, Box: []float64{2, 3}}
		r := rand.New(rand.NewPCG(5, 6))
		theta, x := normal(r, m.Parameters(), 1), normal(r, m.Size(), 1)
		z := func(order []int) []float64 {
			in, out := make([]float64, len(x)), make([]float64, len(x))
			for to, from := range order {
				copy(in[2*to:2*to+2], x[2*from:])
			}
			p := newPlain[[1]float64](m)
			xs, zs, j := make([][1]float64, len(x)), make([][1]float64, len(x)), make([][1]float64, len(x)*len(x))
			for i, v := range in {
				xs[i][0] = v
			}
			p.forward(zs, j, xs, theta)
			for to, from := range order {
				for a := range 2 {
					out[2*from+a] = zs[2*to+a][0]
				}
			}
			return out
		}
		same := func(order ...int) bool {
			for i, v := range z(order) {
				if math.Abs(v-z([]int{0, 1, 2, 3})[i]) > 1e-12 {
					return false
				}
			}
			return true
		}
		if !same(0, 1, 3, 2) || same(1, 0, 2, 3) != (first != 1) || same(0, 2, 1, 3) != (first != 2) || same(2, 3, 0, 1) != (first != 1) {
			t.Errorf("%d of the first kind: the map does not commute with exchanges as it should", first)
		}
	}
}
