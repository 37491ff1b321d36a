package coretest

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The faults of faults_test.go in density matrices, of two particles on a line.
var quantumFaults = map[string]struct {
	subtest string
	wrap    func() core.Model
}{
	"power without methods":    {"spec", func() core.Model { return struct{ core.Model }{pair()} }},
	"box without edges":        {"spec", func() core.Model { return boxed(nil, []float64{0.1}) }},
	"twist out of range":       {"spec", func() core.Model { return boxed([]float64{2}, []float64{-0.5}) }},
	"no states":                {"sample", func() core.Model { return drawing{pair(), func(b *core.Batch) { b.K = nil }} }},
	"no acceptance":            {"sample", func() core.Model { return drawing{walking(), func(b *core.Batch) { b.Accept = nil }} }},
	"states of another seed":   {"sample", func() core.Model { return &restless{determinants: pair()} }},
	"orbitals out of order":    {"labels", func() core.Model { return drawing{pair(), func(b *core.Batch) { slices.Reverse(b.K) }} }},
	"an orbital twice":         {"labels", func() core.Model { return drawing{pair(), func(b *core.Batch) { b.K[0] = b.K[1] }} }},
	"orbitals without numbers": {"labels", func() core.Model { return unnumbered{pair()} }},
	"ln p of the other":        {"labels", func() core.Model { return drawing{pair(), func(b *core.Batch) { b.LogP[0] -= 1e-6 }} }},
	"states of another p":      {"state_frequencies", func() core.Model { return hot{pair()} }},
	"a state missing":          {"state_list", func() core.Model { return listing{pair(), func(l []float64) []float64 { return l[1:] }} }},
	"a list of its own":        {"state_list", func() core.Model { return listing{pair(), uniform} }},
	"diagonal too large":       {"diagonal", func() core.Model { return dense{pair()} }},
	"diagonal not normalised":  {"normalisation", func() core.Model { return dense{pair()} }},
	"wave functions too large": {"overlaps", func() core.Model { return waving{pair(), larger} }},
	"not orthogonal":           {"overlaps", func() core.Model { return ownWidths{pair()} }},
	"bosons":                   {"exchange", func() core.Model { return waving{pair(), positive} }},
	"box claimed":              {"twist", func() core.Model { return boxed([]float64{2}, nil) }},
	"twist the other way":      {"twist", func() core.Model { return newRing(0.2, -0.2) }},
	"phase gradient forgotten": {"laplacian", func() core.Model {
		return bending{pair(), func(l complex128, m *determinants, x []float64) complex128 { return l + complex(m.c*m.c*dot(x, x), 0) }}
	}},
	"Laplacian conjugate": {"laplacian", func() core.Model {
		return bending{pair(), func(l complex128, _ *determinants, _ []float64) complex128 { return cmplx.Conj(l) }}
	}},
	"estimates of no mean": {"laplacian", func() core.Model { return estimating{pair(), 0.3} }},
	"divergence forgotten": {"hermitian", func() core.Model {
		return bending{pair(), func(l complex128, m *determinants, x []float64) complex128 { return l - complex(0, m.c*2) }}
	}},
	"slope of |Psi|":                  {"state_slope", func() core.Model { return sloping{pair()} }},
	"draws of given states too wide":  {"state_draws", func() core.Model { return wideDraws{pair()} }},
	"draws without u":                 {"state_draws", func() core.Model { return &countedDraws{determinants: pair()} }},
	"a state for the next":            {"state_span", func() core.Model { return turnedSpan{pair()} }},
	"a span without its Laplacian":    {"state_span", func() core.Model { return flatSpan{pair()} }},
	"samples too wide":                {"wave_samples", func() core.Model { return drawing{pair(), stretch} }},
	"chains too wide":                 {"wave_samples", func() core.Model { return drawing{walking(), stretch} }},
	"gradient added, not written":     {"state_batches", func() core.Model { return pulling{pair(), 1, 1, true} }},
	"Pull of the amplitude":           {"state_batches", func() core.Model { return amplitude{pair()} }},
	"old batch trusted":               {"state_id", func() core.Model { return &trustingState{determinants: pair()} }},
	"theta kept":                      {"state_slices", func() core.Model { return &stateKeeper{determinants: pair()} }},
	"v conjugated in place":           {"state_slices", func() core.Model { return scribbling{pair()} }},
	"list lent":                       {"state_slices", func() core.Model { return lending{pair()} }},
	"weights of ln p":                 {"state_gradient", func() core.Model { return pulling{pair(), 1 + 1e-4, 1, false} }},
	"weights of ln Psi":               {"state_gradient", func() core.Model { return pulling{pair(), 1, 1 + 1e-4, false} }},
	"phase gradient of other sign":    {"state_gradient", func() core.Model { return unconjugated{pair()} }},
	"score of samples too wide":       {"mean_score", func() core.Model { return drawing{pair(), stretch} }},
	"score of states of another p":    {"mean_score", func() core.Model { return hot{pair()} }},
	"Fisher matrix not centred":       {"natural", func() core.Model { return stepping{pair(), -1, false} }},
	"damping forgotten":               {"natural", func() core.Model { return stepping{pair(), 0, true} }},
	"gradient of ln p only":           {"natural", func() core.Model { return stepping{pair(), 0, false} }},
	"products not centred":            {"natural_products", func() core.Model { return multiplying{pair(), "mean"} }},
	"products less means of the node": {"natural_products", func() core.Model { return multiplying{pair(), "node"} }},
	"scores of other parameters":      {"natural_products", func() core.Model { return multiplying{pair(), "theta"} }},
	"chains not put back":             {"walkers", func() core.Model { return &stubborn{walking()} }},
	"chains with a memory":            {"walkers", func() core.Model { return &restless{determinants: walking()} }},
	"chains that stand":               {"walkers", func() core.Model { return standing{walking()} }},
	"chains of another number kept":   {"walkers", func() core.Model { return &adding{determinants: walking()} }},
	"chains moved by Laplacian": {"walkers_in_use", func() core.Model {
		return bending{walking(), func(l complex128, m *determinants, _ []float64) complex128 { m.chains.Rows[2]++; return l }}
	}},
	"chains of another place kept": {"walkers", func() core.Model { return &seizing{walking()} }},
	"any state put back":           {"walkers", func() core.Model { return accepting{walking()} }},
	"step size shared":             {"walkers_cut", func() core.Model { return &sharing{walking()} }},
	"chains numbered by each":      {"walkers_cut", func() core.Model { return &relative{walking()} }},
	"chains lost by Load":          {"walkers_in_use", func() core.Model { return losing{walking()} }},
	"notices told again":           {"notices", func() core.Model { return nagging{pair()} }},
	"notices without a text":       {"notices", func() core.Model { return mumbling{pair()} }},
}

var line = core.Space{Kind: core.Particles, Shape: []int{2, 1}}

func pair() *determinants {
	return newDeterminants(line, determinantsConfig{Scale: 0.3, Excitation: 2, Warn: true})
}

func walking() *determinants {
	return newDeterminants(line, determinantsConfig{Scale: 0.3, Excitation: 2, Walk: true})
}

// drawing spoils what was drawn.
type drawing struct {
	*determinants
	spoil func(b *core.Batch)
}

func (m drawing) Sample(dst *core.Batch, seed uint64, n int) error {
	err := m.determinants.Sample(dst, seed, n)
	if n > 0 {
		m.spoil(dst)
	}
	return err
}

// wideDraws takes states for wider ones.
type wideDraws struct{ *determinants }

func (m wideDraws) DrawStates(x []float64, k []int32, u []float64) error {
	err := m.determinants.DrawStates(x, k, u)
	copy(x, times(1.1, x))
	return err
}

// countedDraws has random numbers of its own.
type countedDraws struct {
	*determinants
	calls float64
}

func (m *countedDraws) DrawStates(x []float64, k []int32, u []float64) error {
	m.calls++
	u = append([]float64(nil), u...)
	for i := range u {
		u[i] += m.calls
	}
	return m.determinants.DrawStates(x, k, u)
}

// turnedSpan takes a span for the configurations of one state after the other.
type turnedSpan struct{ *determinants }

func (m turnedSpan) SpanPsi(logPsi, lap []complex128, x []float64, states []int32) error {
	err := m.determinants.SpanPsi(logPsi, lap, x, states)
	n := len(x) / (m.n * m.dim)
	if n == 0 {
		return err
	}
	rows := slices.Clone(logPsi)
	for k, v := range rows {
		logPsi[k%n*(len(rows)/n)+k/n] = v
	}
	return err
}

// flatSpan has the Laplacian of ln Psi.
type flatSpan struct{ *determinants }

func (m flatSpan) SpanPsi(logPsi, lap []complex128, x []float64, states []int32) error {
	err := m.determinants.SpanPsi(logPsi, lap, x, states)
	for k := range lap {
		lap[k] += 1e-3
	}
	return err
}

func stretch(b *core.Batch) { copy(b.X, times(1.1, b.X)) }

// restless has random numbers that no seed decides.
type restless struct {
	*determinants
	calls uint64
}

func (m *restless) Sample(dst *core.Batch, seed uint64, n int) error {
	m.calls++
	return m.determinants.Sample(dst, seed+m.calls, n)
}

type unnumbered struct{ *determinants }

func (m unnumbered) Spec() core.ModelSpec {
	s := m.determinants.Spec()
	s.Orbitals = make([][]float64, len(s.Orbitals))
	return s
}

// hot draws all states alike.
type hot struct{ *determinants }

func (m hot) Sample(dst *core.Batch, seed uint64, n int) error {
	logP := slices.Clone(m.logP)
	copy(m.logP, uniform(logP))
	err := m.determinants.Sample(dst, seed, n)
	copy(m.logP, logP)
	for i := range n {
		k, _ := m.one(dst, i)
		dst.LogP[i] = logP[m.state(k)]
	}
	return err
}

func uniform(l []float64) []float64 {
	return each(l, func(float64) float64 { return -math.Log(float64(len(l))) })
}

type listing struct {
	*determinants
	spoil func(l []float64) []float64
}

func (m listing) StateLogP() ([]float64, error) {
	l, err := m.determinants.StateLogP()
	return m.spoil(l), err
}

type dense struct{ *determinants }

func (m dense) LogProb(dst, x []float64) error {
	err := m.determinants.LogProb(dst, x)
	for i := range dst {
		dst[i] += 1e-5
	}
	return err
}

// waving spoils ln Psi.
type waving struct {
	*determinants
	spoil func(l complex128) complex128
}

func (m waving) LogPsi(logPsi []complex128, logP []float64, b *core.Batch) error {
	err := m.determinants.LogPsi(logPsi, logP, b)
	for i, l := range logPsi {
		logPsi[i] = m.spoil(l)
	}
	return err
}

func larger(l complex128) complex128   { return l + 1e-5 }
func positive(l complex128) complex128 { return complex(real(l), 0) }

// ownWidths has a width for each state.
type ownWidths struct{ *determinants }

func (m ownWidths) LogPsi(logPsi []complex128, logP []float64, b *core.Batch) error {
	width := m.s
	err := m.determinants.LogPsi(logPsi, logP, b)
	for i := range b.N {
		k, x := m.one(b, i)
		m.s = width + 0.01*float64(m.state(k))
		logPsi[i], _, _ = m.wave(k, x)
	}
	m.s = width
	return err
}

// bending spoils the Laplacian.
type bending struct {
	*determinants
	spoil func(l complex128, m *determinants, x []float64) complex128
}

func (m bending) Laplacian(dst []complex128, b *core.Batch) error {
	err := m.determinants.Laplacian(dst, b)
	for i := range dst {
		_, x := m.one(b, i)
		dst[i] = m.spoil(dst[i], m.determinants, x)
	}
	return err
}

// sloping forgets the phase of Psi.
type sloping struct{ *determinants }

func (m sloping) StateSlope(dst []complex128, b *core.Batch) error {
	err := m.determinants.StateSlope(dst, b)
	for i, g := range dst {
		dst[i] = complex(real(g), 0)
	}
	return err
}

// estimating adds noise of width 1 and a bias to the Laplacian.
type estimating struct {
	*determinants
	bias float64
}

func (m estimating) Laplacian(dst []complex128, b *core.Batch) error {
	err := m.determinants.Laplacian(dst, b)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range dst {
		dst[i] += complex(r.NormFloat64()+m.bias, r.NormFloat64())
	}
	return err
}

func (m estimating) SpanPsi(logPsi, lap []complex128, x []float64, states []int32) error {
	return oneByOne(m, m.n, logPsi, lap, x, states)
}

func TestFaultyState(t *testing.T) {
	f, ok := quantumFaults[os.Getenv("FAULT")]
	if !ok {
		t.Skip("run by TestFaultsAreFound")
	}
	o := ModelOptions{Samples: 4000, Large: 100}
	if _, ok := f.wrap().(estimating); ok {
		o.Copies = 1000
	}
	Model(t, func(*testing.T) core.Model { return f.wrap() }, o)
}
