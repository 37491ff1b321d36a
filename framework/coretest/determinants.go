package coretest

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Determinants is the density matrix of a few Slater determinants of harmonic
// oscillator orbitals phi_k, of width e^s and with a phase,
//
//	Psi_K(x) = e^(-Nds/2) det[ phi_k(e^-s x_i) ]_(i, k in K) / sqrt(N!) exp( i c sum_i x_i^2/2 ),
//	p(K) = exp(l_K) / sum_K' exp(l_K'),
//
// with every power of a model of a quantum state. theta is s, c, and the l_K. K
// runs through the determinants up to an excitation above the lowest. As
// (-lap + y^2)/2 phi_k = eps_k phi_k, the energy in a [Trap] is known: with
// E_K = sum_(k in K) eps_k, by the virial theorem for <sum y^2> = E_K,
//
//	<H>_K = E_K/2 [ e^-2s + (1 + c^2) e^2s ].
//
// With walk it moves Markov chains in K and x. With warn each Sample leaves a
// notice that F is no bound.
func Determinants() core.Part {
	m := core.Manifest{Kind: core.KindModel, Name: "determinants", Version: "1", Summary: "Slater determinants of oscillator orbitals",
		Spaces: []core.SpaceKind{core.Particles}, Powers: append(slices.Clone(determinantsPowers), core.PowerWalk),
		Params: core.SchemaOf(determinantsConfig{Scale: 0.1, Excitation: 2})}
	return core.Part{Manifest: m, NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c determinantsConfig
		core.Decode(s, &c)
		if space.Kind != core.Particles || space.Periodic {
			return nil, core.Errorf(core.Mismatch, "open model", "determinants", "it needs particles in open space, the energy has %v", space)
		}
		m := newDeterminants(space, c)
		if m.most > mostQuanta {
			return nil, core.Errorf(core.Invalid, "open model", "determinants", "orbitals of more than %d quanta", mostQuanta)
		}
		return m, nil
	}}
}

type determinantsConfig struct {
	Scale      float64 `key:"scale" above:"0" help:"starting parameters are uniform in [-scale, scale)"`
	Excitation int     `key:"excitation" min:"0" help:"quanta above the lowest determinant"`
	Walk       bool    `key:"walk" help:"samples from Markov chains"`
	Warn       bool    `key:"warn" help:"each Sample leaves a notice"`
}

var determinantsPowers = []core.Power{core.PowerQuantum, core.PowerStates, core.PowerStateSlope, core.PowerStateDraws, core.PowerStateSpan, core.PowerNatural, core.PowerNaturalShares, core.PowerNaturalProducts, core.PowerNotices}

type determinants struct {
	determinantsConfig
	space  core.Space
	n, dim int
	levels [][]float64 // quanta of the orbitals along each axis
	most   int         // quanta along an axis
	states [][]int32   // all K

	s, c   float64
	logP   []float64 // of the states
	drawn  uint64
	warned int64
	grad   []float64               // of NaturalTiles
	kept   map[nodePlace][]float64 // scores of NaturalKeep
	chains core.State

	axes                    []axis // of a particle
	values, radials, row, y []float64
}

var (
	_ core.DensityMatrix     = (*determinants)(nil)
	_ core.StateLister       = (*determinants)(nil)
	_ core.StateSloper       = (*determinants)(nil)
	_ core.StateDrawer       = (*determinants)(nil)
	_ core.StateSpanner      = (*determinants)(nil)
	_ core.NaturalPuller     = (*determinants)(nil)
	_ core.NaturalSharer     = (*determinants)(nil)
	_ core.NaturalMultiplier = (*determinants)(nil)
	_ core.Walker            = (*determinants)(nil)
	_ core.Noticer           = (*determinants)(nil)
)

func newDeterminants(space core.Space, c determinantsConfig) *determinants {
	m := &determinants{determinantsConfig: c, space: space, n: space.Shape[0], dim: space.Shape[1]}
	m.levels, m.states = lowest(m.n, m.dim, c.Excitation)
	m.most = int(slices.Max(m.levels[len(m.levels)-1])) // the last of a shell has all along one axis
	m.axes = make([]axis, m.dim)
	m.logP, m.y = make([]float64, len(m.states)), make([]float64, m.n*m.dim)
	m.values, m.radials, m.row = make([]float64, m.n*m.n), make([]float64, m.n*m.n), make([]float64, m.n*m.n)
	return m
}

func (m *determinants) Spec() core.ModelSpec {
	spec := core.ModelSpec{Space: m.space, Parameters: 2 + len(m.states), Scores: 3 * (2 + len(m.states)), Orbitals: m.levels,
		Blocks:     []core.Block{{Name: "log_length"}, {Name: "phase"}, {Name: "logits", Shape: []int{len(m.states)}}},
		Symmetries: []core.Symmetry{core.Permutation, core.Z2}, Powers: determinantsPowers}
	if m.Walk {
		spec.Powers = append(slices.Clone(spec.Powers), core.PowerWalk)
	}
	return spec
}

func (m *determinants) Init(theta []float64, seed uint64) error {
	r := rand.New(rand.NewPCG(core.Derive(seed, 1), core.Derive(seed, 2)))
	for k := range theta {
		theta[k] = m.Scale * (2*r.Float64() - 1)
	}
	return nil
}

func (m *determinants) Load(theta []float64) error {
	m.s, m.c, m.kept = theta[0], theta[1], nil
	norm := logSumExp(theta[2:])
	for k, l := range theta[2:] {
		m.logP[k] = l - norm
	}
	return nil
}

func (m *determinants) StateLogP() ([]float64, error) { return slices.Clone(m.logP), nil }

// state is the number of K in the list, -1 if it is not there.
func (m *determinants) state(k []int32) int {
	return slices.IndexFunc(m.states, func(other []int32) bool { return slices.Equal(k, other) })
}

func (m *determinants) LogPsi(logPsi []complex128, logP []float64, b *core.Batch) error {
	for i := range b.N {
		k, x := m.one(b, i)
		logPsi[i], _, _ = m.wave(k, x)
		logP[i] = math.Inf(-1)
		if state := m.state(k); state >= 0 {
			logP[i] = m.logP[state]
		}
	}
	return nil
}

// one is configuration i.
func (m *determinants) one(b *core.Batch, i int) (k []int32, x []float64) {
	d := m.n * m.dim
	return b.K[i*m.n : (i+1)*m.n], b.X[i*d : (i+1)*d]
}

// LogProb is ln sum_K p(K) |Psi_K(x)|^2.
func (m *determinants) LogProb(dst, x []float64) error {
	d, terms := m.n*m.dim, make([]float64, len(m.states))
	for i := range dst {
		for j, k := range m.states {
			logPsi, _, _ := m.wave(k, x[i*d:(i+1)*d])
			terms[j] = m.logP[j] + 2*real(logPsi)
		}
		dst[i] = logSumExp(terms)
	}
	return nil
}

// Laplacian: with D the determinant of y = e^-s x, whose Laplacian follows from
// Schroedinger's equation, and the phase f = c x^2/2,
//
//	lap Psi/Psi = lap D/D - |grad f|^2 + i (2 grad ln D . grad f + lap f)
//	            = e^-2s (y^2 - 2 E_K) - c^2 x^2 + i c (2 y . grad_y ln D + Nd).
func (m *determinants) Laplacian(dst []complex128, b *core.Batch) error {
	for i := range b.N {
		k, x := m.one(b, i)
		_, radial, square := m.wave(k, x)
		shrink := math.Exp(-2 * m.s)
		dst[i] = complex(shrink*(shrink*square-2*m.energy(k))-m.c*m.c*square, m.c*(2*radial+float64(len(x))))
	}
	return nil
}

// SpanPsi implements core.StateSpanner.
func (m *determinants) SpanPsi(logPsi, lap []complex128, x []float64, states []int32) error {
	return oneByOne(m, m.n, logPsi, lap, x, states)
}

// oneByOne is SpanPsi by LogPsi and Laplacian of one state of n particles after the other.
func oneByOne(m core.DensityMatrix, n int, logPsi, lap []complex128, x []float64, states []int32) error {
	each := len(states) / n
	if each == 0 {
		return nil
	}
	b := core.Batch{N: len(logPsi) / each, X: x}
	b.K = make([]int32, b.N*n)
	logP := make([]float64, b.N)
	for s := range each {
		for i := range b.N {
			copy(b.K[i*n:], states[s*n:(s+1)*n])
		}
		if err := m.LogPsi(logPsi[s*b.N:(s+1)*b.N], logP, &b); err != nil {
			return err
		}
		if err := m.Laplacian(lap[s*b.N:(s+1)*b.N], &b); err != nil {
			return err
		}
	}
	return nil
}

// StateSlope: with D and f as above, grad ln Psi = e^-s grad_y ln D + i grad f. The derivative of
// ln D along y_a of one particle is that of wave's radial sum with the one-particle derivative
// in place of y . grad phi.
func (m *determinants) StateSlope(dst []complex128, b *core.Batch) error {
	for i := range b.N {
		k, x := m.one(b, i)
		for at := range x {
			dst[i*len(x)+at] = complex(math.Exp(-m.s)*m.along(k, x, at), m.c*x[at])
		}
	}
	return nil
}

// energy is E_K.
func (m *determinants) energy(k []int32) float64 {
	e := float64(m.n*m.dim) / 2
	for _, orbital := range k {
		for _, quanta := range m.levels[orbital] {
			e += quanta
		}
	}
	return e
}

// scores are grad ln p(K) and grad ln Psi_K(x) of configuration i.
func (m *determinants) scores(score []float64, o []complex128, b *core.Batch, i int) {
	k, x := m.one(b, i)
	_, radial, square := m.wave(k, x)
	clear(o)
	o[0], o[1] = complex(-float64(len(x))/2-radial, 0), complex(0, square/2)
	clear(score[:2])
	for j, l := range m.logP {
		score[2+j] = -math.Exp(l)
	}
	if state := m.state(k); state >= 0 {
		score[2+state]++
	}
}

func (m *determinants) StatePull(grad []float64, b *core.Batch, w []float64, v []complex128) error {
	score, o := make([]float64, len(grad)), make([]complex128, len(grad))
	b.Sum(grad, func(sum []float64, from, to int) {
		for i := from; i < to; i++ {
			m.scores(score, o, b, i)
			for j := range sum {
				sum[j] += w[i]*score[j] + real(v[i])*real(o[j]) + imag(v[i])*imag(o[j])
			}
		}
	})
	return nil
}

// Pull is that of ln p(K) + 2 Re ln Psi_K.
func (m *determinants) Pull(grad []float64, b *core.Batch, w []float64) error {
	return m.StatePull(grad, b, w, twice(w))
}

func twice(w []float64) []complex128 {
	v := make([]complex128, len(w))
	for i := range w {
		v[i] = complex(2*w[i], 0)
	}
	return v
}

func (m *determinants) Notices() ([]core.Notice, error) {
	if m.warned == 0 {
		return nil, nil
	}
	notice := core.Notice{Text: "a notice that was asked for", Count: m.warned, NoBound: true}
	m.warned = 0
	return []core.Notice{notice}, nil
}
