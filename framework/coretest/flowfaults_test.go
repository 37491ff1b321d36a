package coretest

import (
	"os"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The faults of faults_test.go in models and energies of real numbers, which
// have every power.
var flowFaults = map[string]struct {
	subtest string
	wrap    func() core.Model
}{
	"power without methods":       {"spec", func() core.Model { return struct{ core.Model }{three()} }},
	"labels missing":              {"spec", func() core.Model { return unlabelled{three()} }},
	"density of the wrong volume": {"normalisation", func() core.Model { return swollen{unopened(core.Field, 2)} }},
	"gradient along the sample":   {"path", func() core.Model { return scaledPath{three(), 1 + 1e-4, 1} }},
	"ln p along the sample":       {"path", func() core.Model { return scaledPath{three(), 1, 1 + 1e-4} }},
	"noise overwritten":           {"path_in_use", func() core.Model { return forgetful{three()} }},
	"gradient depends on n":       {"path_in_use", func() core.Model { return averaged{three()} }},
	"velocity of another sample":  {"velocity", func() core.Model { return &slowing{gaussian: three(), by: 1e-3} }},
	"derivative of the velocity":  {"velocity_pull", func() core.Model { return &slowing{gaussian: three(), pull: 1e-4} }},
	"velocity beside the map":     {"velocity_and_map", func() core.Model { return &slowing{gaussian: three(), all: 1e-4} }},
	"noise of an earlier batch":   {"lost_noise", func() core.Model { return careless{three()} }},
	"noise of other parameters":   {"lost_noise", func() core.Model { return hoarding{three()} }},
	"samples too wide":            {"stein", func() core.Model { return wide{three()} }},
	"samples too wide for Pull":   {"score", func() core.Model { return wide{three()} }},
	"gradient is zero in mean":    {"score", func() core.Model { return scaledPath{three(), 0, 0} }},
	"slope of the wrong size":     {"slope", func() core.Model { return scaledSlope{three(), 1 + 1e-4} }},
	"slope is zero":               {"slope", func() core.Model { return scaledSlope{three(), 0} }},
	"ln p beside the slope":       {"slope", func() core.Model { return swollen{three()} }},
	"inverse not exact":           {"map", func() core.Model { return nearlyInverse{three()} }},
	"sign of ln det":              {"map", func() core.Model { return expanding{three()} }},
	"map of another density":      {"images", func() core.Model { return swollen{three()} }},
	"ln det of another map":       {"jacobian", func() core.Model { return swollenMap{three()} }},
	"ln det constant in z":        {"map_pull", func() core.Model { return constantDet{bent{three()}} }},
	"z2 claimed":                  {"symmetries", func() core.Model { return claimed{three(), core.Z2} }},
	"translation claimed":         {"symmetries", func() core.Model { return claimed{three(), core.Translation} }},
	"reflection claimed":          {"symmetries", func() core.Model { return claimed{three(), core.Reflection} }},
	"permutation claimed":         {"symmetries", func() core.Model { return claimed{unopened(core.Particles, 4), core.Permutation} }},
	"rotation claimed":            {"symmetries", func() core.Model { return claimed{unopened(core.Particles, 4), core.Rotation} }},
	"images claimed":              {"images", func() core.Model { return claimed{three(), core.Z2} }},
}

func three() *gaussian { return unopened(core.Field, 3) }

type unlabelled struct{ *gaussian }

func (m unlabelled) Spec() core.ModelSpec {
	s := m.gaussian.Spec()
	s.LatentScale = make([]int, m.d-1)
	return s
}

// swollen has a ln p that is too large by 1e-4, except beside its slope.
type swollen struct{ *gaussian }

func (m swollen) LogProb(dst, x []float64) error {
	err := m.gaussian.LogProb(dst, x)
	for i := range dst {
		dst[i] += 1e-4
	}
	return err
}

type scaledPath struct {
	*gaussian
	x, l float64
}

func (m scaledPath) PathPull(grad []float64, b *core.Batch, xbar, lbar []float64) error {
	return m.gaussian.PathPull(grad, b, times(m.x, xbar), times(m.l, lbar))
}

func times(c float64, v []float64) []float64 {
	return each(v, func(x float64) float64 { return c * x })
}

// slowing has a velocity that falls with the place in the batch, or throughout,
// and a pull-back that is another's.
type slowing struct {
	*gaussian
	by, all, pull float64
}

func (m *slowing) Velocity(v, x, t []float64) error {
	err := m.gaussian.Velocity(v, x, t)
	for j := range v {
		v[j] *= 1 - m.all - m.by*float64(j/m.d)
	}
	return err
}

func (m *slowing) VelocityPull(grad []float64, b *core.Batch, vbar []float64) error {
	return m.gaussian.VelocityPull(grad, b, times(1-m.all-m.pull, vbar))
}

// forgetful keeps the noise where LogProb puts what it computes.
type forgetful struct{ *gaussian }

func (m forgetful) LogProb(dst, x []float64) error {
	if m.noise != nil {
		copy(m.noise, x)
	}
	return m.gaussian.LogProb(dst, x)
}

type averaged struct{ *gaussian }

func (m averaged) PathPull(grad []float64, b *core.Batch, xbar, lbar []float64) error {
	err := m.gaussian.PathPull(grad, b, xbar, lbar)
	copy(grad, times(1/float64(b.N+1), grad))
	return err
}

// careless takes any batch that has an ID for its last.
type careless struct{ *gaussian }

func (m careless) PathPull(grad []float64, b *core.Batch, xbar, lbar []float64) error {
	last := *b
	if last.ID != 0 {
		last.ID = m.drawn
	}
	return m.gaussian.PathPull(grad, &last, xbar, lbar)
}

// hoarding keeps the noise when parameters change.
type hoarding struct{ *gaussian }

func (m hoarding) Load(theta []float64) error {
	noise := m.noise
	err := m.gaussian.Load(theta)
	m.noise = noise
	return err
}

// wide draws x = mu + 1.1 L z.
type wide struct{ *gaussian }

func (m wide) Sample(dst *core.Batch, seed uint64, n int) error {
	if err := m.gaussian.Sample(dst, seed, n); err != nil {
		return err
	}
	m.noise = times(1.1, m.noise)
	if err := m.Map(dst.X, dst.LogP, m.noise); err != nil {
		return err
	}
	return m.LogProb(dst.LogP, dst.X)
}

type scaledSlope struct {
	*gaussian
	by float64
}

func (m scaledSlope) Slope(slope, logP, x []float64) error {
	err := m.gaussian.Slope(slope, logP, x)
	copy(slope, times(m.by, slope))
	return err
}

type nearlyInverse struct{ *gaussian }

func (m nearlyInverse) Inverse(z, lnDet, x []float64) error {
	return m.gaussian.Inverse(z, lnDet, times(1+1e-8, x))
}

// expanding gives ln|det dz/dx| with Inverse.
type expanding struct{ *gaussian }

func (m expanding) Inverse(z, lnDet, x []float64) error {
	err := m.gaussian.Inverse(z, lnDet, x)
	copy(lnDet, times(-1, lnDet))
	return err
}

// swollenMap has the same mistake in everything that follows from its
// determinant.
type swollenMap struct{ *gaussian }

func (m swollenMap) Load(theta []float64) error {
	err := m.gaussian.Load(theta)
	m.logDet += 1e-6
	return err
}

// constantDet is right for maps that are linear.
type constantDet struct{ bent }

func (m constantDet) MapPull(zbar, z, xbar, lbar []float64) error {
	return m.bent.MapPull(zbar, z, xbar, make([]float64, len(lbar)))
}

type claimed struct {
	*gaussian
	symmetry core.Symmetry
}

func (m claimed) Spec() core.ModelSpec {
	s := m.gaussian.Spec()
	s.Symmetries = []core.Symmetry{m.symmetry}
	return s
}

var fieldFaults = map[string]struct {
	subtest string
	wrap    func() core.Energy
}{
	"power without methods":    {"spec", func() core.Energy { return struct{ core.Energy }{field()} }},
	"slope of the wrong size":  {"slope", func() core.Energy { return wrongSlope{field(), 1 + 1e-4, 0} }},
	"forces instead of slope":  {"slope", func() core.Energy { return wrongSlope{field(), -1, 0} }},
	"slope is zero":            {"slope", func() core.Energy { return wrongSlope{field(), 0, 0} }},
	"energy beside the slope":  {"slope", func() core.Energy { return wrongSlope{field(), 1, 1e-6} }},
	"caller's x kept":          {"slope", func() core.Energy { return &keepsX{wells: field()} }},
	"z2 claimed":               {"symmetries", func() core.Energy { return field(core.Z2) }},
	"translation claimed":      {"symmetries", func() core.Energy { return field(core.Translation) }},
	"reflection claimed":       {"symmetries", func() core.Energy { return field(core.Reflection) }},
	"permutation claimed":      {"symmetries", func() core.Energy { return gas(core.Permutation) }},
	"rotation claimed":         {"symmetries", func() core.Energy { return gas(core.Rotation) }},
	"permutation of a lattice": {"symmetries", func() core.Energy { return field(core.Permutation) }},
	"box claimed":              {"box", func() core.Energy { return inBox(1) }},
	"mass negative":            {"spec", func() core.Energy { return inBox(-1) }},
	"unknown symmetry":         {"symmetries", func() core.Energy { return field("gauge") }},
}

// wells is E(x) = 1/2 sum_j j (x_j - 1)^2, j = 1, 2, ..., which has no symmetry,
// on a field of 2 x 2 sites or for two particles in two dimensions.
type wells struct {
	space      core.Space
	symmetries []core.Symmetry
}

func field(claims ...core.Symmetry) wells {
	return wells{core.Space{Kind: core.Field, Shape: []int{2, 2}, Periodic: true}, claims}
}

func gas(claims ...core.Symmetry) wells {
	return wells{core.Space{Kind: core.Particles, Shape: []int{2, 2}}, claims}
}

func (e wells) Spec() core.EnergySpec {
	return core.EnergySpec{Space: e.space, Units: "J", Symmetries: e.symmetries, Powers: []core.Power{core.PowerSlope}}
}

func (e wells) Eval(dst []float64, b *core.Batch) error {
	return e.Slope(make([]float64, len(b.X)), dst, b)
}

func (e wells) Slope(slope, energy []float64, b *core.Batch) error {
	clear(energy)
	for i, x := range b.X {
		k := float64(1 + i%4)
		slope[i] = k * (x - 1)
		energy[i/4] += slope[i] * (x - 1) / 2
	}
	return nil
}

// inBox says that it is periodic; its kinetic energy has any sign.
func inBox(kinetic float64) core.Energy { return boxedGas{gas(), kinetic} }

type boxedGas struct {
	wells
	kinetic float64
}

func (e boxedGas) Spec() core.EnergySpec {
	s := e.wells.Spec()
	s.Kinetic, s.Space.Periodic, s.Space.Box = e.kinetic, true, []float64{4, 4}
	return s
}

type wrongSlope struct {
	wells
	by, more float64
}

func (e wrongSlope) Slope(slope, energy []float64, b *core.Batch) error {
	err := e.wells.Slope(slope, energy, b)
	copy(slope, times(e.by, slope))
	for i := range energy {
		energy[i] += e.more
	}
	return err
}

// keepsX answers from the x of its first call.
type keepsX struct {
	wells
	x []float64
}

func (e *keepsX) Slope(slope, energy []float64, b *core.Batch) error {
	if e.x == nil {
		e.x = b.X
	}
	return e.wells.Slope(slope, energy, &core.Batch{N: b.N, X: e.x[:min(len(e.x), len(b.X))]})
}

func TestFaultyFlow(t *testing.T) {
	f, ok := flowFaults[os.Getenv("FAULT")]
	if !ok {
		t.Skip("run by TestFaultsAreFound")
	}
	Model(t, func(*testing.T) core.Model { return f.wrap() }, ModelOptions{})
}

func TestFaultyField(t *testing.T) {
	f, ok := fieldFaults[os.Getenv("FAULT")]
	if !ok {
		t.Skip("run by TestFaultsAreFound")
	}
	Energy(t, func(*testing.T) core.Energy { return f.wrap() }, EnergyOptions{})
}
