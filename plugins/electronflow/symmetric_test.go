package electronflow

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// set is the state of the orbitals n, without the twist of 1/4.
func set(t *testing.T, m *Model, n ...[2]float64) (k []int32) {
	t.Helper()
	for _, v := range n {
		at := slices.IndexFunc(m.spec.Orbitals, func(o []float64) bool { return o[0] == v[0]+0.25 && o[1] == v[1]+0.25 })
		if at < 0 {
			t.Fatalf("no orbital %v", v)
		}
		k = append(k, int32(at))
	}
	slices.Sort(k)
	return k
}

// The ground state of three electrons at twist (1/4, 1/4) holds the plane waves (0, 0),
// (-1, 0) and (0, -1). The mirror y -> -y and q = (0, -1) make (0, -1), (-1, -1) and
// (0, 0) of them, the first excited state: it is the mirrored ground state with its
// centre of mass in motion. So is the other one, (0, 0), (-1, 0), (-1, -1), by complex
// conjugation. The local kinetic energy of each at M x is that of the ground state at x
// and what it has more in free electrons, 1/2 (2 pi/L)^2 with L^2 = 3 pi. Either key alone
// leaves them apart.
func TestMirroredStates(t *testing.T) {
	space := box(3, 2, 0.25, 0.25)
	for _, c := range []struct{ mirrors, centred bool }{{true, true}, {true, false}, {false, true}} {
		m := model(t, core.Settings{"mirrors": c.mirrors, "centred": c.centred, "laplacian": "exact"}, space, 0.3)
		ground := set(t, m, [2]float64{0, 0}, [2]float64{-1, 0}, [2]float64{0, -1})
		first := set(t, m, [2]float64{0, 0}, [2]float64{0, -1}, [2]float64{-1, -1})
		second := set(t, m, [2]float64{0, 0}, [2]float64{-1, 0}, [2]float64{-1, -1})
		r := rand.New(rand.NewPCG(3, 8))
		most := 0.0
		for range 10 {
			b := core.Batch{N: 3, K: slices.Concat(ground, first, second), X: make([]float64, 18)}
			for i := range 6 {
				v := 3 * r.NormFloat64()
				b.X[i], b.X[6+i], b.X[12+i] = v, v, v
				if i%2 == 1 {
					b.X[6+i], b.X[12+i] = -v, -v
				}
			}
			lap := make([]complex128, 3)
			if err := m.Laplacian(lap, &b); err != nil {
				t.Fatal(err)
			}
			for _, l := range lap[1:] {
				most = max(most, math.Abs(real(lap[0]-l)-2*math.Pi/3))
			}
		}
		if same := most < 1e-9; same != (c.mirrors && c.centred) {
			t.Errorf("%+v: local energies of mirrored states are off by %v", c, most)
		}
	}
}

// The parts of the derivatives that conformance does not see, since they vanish without a
// cotangent of z: those in x, by central differences.
func TestPullInX(t *testing.T) {
	for _, space := range []core.Space{box(3, 2), box(2, 3)} {
		m := model(t, core.Settings{"mirrors": true, "centred": true, "e_max": int64(1)}, space, 0.3)
		s, size := m.newWave().net, m.net.Size()
		r := rand.New(rand.NewPCG(4, 8))
		draw := func(n int) []float64 {
			v := make([]float64, n*width)
			for i := range v {
				v[i] = r.NormFloat64()
			}
			return v
		}
		x, zbar, jbar := draw(size), draw(size), draw(size*size)
		value := func(x []float64) (sums [width]float64) {
			z, jac := make([]float64, len(zbar)), make([]float64, len(jbar))
			s.Set(m.flow, x)
			s.Forward(z, jac)
			for i, v := range z {
				sums[i%width] += v * zbar[i]
			}
			for i, v := range jac {
				sums[i%width] += v * jbar[i]
			}
			return sums
		}
		value(x)
		grad, xbar := make([]float64, m.net.Parameters()*width), make([]float64, len(x))
		s.Pull(grad, xbar, zbar, jbar)
		const h = 1e-5
		for i := range size {
			up, down := slices.Clone(x), slices.Clone(x)
			for c := range width {
				up[i*width+c] += h
				down[i*width+c] -= h
			}
			above, below := value(up), value(down)
			for c := range width {
				// Of second order in h; the third derivatives are some hundreds.
				if want := (above[c] - below[c]) / (2 * h); math.Abs(xbar[i*width+c]-want) > 1e-6*(1+math.Abs(want)) {
					t.Errorf("%v: slope %d of configuration %d is %v, by differences %v", space.Shape, i, c, xbar[i*width+c], want)
				}
			}
		}
	}
}
