package electrongas

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

func random(n, d int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	s := make([]float64, n*d)
	for i := range s {
		s[i] = 4*r.Float64() - 2 // also outside the box
	}
	return s
}

// plain is 2 v by the formula, pair by pair and wave vector by wave vector, with
// pairs in all boxes next to each other.
func plain(s []float64, n, d int, kappa float64, top int) float64 {
	var vectors [][3]int
	for x := -top; x <= top; x++ {
		for y := -top; y <= top; y++ {
			for z := -top; z <= top; z++ {
				if d == 3 || z == 0 {
					vectors = append(vectors, [3]int{x, y, z})
				}
			}
		}
	}
	long := func(at [3]float64) (sum float64) {
		for _, g := range vectors {
			length := math.Sqrt(float64(square(g[0]) + square(g[1]) + square(g[2])))
			phase := math.Cos(2 * math.Pi * (float64(g[0])*at[0] + float64(g[1])*at[1] + float64(g[2])*at[2]))
			switch {
			case length == 0 && d == 2:
				sum -= 2 * math.Sqrt(math.Pi) / kappa
			case length == 0:
				sum -= math.Pi / square(kappa)
			case d == 2:
				sum += math.Erfc(math.Pi*length/kappa) / length * phase
			default:
				sum += math.Exp(-square(math.Pi*length/kappa)) / (math.Pi * square(length)) * phase
			}
		}
		return sum
	}
	short := func(at [3]float64, self bool) (sum float64) {
		for _, g := range vectors {
			if square(g[0])+square(g[1])+square(g[2]) > 12 || self && g == [3]int{} {
				continue
			}
			r := math.Sqrt(square(at[0]-float64(g[0])) + square(at[1]-float64(g[1])) + square(at[2]-float64(g[2])))
			sum += math.Erfc(kappa*r) / r
		}
		return sum
	}
	sum := float64(n) * (long([3]float64{}) + short([3]float64{}, true) - 2*kappa/math.Sqrt(math.Pi))
	for i := range n {
		for j := range i {
			var at [3]float64
			for a := range d {
				at[a] = s[i*d+a] - s[j*d+a]
				at[a] -= math.Round(at[a])
			}
			sum += 2 * (long(at) + short(at, false))
		}
	}
	return sum
}

// Structure factors against the plain sum, at a splitting that leaves the work to
// the other side: kappa = 5 sums pairs over many boxes, and erfc(pi 10/5) is
// below 1e-18. What is left are the terms that the fast sums leave out.
func TestEnergyIsTheSumOverPairs(t *testing.T) {
	for _, c := range []struct{ n, d int }{{1, 2}, {2, 2}, {5, 2}, {13, 2}, {1, 3}, {4, 3}} {
		e := newEwald(c.n, c.d, splitting, cutoff)
		w := e.newWorkspace()
		for seed := range uint64(3) {
			s := random(c.n, c.d, seed)
			got, want := 2*e.energy(s, w), plain(s, c.n, c.d, 5, 10)
			if math.Abs(got-want) > 1e-10*float64(c.n) {
				t.Errorf("%d particles in %d dimensions: 2v = %.12f, want %.12f, error %.1g", c.n, c.d, got, want, got-want)
			}
		}
	}
}

// The bound that splitting and cutoff were chosen for: 1e-9 in v of as many
// electrons as there are, against sums that leave out less than rounding.
func TestSplitting(t *testing.T) {
	for _, c := range []struct{ n, d int }{{57, 2}, {33, 3}} {
		fast, full := newEwald(c.n, c.d, splitting, cutoff), newEwald(c.n, c.d, 12, 24)
		v, w := fast.newWorkspace(), full.newWorkspace()
		for seed := range uint64(5) {
			s := random(c.n, c.d, seed)
			got, want := fast.energy(s, v), full.energy(s, w)
			if math.Abs(got-want) > 1e-9 {
				t.Errorf("%d particles in %d dimensions: v = %.12f, want %.12f, error %.1g", c.n, c.d, got, want, got-want)
			}
		}
	}
}

// v of crystals, per particle and in units of 1/L. Square lattice: Bonsall and
// Maradudin, Phys. Rev. B 15, 1959 (1977), -1.100244 e^2/(r_s a_0) with L = sqrt(pi);
// cubic lattices of charges on a background: Coldwell-Horsfall and Maradudin, J. Math.
// Phys. 1, 395 (1960), -0.880059, -0.895930 (bcc) and -0.895874 (fcc) in the same
// units with L = (4 pi n/3)^(1/3) for n charges in the cube. More digits of the
// first two: xi/2 with xi = -3.9002649200 and -2.8372974795 by other programs.
func TestCrystals(t *testing.T) {
	const h = 0.5
	for _, c := range []struct {
		name string
		d    int
		s    []float64
		want float64
		tol  float64
	}{
		{"square", 2, []float64{0.1, 0.7}, -1.950132460, 1e-9},
		{"four squares", 2, []float64{0, 0, h, 0, 0, h, h, h}, -1.950132460 * 2, 1e-9},
		{"square, published", 2, []float64{0, 0}, -1.100244 * math.Sqrt(math.Pi), 1e-6},
		{"cubic", 3, []float64{0.3, 0.2, 0.9}, -1.41864873975, 1e-9},
		{"bcc", 3, []float64{0, 0, 0, h, h, h}, -0.8959293 * math.Cbrt(8*math.Pi/3), 2e-6},
		{"fcc", 3, []float64{0, 0, 0, h, h, 0, h, 0, h, 0, h, h}, -0.8958738 * math.Cbrt(16*math.Pi/3), 2e-6},
	} {
		n := len(c.s) / c.d
		e := newEwald(n, c.d, splitting, cutoff)
		if got := e.energy(c.s, e.newWorkspace()) / float64(n); math.Abs(got-c.want) > c.tol {
			t.Errorf("%s: %.10f, want %.10f", c.name, got, c.want)
		}
	}
}

// Ions of both signs need no background, and their sums converge by themselves: the
// potential at an ion of a checkerboard is Madelung's constant in units of the
// distance to its neighbours, 1/2 here. 1.6155426267128 in the plane (Borwein, Borwein
// and Taylor, J. Math. Phys. 26, 2999 (1985)), 1.7475645946332 for NaCl (Madelung
// 1918; digits OEIS A085469).
func TestMadelungConstants(t *testing.T) {
	for d, want := range map[int]float64{2: 1.6155426267128, 3: 1.7475645946332} {
		one, two := newEwald(1, d, splitting, cutoff), newEwald(2, d, splitting, cutoff)
		xi := 2 * one.energy(make([]float64, d), one.newWorkspace())
		sum := xi
		for site := 1; site < 1<<d; site++ {
			s, sign := make([]float64, 2*d), 1.0
			for a := range d {
				if site>>a&1 == 1 {
					s[a], sign = 0.5, -sign
				}
			}
			sum += sign * (two.energy(s, two.newWorkspace()) - xi) // psi(s)
		}
		if math.Abs(-sum/2-want) > 1e-9 {
			t.Errorf("%d dimensions: %.12f, want %.12f", d, -sum/2, want)
		}
	}
}

// The Fourier coefficients of psi are those of 1/r, 1/|G| and 1/(pi G^2), and that of
// G = 0 is zero: so two electrons in orbitals whose wave vectors differ by G exchange
//
//	int psi(s) [1 - cos(2 pi G.s)] ds = -1/|G|   or   -1/(pi G^2).
//
// Midpoints of a grid; the integrand is like |s| at the origin, for which their error
// is of third order in the distance of the points (fourth in space).
func TestFourierCoefficients(t *testing.T) {
	for _, c := range []struct {
		d, grid   int
		g         [3]float64
		want, tol float64
	}{
		{2, 64, [3]float64{1, 0}, -1, 4e-6},
		{2, 64, [3]float64{2, 1}, -1 / math.Sqrt(5), 4e-6 * 5},
		{3, 20, [3]float64{1, 1, 0}, -1 / (2 * math.Pi), 1e-5 * 2},
	} {
		one, two := newEwald(1, c.d, splitting, cutoff), newEwald(2, c.d, splitting, cutoff)
		xi := 2 * one.energy(make([]float64, c.d), one.newWorkspace())
		w, s := two.newWorkspace(), make([]float64, 2*c.d)
		points := int(math.Pow(float64(c.grid), float64(c.d)) + 0.5)
		sum := 0.0
		for i := range points {
			phase := 0.0
			for a, rest := 0, i; a < c.d; a, rest = a+1, rest/c.grid {
				s[a] = (float64(rest%c.grid) + 0.5) / float64(c.grid)
				phase += c.g[a] * s[a]
			}
			sum += (two.energy(s, w) - xi) * (1 - math.Cos(2*math.Pi*phase)) / float64(points)
		}
		if math.Abs(sum-c.want) > c.tol {
			t.Errorf("G = %v in %d dimensions: %.8f, want %.8f", c.g, c.d, sum, c.want)
		}
	}
}

func BenchmarkEnergy(b *testing.B) {
	for _, c := range []struct{ n, d int }{{13, 2}, {29, 2}, {57, 2}, {7, 3}, {33, 3}} {
		e := newEwald(c.n, c.d, splitting, cutoff)
		w, s := e.newWorkspace(), random(c.n, c.d, 1)
		for part, f := range map[string]func([]float64, *workspace) float64{"pairs": e.short, "waves": e.long} {
			b.Run(fmt.Sprintf("%dD/n=%d/%s", c.d, c.n, part), func(b *testing.B) {
				for range enginetest.Loop(b) {
					f(s, w)
				}
			})
		}
	}
}
