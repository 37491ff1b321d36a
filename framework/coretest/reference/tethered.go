package reference

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Tethered is a classical nucleus R in a well with a quantum electron r on a spring, on
// the line and in atomic units,
//
//	H = -(1/2) d^2/dr^2 + k_n R^2/2 + k_e (r - R)^2/2.
//
// The electron has the energy sqrt(k_e)/2 wherever the nucleus is, so
//
//	F = sqrt(k_e)/2 - kT ln sqrt(2 pi kT / k_n).
func Tethered(kn, ke float64) core.Part {
	return energy("tethered", "a nucleus in a well, an electron on a spring", func() core.Energy { return tethered{kn, ke} })
}

type tethered struct{ kn, ke float64 }

// Spec implements core.Energy.
func (tethered) Spec() core.EnergySpec {
	one := core.Space{Kind: core.Particles, Shape: []int{1, 1}}
	return core.EnergySpec{Units: "hartree", Kinetic: 0.5,
		Space: core.Space{Kind: core.Mixed, Fields: []core.NamedSpace{{Name: "nucleus", Space: one}, {Name: "electron", Space: one}}}}
}

// Eval implements core.Energy.
func (e tethered) Eval(dst []float64, b *core.Batch) error {
	for i := range dst {
		n, r := b.X[2*i], b.X[2*i+1]
		dst[i] = e.kn*n*n/2 + e.ke*(r-n)*(r-n)/2
	}
	return nil
}

// Family is the state p(R) |psi_R(r)|^2 of normal densities,
//
//	R ~ N(0, exp(2a)),   psi_R(r)^2 = N(r; c R, exp(2 s)),
//
// where each R is drawn with members electrons. theta is a, c and s.
func Family(members int) core.Part {
	return model("family", "a nucleus, and several draws of its electron", func(space core.Space) core.Model { return &pair{space: space, members: members} })
}

type pair struct {
	space   core.Space
	members int
	a, c, s float64
	drawn   uint64
}

var (
	_ core.Model         = (*pair)(nil)
	_ core.DensityMatrix = (*pair)(nil)
)

// Spec implements core.Model.
func (m *pair) Spec() core.ModelSpec {
	return core.ModelSpec{Space: m.space, Parameters: 3, Powers: []core.Power{core.PowerQuantum, core.PowerFamilies}}
}

// Init implements core.Model.
func (m *pair) Init(theta []float64, _ uint64) error {
	clear(theta)
	return nil
}

// Load implements core.Model.
func (m *pair) Load(theta []float64) error {
	m.a, m.c, m.s = theta[0], theta[1], theta[2]
	return nil
}

// Sample implements core.Density: row i is of the family i / members.
func (m *pair) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, 2)
	m.drawn++
	dst.ID = m.drawn
	parent := core.Parent.Room(dst, n)
	var stream rand.PCG
	for i := range n {
		at := dst.From + i
		parent[i] = int32(at / m.members)
		core.SeedStream(&stream, core.Derive(seed, 1), uint64(parent[i]))
		dst.X[2*i] = math.Exp(m.a) * rand.New(&stream).NormFloat64()
		core.SeedStream(&stream, core.Derive(seed, 2), uint64(at))
		dst.X[2*i+1] = m.c*dst.X[2*i] + math.Exp(m.s)*rand.New(&stream).NormFloat64()
	}
	for i := range n {
		dst.LogP[i] = logNormal(dst.X[2*i], m.a)
	}
	return nil
}

// logNormal is ln N(x; 0, exp(2 s)).
func logNormal(x, s float64) float64 {
	z := x * math.Exp(-s)
	return -z*z/2 - s - math.Log(2*math.Pi)/2
}

// LogProb implements core.Density: ln <R, r|rho|R, r>.
func (m *pair) LogProb(dst, x []float64) error {
	for i := range dst {
		dst[i] = logNormal(x[2*i], m.a) + logNormal(x[2*i+1]-m.c*x[2*i], m.s)
	}
	return nil
}

// Pull implements core.Model.
func (m *pair) Pull(grad []float64, b *core.Batch, w []float64) error {
	v := make([]complex128, len(w))
	for i := range v {
		v[i] = complex(2*w[i], 0)
	}
	return m.StatePull(grad, b, w, v)
}

// LogPsi implements core.DensityMatrix.
func (m *pair) LogPsi(logPsi []complex128, logP []float64, b *core.Batch) error {
	for i := range logPsi {
		logP[i] = logNormal(b.X[2*i], m.a)
		logPsi[i] = complex(logNormal(b.X[2*i+1]-m.c*b.X[2*i], m.s)/2, 0)
	}
	return nil
}

// Laplacian implements core.DensityMatrix: with ln psi = -u^2/4 e^{-2s},
// psi”/psi = (u e^{-2s}/2)^2 - e^{-2s}/2.
func (m *pair) Laplacian(dst []complex128, b *core.Batch) error {
	k := math.Exp(-2 * m.s)
	for i := range dst {
		u := b.X[2*i+1] - m.c*b.X[2*i]
		dst[i] = complex(u*u*k*k/4-k/2, 0)
	}
	return nil
}

// StatePull implements core.DensityMatrix.
func (m *pair) StatePull(grad []float64, b *core.Batch, w []float64, v []complex128) error {
	b.Sum(grad, func(sum []float64, from, to int) {
		for i := from; i < to; i++ {
			n, u := b.X[2*i]*math.Exp(-m.a), (b.X[2*i+1]-m.c*b.X[2*i])*math.Exp(-m.s)
			sum[0] += w[i] * (n*n - 1)
			sum[1] += real(v[i]) / 2 * u * b.X[2*i] * math.Exp(-m.s)
			sum[2] += real(v[i]) / 2 * (u*u - 1)
		}
	})
	return nil
}
