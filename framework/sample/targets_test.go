package sample

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// wells is E = sum_j [a_j x_j^4 + b_j x_j^2 + c_j x_j], a sum of independent
// terms, so that everything about it follows by quadrature in one dimension.
type wells struct{ a, b, c []float64 }

func (w wells) Spec() core.EnergySpec {
	return core.EnergySpec{Space: core.Space{Kind: core.Field, Shape: []int{len(w.a)}}, Powers: []core.Power{core.PowerSlope}}
}

func (w wells) Eval(dst []float64, b *core.Batch) error {
	for i := range dst {
		dst[i] = 0
		for j := range w.a {
			dst[i] += w.energy(j, b.X[i*len(w.a)+j])
		}
	}
	return nil
}

func (w wells) energy(j int, x float64) float64 { return x * (w.c[j] + x*(w.b[j]+x*x*w.a[j])) }

func (w wells) Slope(slope, e []float64, b *core.Batch) error {
	for i, x := range b.X {
		j := i % len(w.a)
		slope[i] = w.c[j] + x*(2*w.b[j]+4*x*x*w.a[j])
	}
	return w.Eval(e, b)
}

// mean of o(x_j) under exp(-beta E), by the trapezoidal rule, which converges
// faster than any power for a smooth integrand that vanishes at the ends.
func (w wells) mean(j int, beta float64, o func(x float64) float64) float64 {
	sum, norm := 0.0, 0.0
	for k := -4000; k <= 4000; k++ {
		x := float64(k) * 0.002
		p := math.Exp(-beta * w.energy(j, x))
		sum += p * o(x)
		norm += p
	}
	return sum / norm
}

// cubic is the model x_j = s z_j + t z_j^3: a density that is not normal, with
// an exact map. It has no parameters.
type cubic struct {
	d    int
	s, t float64
}

func (m cubic) Spec() core.ModelSpec {
	return core.ModelSpec{Space: core.Space{Kind: core.Field, Shape: []int{m.d}}, Powers: []core.Power{core.PowerMap}}
}
func (cubic) Init([]float64, uint64) error                 { return nil }
func (cubic) Load([]float64) error                         { return nil }
func (cubic) Pull([]float64, *core.Batch, []float64) error { return nil }
func (m cubic) slope(z float64) float64                    { return m.s + 3*m.t*z*z }
func (m cubic) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, m.d)
	var stream rand.PCG
	z := make([]float64, n*m.d)
	for i := range n {
		core.SeedStream(&stream, seed, uint64(dst.From+i))
		r := rand.New(&stream)
		for j := range m.d {
			z[i*m.d+j] = r.NormFloat64()
		}
	}
	lnDet := make([]float64, n)
	if err := m.Map(dst.X, lnDet, z); err != nil {
		return err
	}
	return m.LogProb(dst.LogP, dst.X)
}

func (m cubic) LogProb(dst, x []float64) error {
	z := make([]float64, len(x))
	if err := m.Inverse(z, dst, x); err != nil {
		return err
	}
	for i := range dst {
		dst[i] = -dst[i]
		for _, v := range z[i*m.d : (i+1)*m.d] {
			dst[i] -= v*v/2 + math.Log(2*math.Pi)/2
		}
	}
	return nil
}

func (m cubic) Map(x, lnDet, z []float64) error {
	for i, v := range z {
		x[i] = v * (m.s + m.t*v*v)
	}
	for i := range lnDet {
		lnDet[i] = 0
		for _, v := range z[i*m.d : (i+1)*m.d] {
			lnDet[i] += math.Log(m.slope(v))
		}
	}
	return nil
}

func (m cubic) Inverse(z, lnDet, x []float64) error {
	for i, v := range x {
		z[i] = 0
		for range 100 { // Newton; the map is monotone
			z[i] -= (z[i]*(m.s+m.t*z[i]*z[i]) - v) / m.slope(z[i])
		}
	}
	return m.Map(slices.Clone(x), lnDet, z)
}

func (m cubic) MapPull(zbar, z, xbar, lbar []float64) error {
	for i, v := range z {
		zbar[i] = xbar[i]*m.slope(v) + lbar[i/m.d]*6*m.t*v/m.slope(v)
	}
	return nil
}

// The terms differ in stiffness, skewness and number of wells; the model is
// wider than each of them, so that no weight is large.
var (
	target = wells{a: []float64{0, 0.5, 0.3}, b: []float64{2, -1, 0.2}, c: []float64{-1, 0.2, 0.3}}
	wide   = cubic{d: 3, s: 0.8, t: 0.05}
)

const beta = 1.3

var stepping = []Method{MethodMetropolis, MethodMALA, MethodHMC, MethodLatentHMC}

func open(t *testing.T, o Options) core.Sampler {
	t.Helper()
	s, err := New(o, core.Target{Model: wide, Energy: target, Beta: beta})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func begin(t *testing.T, s core.Sampler, seed uint64) core.SamplerState {
	t.Helper()
	state, err := s.Init(seed)
	for left := 1; left > 0 && err == nil; {
		state, left, err = s.Burn(state)
	}
	if err != nil {
		t.Fatal(err)
	}
	return state
}
