package pairflow

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

var maps = []*Map{
	{Particles: 3, Dim: 1, Layers: 1, Units: 3, Box: []float64{3}},
	{Particles: 3, Dim: 2, Layers: 1, Units: 4, Box: []float64{3, 2}},
	{Particles: 3, Dim: 2, Layers: 3, Units: 3, Box: []float64{3, 2}},
	{Particles: 3, Dim: 3, Layers: 3, Tied: true, Units: 3, Box: []float64{2, 2.5, 3}},
	{Particles: 4, Dim: 2, Kinds: []int{1, 3}, Layers: 2, Units: 2, Box: []float64{3, 3}},
}

func eachMap(t *testing.T, test func(t *testing.T, m *Map, theta, x []float64, r *rand.Rand)) {
	for _, m := range maps {
		t.Run(fmt.Sprintf("%d in %d, %d layers, kinds %v", m.Particles, m.Dim, m.Layers, m.Kinds), func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, uint64(m.Dim)))
			theta := make([]float64, m.Parameters())
			m.Params().Start(theta, func(int) *rand.Rand { return r })
			for i := range theta {
				theta[i] += 0.2 * r.NormFloat64()
			}
			test(t, m, theta, normal(r, m.Size()*width), r)
		})
	}
}

func normal(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

func forward(w *Work, theta, x []float64) (z, jac []float64) {
	size := w.Size()
	z, jac = make([]float64, size*width), make([]float64, size*size*width)
	w.Set(theta, x)
	w.Forward(z, jac)
	return z, jac
}

// step is that of central differences, good to about 1e-9 of functions of order one.
const step = 1e-5

// differ checks numbers against central differences.
func differ(t *testing.T, what string, got, up, down []float64) {
	t.Helper()
	most := 0.0
	for i, v := range got {
		want := (up[i] - down[i]) / (2 * step)
		if math.Abs(v-want) > 1e-7*(1+math.Abs(want)) {
			t.Fatalf("%s: number %d is %v, by differences %v", what, i, v, want)
		}
		most = max(most, math.Abs(v))
	}
	if most == 0 {
		t.Fatalf("%s is zero", what)
	}
}

// moved is x + s v.
func moved(x, v []float64, s float64) []float64 {
	y := slices.Clone(x)
	for i := range y {
		y[i] += s * v[i]
	}
	return y
}

func TestJacobian(t *testing.T) {
	eachMap(t, func(t *testing.T, m *Map, theta, x []float64, r *rand.Rand) {
		w, size, v := m.On(), m.Size(), normal(r, len(x))
		_, jac := forward(w, theta, x)
		along := make([]float64, len(x))
		for i := range size {
			for j := range size {
				for c := range width {
					along[i*width+c] += jac[(i*size+j)*width+c] * v[j*width+c]
				}
			}
		}
		up, _ := forward(w, theta, moved(x, v, step))
		down, _ := forward(w, theta, moved(x, v, -step))
		differ(t, "J v", along, up, down)
	})
}

func TestAlong(t *testing.T) {
	eachMap(t, func(t *testing.T, m *Map, theta, x []float64, r *rand.Rand) {
		w, size, v := m.On(), m.Size(), normal(r, len(x))
		orders := func(s float64) (j [3][]float64) {
			_, want := forward(w, theta, moved(x, v, s))
			all := make([]float64, 3*size*size*width)
			w.Along(all, v)
			for e := range size * size {
				for k := range 3 {
					j[k] = append(j[k], all[(3*e+k)*width:][:width]...)
				}
			}
			for i, y := range want {
				if math.Abs(y-j[0][i]) > 1e-12*(1+math.Abs(y)) {
					t.Fatalf("J along a line has %v at %d, without %v", j[0][i], i, y)
				}
			}
			return j
		}
		at, up, down := orders(0), orders(step), orders(-step)
		differ(t, "dJ/dt", at[1], up[0], down[0])
		differ(t, "d2J/dt2", at[2], up[1], down[1])
	})
}

// lap z is the sum over axes of the derivative of the column of J.
func TestLaplacian(t *testing.T) {
	eachMap(t, func(t *testing.T, m *Map, theta, x []float64, r *rand.Rand) {
		w, size := m.On(), m.Size()
		lap, up, down := make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x))
		forward(w, theta, x)
		w.Laplacian(lap)
		for k := range size {
			axis := make([]float64, len(x))
			for c := range width {
				axis[k*width+c] = 1
			}
			for _, side := range []struct {
				sum []float64
				h   float64
			}{{up, step}, {down, -step}} {
				_, jac := forward(w, theta, moved(x, axis, side.h))
				for i := range size {
					for c := range width {
						side.sum[i*width+c] += jac[(i*size+k)*width+c]
					}
				}
			}
		}
		differ(t, "lap z", lap, up, down)
	})
}

func TestPull(t *testing.T) {
	eachMap(t, func(t *testing.T, m *Map, theta, x []float64, r *rand.Rand) {
		w, size := m.On(), m.Size()
		zbar, jbar := normal(r, size*width), normal(r, size*size*width)
		value := func(theta, x []float64) []float64 {
			z, jac := forward(w, theta, x)
			sum := make([]float64, width)
			for i := range z {
				sum[i%width] += zbar[i] * z[i]
			}
			for i := range jac {
				sum[i%width] += jbar[i] * jac[i]
			}
			return sum
		}
		pull := func(jbar []float64) (grad, xbar []float64) {
			grad, xbar = make([]float64, len(theta)*width), make([]float64, len(x))
			forward(w, theta, x)
			w.Pull(grad, xbar, zbar, jbar)
			return grad, xbar
		}
		grad, xbar := pull(jbar)
		for k := range theta {
			axis := make([]float64, len(theta))
			axis[k] = 1
			differ(t, fmt.Sprint("the derivative in theta ", k), grad[k*width:(k+1)*width], value(moved(theta, axis, step), x), value(moved(theta, axis, -step), x))
		}
		for k := range size {
			axis := make([]float64, len(x))
			for c := range width {
				axis[k*width+c] = 1
			}
			differ(t, fmt.Sprint("the derivative in x ", k), xbar[k*width:(k+1)*width], value(theta, moved(x, axis, step)), value(theta, moved(x, axis, -step)))
		}
		clear(jbar)
		zeroGrad, zeroX := pull(jbar)
		nilGrad, nilX := pull(nil)
		if !slices.Equal(zeroGrad, nilGrad) || !slices.Equal(zeroX, nilX) {
			t.Error("without jbar the derivatives are not those of jbar = 0")
		}
	})
}

// The map commutes with permutations of like particles, translations, mirrors and turns of the
// torus, and keeps the centre of mass.
func TestSymmetries(t *testing.T) {
	eachMap(t, func(t *testing.T, m *Map, theta, x []float64, r *rand.Rand) {
		w, d := m.On(), m.Dim
		rows := d * width
		last := m.Particles - 1
		swap := func(x []float64) []float64 {
			y := slices.Clone(x)
			copy(y[last*rows:], x[(last-1)*rows:last*rows])
			copy(y[(last-1)*rows:], x[last*rows:])
			return y
		}
		shift := func(x []float64) []float64 {
			y := slices.Clone(x)
			for i := range y {
				y[i] += 0.3 * float64(1+i/width%d)
			}
			return y
		}
		mirror := func(x []float64) []float64 {
			y := slices.Clone(x)
			for i := range y {
				if i/width%d == d-1 {
					y[i] = -y[i]
				}
			}
			return y
		}
		around := func(x []float64) []float64 {
			y := slices.Clone(x)
			for i := range rows {
				y[i] += m.Box[i/width]
			}
			return y
		}
		z, _ := forward(w, theta, x)
		for name, act := range map[string]func([]float64) []float64{"permutation": swap, "translation": shift, "mirror": mirror, "turn": around} {
			got, _ := forward(w, theta, act(x))
			for i, want := range act(z) {
				if math.Abs(got[i]-want) > 1e-12*(1+math.Abs(want)) {
					t.Errorf("%s: z_%d is %v, want %v", name, i, got[i], want)
					break
				}
			}
		}
		for a := range rows {
			before, after := 0.0, 0.0
			for i := a; i < len(x); i += rows {
				before, after = before+x[i], after+z[i]
			}
			if math.Abs(before-after) > 1e-12*(1+math.Abs(before)) {
				t.Errorf("the centre of mass moves from %v to %v", before, after)
			}
		}
	})
}

// The map starts as the identity.
func TestStart(t *testing.T) {
	m := maps[2]
	r := rand.New(rand.NewPCG(2, 2))
	theta, x := make([]float64, m.Parameters()), normal(r, m.Size()*width)
	m.Params().Start(theta, func(int) *rand.Rand { return r })
	if z, _ := forward(m.On(), theta, x); !slices.Equal(z, x) {
		t.Error("z is not x")
	}
}
