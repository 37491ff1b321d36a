package coretest

import (
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Each fault breaks one rule of the contract; the suite must fail in the
// subtest named. A suite's failure ends its test, so each runs in a process
// of its own: this test binary with FAULT set.
var modelFaults = map[string]struct {
	subtest string
	wrap    func(*product) core.Model
}{
	"gradient of the wrong size":  {"gradient", func(m *product) core.Model { return &scaledPull{m} }},
	"gradient added, not written": {"batches", func(m *product) core.Model { return &addingPull{m} }},
	"sum in order":                {"tree", func(m *product) core.Model { return &ordered{m} }},
	"density not normalised":      {"normalisation", func(m *product) core.Model { return &unnormalised{m} }},
	"samples of another density":  {"frequencies", func(m *product) core.Model { return &biased{m} }},
	"seed ignored":                {"sample", func(m *product) core.Model { return &deaf{m} }},
	"starts by its own numbers":   {"init", func(m *product) core.Model { return &elsewhere{m, rand.Float64()} }},
	"sample depends on n":         {"prefix", func(m *product) core.Model { return &reseeded{m} }},
	"theta kept":                  {"slices", func(m *product) core.Model { return &keeper{m} }},
	"old batch trusted":           {"batch_id", func(m *product) core.Model { return &trusting{product: m} }},
	"symmetry claimed":            {"symmetries", func(m *product) core.Model { return &claiming{m} }},
	"digits change":               {"sample", func(m *product) core.Model { return &rounding{product: m} }},
	"digits change too much":      {"sample", func(m *product) core.Model { return &rounding{product: m, says: true, by: 1e-8} }},
}

type scaledPull struct{ *product }

func (m *scaledPull) Pull(grad []float64, b *core.Batch, w []float64) error {
	err := m.product.Pull(grad, b, w)
	for i := range grad {
		grad[i] *= 1 + 1e-4
	}
	return err
}

type addingPull struct{ *product }

func (m *addingPull) Pull(grad []float64, b *core.Batch, w []float64) error {
	sum := make([]float64, len(grad))
	err := m.product.Pull(sum, b, w)
	for i := range grad {
		grad[i] += sum[i]
	}
	return err
}

// ordered adds configurations up one after the other, which is the same to rounding.
type ordered struct{ *product }

func (m *ordered) Pull(grad []float64, b *core.Batch, w []float64) error {
	return m.product.Pull(grad, &core.Batch{N: b.N, X: b.X, Shares: 1}, w)
}

type unnormalised struct{ *product }

func (m *unnormalised) LogProb(dst, x []float64) error {
	err := m.product.LogProb(dst, x)
	for i := range dst {
		dst[i] += 1e-6
	}
	return err
}

type biased struct{ *product }

func (m *biased) Sample(dst *core.Batch, seed uint64, n int) error {
	theta := m.theta
	m.theta = make([]float64, len(theta))
	if err := m.product.Sample(dst, seed, n); err != nil {
		return err
	}
	m.theta = theta
	return m.LogProb(dst.LogP, dst.X)
}

type deaf struct{ *product }

func (m *deaf) Sample(dst *core.Batch, _ uint64, n int) error { return m.product.Sample(dst, 0, n) }

// elsewhere starts elsewhere in each process.
type elsewhere struct {
	*product
	from float64
}

func (m *elsewhere) Init(theta []float64, seed uint64) error {
	err := m.product.Init(theta, seed)
	theta[0] += m.from
	return err
}

type reseeded struct{ *product }

func (m *reseeded) Sample(dst *core.Batch, seed uint64, n int) error {
	return m.product.Sample(dst, seed+uint64(n), n)
}

type keeper struct{ *product }

func (m *keeper) Load(theta []float64) error { m.theta = theta; return nil }

// trusting answers for the batch it drew last without asking whether its
// parameters are still the same.
type trusting struct {
	*product
	old product
}

func (m *trusting) Sample(dst *core.Batch, seed uint64, n int) error {
	m.old = *m.product
	m.old.theta = append([]float64(nil), m.theta...)
	return m.product.Sample(dst, seed, n)
}

func (m *trusting) Pull(grad []float64, b *core.Batch, w []float64) error {
	if b.ID != 0 && b.ID == m.drawn {
		return m.old.Pull(grad, b, w)
	}
	return m.product.Pull(grad, b, w)
}

type claiming struct{ *product }

func (m *claiming) Spec() core.ModelSpec {
	s := m.product.Spec()
	s.Symmetries = []core.Symmetry{core.Z2}
	return s
}

// rounding computes ln p anew each time, and perhaps says so.
type rounding struct {
	*product
	says  bool
	by    float64
	calls int
}

func (m *rounding) Spec() core.ModelSpec {
	s := m.product.Spec()
	s.NotBitwise = m.says
	return s
}

func (m *rounding) Sample(dst *core.Batch, seed uint64, n int) error {
	err := m.product.Sample(dst, seed, n)
	m.calls++
	for i := range dst.LogP {
		dst.LogP[i] *= 1 + float64(m.calls%3)*max(m.by, 1e-15)
	}
	return err
}

var observerFaults = map[string]struct {
	subtest string
	wrap    func(*walls) core.Observer
}{
	"NaN":                {"values", func(w *walls) core.Observer { w.t = math.NaN(); return w }},
	"mean of the batch":  {"batches", func(w *walls) core.Observer { return &averaging{w} }},
	"numbers kept":       {"values", func(w *walls) core.Observer { return &counting{walls: w} }},
	"caller's E used":    {"slices", func(w *walls) core.Observer { return &spoiling{w} }},
	"one number too few": {"values", func(w *walls) core.Observer { return &lazy{w} }},
	"no units":           {"spec", func(w *walls) core.Observer { w.spec.Observables[0].Units = ""; return w }},
}

// averaging makes the statistics that are the host's business.
type averaging struct{ *walls }

func (w *averaging) Observe(dst []float64, b *core.Batch) error {
	err := w.walls.Observe(dst, b)
	for size, i := w.spec.Size(), 1; i < b.N; i++ {
		dst[i*size] = dst[0]
	}
	return err
}

// counting adds up over calls.
type counting struct {
	*walls
	calls float64
}

func (w *counting) Observe(dst []float64, b *core.Batch) error {
	err := w.walls.Observe(dst, b)
	for i := range dst {
		dst[i] += w.calls
	}
	w.calls++
	return err
}

type spoiling struct{ *walls }

func (w *spoiling) Observe(dst []float64, b *core.Batch) error {
	err := w.walls.Observe(dst, b)
	clear(b.E)
	return err
}

type lazy struct{ *walls }

func (w *lazy) Observe(dst []float64, b *core.Batch) error {
	if b.N == 0 {
		return nil
	}
	last := dst[len(dst)-1]
	err := w.walls.Observe(dst, b)
	dst[len(dst)-1] = last
	return err
}

func TestFaultsAreFound(t *testing.T) {
	run := func(t *testing.T, suite, fault, subtest string) {
		t.Parallel()
		cmd := exec.Command(os.Args[0], "-test.run=^"+suite+"$/^"+subtest+"$", "-test.v")
		cmd.Env = append(os.Environ(), "FAULT="+fault)
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "--- FAIL: "+suite+"/"+subtest) {
			t.Errorf("%s did not fail in %s:\n%s", suite, subtest, out)
		}
	}
	for name, f := range modelFaults {
		t.Run("model "+name, func(t *testing.T) { run(t, "TestFaultyModel", name, f.subtest) })
	}
	for name, f := range flowFaults {
		t.Run("flow "+name, func(t *testing.T) { run(t, "TestFaultyFlow", name, f.subtest) })
	}
	for name, f := range fieldFaults {
		t.Run("field "+name, func(t *testing.T) { run(t, "TestFaultyField", name, f.subtest) })
	}
	for name, f := range quantumFaults {
		t.Run("quantum "+name, func(t *testing.T) { run(t, "TestFaultyState", name, f.subtest) })
	}
	for name, f := range energyFaults {
		t.Run("energy "+name, func(t *testing.T) { run(t, "TestFaultyEnergy", name, f.subtest) })
	}
	for name, f := range observerFaults {
		t.Run("observer "+name, func(t *testing.T) { run(t, "TestFaultyObserver", name, f.subtest) })
	}
	for name, f := range objectiveFaults {
		t.Run("objective "+name, func(t *testing.T) { run(t, "TestFaultyObjective", name, f.subtest) })
	}
}

func TestFaultyModel(t *testing.T) {
	f, ok := modelFaults[os.Getenv("FAULT")]
	if !ok {
		t.Skip("run by TestFaultsAreFound")
	}
	Model(t, func(*testing.T) core.Model {
		return f.wrap(&product{space: core.Space{Kind: core.Spins, Shape: []int{4}}, scale: 1, theta: make([]float64, 4)})
	}, ModelOptions{})
}

func TestFaultyEnergy(t *testing.T) {
	f, ok := energyFaults[os.Getenv("FAULT")]
	if !ok {
		t.Skip("run by TestFaultsAreFound")
	}
	Energy(t, func(*testing.T) core.Energy { return f.wrap(&chain{n: 5, j: 1, h: 0.5}) }, EnergyOptions{Like: like5(), LikeName: "chain"})
}

func TestFaultyObserver(t *testing.T) {
	f, ok := observerFaults[os.Getenv("FAULT")]
	if !ok {
		t.Skip("run by TestFaultsAreFound")
	}
	Observer(t, ring4, func(*testing.T) core.Observer {
		w := &walls{sites: 4, weigh: true, t: 1}
		w.spec = w.describe("J")
		return f.wrap(w)
	}, ObserverOptions{})
}

var ring4 = core.Space{Kind: core.Spins, Shape: []int{4}}
