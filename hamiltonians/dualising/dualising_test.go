package dualising

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact/exacttest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

func TestConformance(t *testing.T) {
	for _, s := range []core.Settings{
		{"L": 4}, {"L": 2, "T": 3}, {"L": 5, "T": 1}, {"L": 4, "boundary": "open"}, {"L": 3, "boundary": "open", "T": 5}, {"L": 16},
	} {
		t.Run(fmt.Sprint(s), func(t *testing.T) {
			coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{Betas: []float64{1}, Large: 300})
		})
	}
}

// matrix is K as defined, bond by bond, with alpha = 0.1 - least, the least
// eigenvalue of A/T.
func matrix(l int, temperature float64, periodic bool, least float64) []float64 {
	n := l * l
	k := make([]float64, n*n)
	bond := func(i, j int) {
		k[i*n+j] += 1 / temperature
		k[j*n+i] += 1 / temperature
	}
	for y := range l {
		for x := range l {
			k[(y*l+x)*(n+1)] += gap - least
			if x+1 < l || periodic {
				bond(y*l+x, y*l+(x+1)%l)
			}
			if y+1 < l || periodic {
				bond(y*l+x, (y+1)%l*l+x)
			}
		}
	}
	return k
}

// least is the least eigenvalue of A: -4 on a torus of even length, where
// neighbours alternate; on an odd ring the mode of (l-1)/2 turns gives
// 2 cos(pi (l-1)/l) for each axis, and on an open chain 2 cos(pi l/(l+1)).
func least(l int, periodic bool) float64 {
	if !periodic {
		return 4 * math.Cos(math.Pi*float64(l)/float64(l+1))
	}
	if l%2 == 0 {
		return -4
	}
	return 4 * math.Cos(math.Pi*float64(l-1)/float64(l))
}

func normal(n, size int) *core.Batch {
	r := rand.New(rand.NewPCG(1, 0))
	b := &core.Batch{N: n, X: make([]float64, n*size)}
	for i := range b.X {
		b.X[i] = 2 * r.NormFloat64()
	}
	return b
}

// Energy, slope and ln det K against a dense K, to the rounding of its inverse
// (condition number up to 0.1 + 8/T over 0.1).
func TestDefinition(t *testing.T) {
	for _, l := range []int{2, 3, 4, 7, 8} {
		for _, boundary := range []string{"periodic", "open"} {
			for _, temperature := range []float64{1, critical} {
				c := Config{L: l, T: temperature, Boundary: boundary}
				e, err := New(c)
				if err != nil {
					t.Fatal(err)
				}
				periodic := boundary == "periodic"
				n := l * l
				var lu tensor.LU
				lu.Factor(n, matrix(l, temperature, periodic, least(l, periodic)/temperature), n)
				lnDet, sign := lu.LogDet()
				if got := newCoupling(l, temperature, periodic).lnDet; sign != 1 || math.Abs(got-lnDet) > 1e-11*float64(n) {
					t.Errorf("%+v: ln det K = %.14g, want %.14g", c, got, lnDet)
				}
				b := normal(5, n)
				energies, slope, only := make([]float64, b.N), make([]float64, len(b.X)), make([]float64, b.N)
				if err := e.Slope(slope, energies, b); err != nil {
					t.Fatal(err)
				}
				if err := e.Eval(only, b); err != nil || !slices.Equal(only, energies) {
					t.Errorf("%+v: Eval %v, Slope %v, error %v", c, only, energies, err)
				}
				for i := range b.N {
					x := b.X[i*n : (i+1)*n]
					y := slices.Clone(x)
					lu.Solve(false, 1, y, 1)
					want := 0.0
					for j, v := range x {
						want += v*y[j]/2 - math.Log(math.Cosh(v))
						if s := y[j] - math.Tanh(v); math.Abs(slope[i*n+j]-s) > 1e-12*(1+math.Abs(s)) {
							t.Fatalf("%+v: slope %v, want %v", c, slope[i*n+j], s)
						}
					}
					if math.Abs(energies[i]-want) > 1e-12*math.Abs(want) {
						t.Errorf("%+v: E = %.15g, want %.15g", c, energies[i], want)
					}
				}
			}
		}
	}
}

// Far out cosh overflows, and E goes as the quadratic form - sum |x| + N ln 2.
func TestFarOut(t *testing.T) {
	const l = 3
	e, err := New(Config{L: l, T: 2, Boundary: "periodic"})
	if err != nil {
		t.Fatal(err)
	}
	b := &core.Batch{N: 1, X: slices.Repeat([]float64{-1e4}, l*l)}
	energy, slope := make([]float64, 1), make([]float64, l*l)
	if err := e.Slope(slope, energy, b); err != nil {
		t.Fatal(err)
	}
	k := (4-least(l, true))/2 + gap // of the uniform mode
	if want := l * l * (1e8/(2*k) - 1e4 + math.Ln2); math.Abs(energy[0]-want) > 1e-12*want {
		t.Errorf("E = %.15g, want %.15g", energy[0], want)
	}
	if want := -1e4/k + 1; math.Abs(slope[4]-want) > 1e-12*math.Abs(want) {
		t.Errorf("slope %v, want %v", slope[4], want)
	}
}

func values(t *testing.T, c Config) map[string]float64 {
	t.Helper()
	e, err := New(c)
	x := exacttest.Values(t, e, err, 1)
	if x["free_energy"] != -x["log_z"] {
		t.Errorf("exact values %v", x)
	}
	return x
}

// -ln Z/N on tori, from Kaufman's ln Z of the spins and the eigenvalues of K,
// computed elsewhere to the digits shown.
func TestTorus(t *testing.T) {
	sizes := []int{4, 8, 16, 32}
	for temperature, row := range map[float64][]float64{
		2.0:      {-2.60946664, -2.59599349, -2.58873048, -2.58670699},
		critical: {-2.33604573, -2.32273463, -2.31592086, -2.31404989},
		2.5:      {-2.15207303, -2.14208442, -2.13811415, -2.13769082},
		3.0:      {-1.85939796, -1.85920187, -1.85892819, -1.85892468},
	} {
		for i, want := range row {
			l := sizes[i]
			if got := -values(t, Config{l, temperature, "periodic"})["log_z"] / float64(l*l); math.Abs(got-want) > 6e-9 {
				t.Errorf("L = %d, T = %v: %.10g, want %.10g", l, temperature, got, want)
			}
		}
	}
}

// Open lattices at the critical temperature of the torus: the values in the
// README of the authors' program for arXiv:1809.10188.
func TestOpen(t *testing.T) {
	for l, want := range map[int]float64{4: -1.94700012, 8: -2.19097185} {
		if got := -values(t, Config{l, critical, "open"})["log_z"] / float64(l*l); math.Abs(got-want) > 6e-9 {
			t.Errorf("L = %d: %.10g, want %.10g", l, got, want)
		}
	}
	e, err := New(Config{40, critical, "open"})
	if err != nil || slices.Contains(e.Spec().Powers, core.PowerExact) {
		t.Errorf("an open lattice of 1600 sites is declared exact, error %v", err)
	}
}

// exp(-E(x))/Z is the mixture of normal densities N(K s, K) with the weights of
// the spins' Boltzmann density, at every x: all states s are summed over.
func TestMixture(t *testing.T) {
	for _, c := range []Config{{2, 1.7, "open"}, {3, critical, "periodic"}} {
		e, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		n := c.L * c.L
		shift := least(c.L, c.Boundary == "periodic") / c.T
		k := matrix(c.L, c.T, c.Boundary == "periodic", shift)
		var lu tensor.LU
		lu.Factor(n, slices.Clone(k), n)
		lnDet, _ := lu.LogDet()
		b := normal(4, n)
		energies := make([]float64, b.N)
		if err := e.Eval(energies, b); err != nil {
			t.Fatal(err)
		}
		var z, mm float64 // of the spins: Z and <m^2> Z
		p := make([]float64, b.N)
		s, ks, y := make([]float64, n), make([]float64, n), make([]float64, n)
		for state := range 1 << n {
			for j := range s {
				s[j] = float64(2*(state>>j&1) - 1)
			}
			tensor.Gemm(false, false, n, 1, n, 1, k, n, s, 1, 0, ks, 1)
			exponent := -float64(n) * (gap - shift) / 2 // s^T A s/(2T) = s^T K s/2 - N alpha/2
			m := 0.0
			for j, v := range s {
				exponent += v * ks[j] / 2
				m += v / float64(n)
			}
			weight := math.Exp(exponent)
			z += weight
			mm += weight * m * m
			for i := range p {
				copy(y, b.X[i*n:])
				for j := range y {
					y[j] -= ks[j]
				}
				d := slices.Clone(y)
				lu.Solve(false, 1, y, 1)
				form := 0.0
				for j, v := range d {
					form += v * y[j]
				}
				p[i] += weight * math.Exp(-form/2-float64(n)/2*math.Log(2*math.Pi)-lnDet/2)
			}
		}
		known := values(t, c)
		if got := known["spin_magnetization_squared"]; math.Abs(got-mm/z) > 1e-12 {
			t.Errorf("%+v: <m^2> = %.14g, want %.14g", c, got, mm/z)
		}
		for i, energy := range energies {
			if got, want := math.Log(p[i]/z), -energy-known["log_z"]; math.Abs(got-want) > 1e-11*(1+math.Abs(want)) {
				t.Errorf("%+v: ln of the mixture %.14g, -E - ln Z = %.14g", c, got, want)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	e, err := New(Config{4, 2, "periodic"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Exact(0.5)
	if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(),
		"dualising: they are known at beta = 1 alone, got 0.5 (set ensemble.beta = 1 and the temperature of the Ising model by energy.T)") {
		t.Errorf("error %v", err)
	}
	if _, err := New(Config{4, math.Inf(1), "periodic"}); core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "dualising: T must be finite") {
		t.Errorf("error %v", err)
	}
	for _, bad := range []core.Settings{{}, {"L": 1}, {"L": 4, "T": 0}, {"L": 4, "boundary": "closed"}} {
		if _, problems := core.Complete(Part.Params, bad); problems == nil {
			t.Errorf("settings %v were accepted", bad)
		}
	}
}

func BenchmarkSlope(b *testing.B) {
	for _, l := range []int{8, 16, 32, 64} {
		b.Run(fmt.Sprint("L=", l), func(b *testing.B) {
			e, err := New(Config{l, critical, "periodic"})
			if err != nil {
				b.Fatal(err)
			}
			batch := normal(1<<17/(l*l), l*l)
			energies, slope := make([]float64, batch.N), make([]float64, len(batch.X))
			b.ReportAllocs()
			for range enginetest.Loop(b) {
				if err := e.Slope(slope, energies, batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(batch.X)), "ns/site")
		})
	}
}
