package reference

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Angles is the model of independent angles with the density of von Mises,
//
//	p(x) = prod_j exp(a_j cos x_j + b_j sin x_j) / (2 pi I_0(k_j)),   k_j = sqrt(a_j^2 + b_j^2),
//
// whose gradient is d ln p/da_j = cos x_j - A(k_j) a_j/k_j, likewise for b_j and sin,
// with A = I_1/I_0. It begins at theta = 0, where all angles are alike. Draws are those of
// D. J. Best and N. I. Fisher, Applied Statistics 28, 152 (1979).
func Angles() core.Part {
	m := core.Manifest{Kind: core.KindModel, Name: "angles", Version: "1", Summary: "independent angles",
		Spaces: []core.SpaceKind{core.Angles}, Powers: []core.Power{core.PowerSlope}, Params: []core.Param{}}
	return core.Part{Manifest: m, NewModel: func(_ core.Settings, space core.Space) (core.Model, error) {
		if space.Kind != core.Angles {
			return nil, core.Errorf(core.Mismatch, "open model", "angles", "it needs angles, the energy has %v", space)
		}
		return &angles{space: space, theta: make([]float64, 2*space.Size())}, nil
	}}
}

type angles struct {
	space core.Space
	theta []float64 // a_j, b_j
	drawn uint64
}

var (
	_ core.Model       = (*angles)(nil)
	_ core.ModelSloper = (*angles)(nil)
)

// Spec implements core.Model.
func (m *angles) Spec() core.ModelSpec {
	return core.ModelSpec{Space: m.space, Parameters: len(m.theta), Powers: []core.Power{core.PowerSlope},
		Blocks: []core.Block{{Name: "field", Shape: []int{m.space.Size(), 2}}}}
}

// Init implements core.Model.
func (m *angles) Init(theta []float64, _ uint64) error {
	clear(theta)
	return nil
}

// Load implements core.Model.
func (m *angles) Load(theta []float64) error {
	copy(m.theta, theta)
	return nil
}

// Sample implements core.Model.
func (m *angles) Sample(dst *core.Batch, seed uint64, n int) error {
	d := m.space.Size()
	dst.Reset(n, d)
	m.drawn++
	dst.ID = m.drawn
	var source rand.PCG
	for i := range n {
		core.SeedStream(&source, seed, uint64(dst.From+i))
		r := rand.New(&source)
		x := dst.X[i*d : (i+1)*d]
		for j := range x {
			a, b := m.theta[2*j], m.theta[2*j+1]
			x[j] = math.Atan2(b, a) + vonMises(r, math.Hypot(a, b))
		}
		m.space.Wrap(x)
	}
	return m.LogProb(dst.LogP, dst.X)
}

// vonMises draws an angle from exp(k cos x), by rejection from a wrapped Cauchy density.
func vonMises(r *rand.Rand, k float64) float64 {
	if k < 1e-6 { // even, to that accuracy in p, and the formula has 0/0
		return math.Pi * (2*r.Float64() - 1)
	}
	tau := 1 + math.Sqrt(1+4*k*k)
	rho := (tau - math.Sqrt(2*tau)) / (2 * k)
	s := (1 + rho*rho) / (2 * rho)
	for {
		z := math.Cos(math.Pi * r.Float64())
		f := (1 + s*z) / (s + z)
		c, u, sign := k*(s-f), r.Float64(), r.Float64()
		if u > 0 && math.Log(c/u)+1-c >= 0 {
			return math.Copysign(math.Acos(max(-1, min(1, f))), sign-0.5)
		}
	}
}

// LogProb implements core.Model.
func (m *angles) LogProb(dst, x []float64) error {
	d := m.space.Size()
	norm := 0.0
	for j := range d {
		logI0, _ := bessel(math.Hypot(m.theta[2*j], m.theta[2*j+1]))
		norm += math.Log(2*math.Pi) + logI0
	}
	for i := range dst {
		dst[i] = -norm
		for j := range d {
			sin, cos := math.Sincos(x[i*d+j])
			dst[i] += m.theta[2*j]*cos + m.theta[2*j+1]*sin
		}
	}
	return nil
}

// Pull implements core.Model.
func (m *angles) Pull(grad []float64, b *core.Batch, w []float64) error {
	d := m.space.Size()
	b.Sum(grad, func(sum []float64, from, to int) {
		for j := range d {
			alpha, beta := m.theta[2*j], m.theta[2*j+1]
			_, mean := bessel(math.Hypot(alpha, beta))
			for i := from; i < to; i++ {
				sin, cos := math.Sincos(b.X[i*d+j])
				sum[2*j] += w[i] * (cos - mean*alpha)
				sum[2*j+1] += w[i] * (sin - mean*beta)
			}
		}
	})
	return nil
}

// Slope implements core.ModelSloper.
func (m *angles) Slope(slope, logP, x []float64) error {
	d := m.space.Size()
	for k, v := range x {
		sin, cos := math.Sincos(v)
		slope[k] = m.theta[2*(k%d)+1]*cos - m.theta[2*(k%d)]*sin
	}
	return m.LogProb(logP, x)
}

// bessel is ln I_0(k) and I_1(k)/(k I_0(k)), by the trapezoidal rule for
//
//	I_0 = 1/2pi int exp(k cos t) dt,   I_1/k = 1/2pi int exp(k cos t) sin^2 t dt,
//
// (the second by parts), which is exact to rounding up to k = 100 with this many points.
func bessel(k float64) (logI0, ratio float64) {
	const points = 128
	zero, one := 0.0, 0.0
	for p := range points {
		sin, cos := math.Sincos(2 * math.Pi * float64(p) / points)
		w := math.Exp(k * (cos - 1))
		zero += w
		one += w * sin * sin
	}
	return k + math.Log(zero/points), one / zero
}
