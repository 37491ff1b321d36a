package estimators

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// chain is an open Ising chain of six spins in a field that differs from site
// to site, small enough to sum over its 64 states; the couplings are arbitrary.
const (
	sites = 6
	beta  = 0.6
)

var chainSpace = core.Space{Kind: core.Spins, Shape: []int{sites}}

func chainEnergy(x []float64) float64 {
	e := 0.0
	for i := range sites - 1 {
		e -= 0.3 * x[i] * x[i+1]
	}
	for i := range sites {
		e -= 0.05 * float64(i) * x[i]
	}
	return e
}

func chainState(code int) []float64 {
	x := make([]float64, sites)
	for i := range x {
		x[i] = float64(2*(code>>i&1) - 1)
	}
	return x
}

// density is a probability for each of the chain's states.
type density [1 << sites]float64

// boltzmann is the exact density at beta, with its ln Z.
func boltzmann() (p density, lnZ float64) {
	z := 0.0
	for s := range p {
		p[s] = math.Exp(-beta * chainEnergy(chainState(s)))
		z += p[s]
	}
	for s := range p {
		p[s] /= z
	}
	return p, math.Log(z)
}

// tilted is a product density near it, but not it: spins in weak fields, so
// that no state of large weight is so rare that 500 draws may miss it.
func tilted() (p density) {
	for s := range p {
		p[s] = 1
		for i, v := range chainState(s) {
			p[s] /= 1 + math.Exp(-2*v*(0.03+0.01*float64(i)))
		}
	}
	return p
}

// mean of a function of the state and its ln p, summed over all states.
func (p density) mean(of func(x []float64, logP float64) float64) float64 {
	sum := 0.0
	for s := range p {
		sum += p[s] * of(chainState(s), math.Log(p[s]))
	}
	return sum
}

// draw fills b with n independent draws.
func (p density) draw(b *core.Batch, r *rand.Rand, n int) {
	b.Reset(n, sites)
	b.E = core.Resize(b.E, n)
	for i := range n {
		s, u := 0, r.Float64()
		for ; s < len(p)-1 && u >= p[s]; s++ {
			u -= p[s]
		}
		x := chainState(s)
		copy(b.X[i*sites:], x)
		b.LogP[i] = math.Log(p[s])
		b.E[i] = chainEnergy(x)
	}
}

func setting(beta float64) core.Setting {
	return core.Setting{Beta: beta, Energy: core.EnergySpec{Space: chainSpace, Units: "J"}, Model: core.ModelSpec{Space: chainSpace}, Weights: true}
}

func open(t *testing.T, s core.Setting) map[string]core.Estimator {
	t.Helper()
	all := map[string]core.Estimator{}
	for _, name := range Default(s) {
		e, err := build(name, nil, s)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = e
	}
	return all
}

// build opens one estimator, its settings completed as in a run.
func build(name string, given core.Settings, s core.Setting) (core.Estimator, error) {
	for _, part := range All() {
		if part.Name == name {
			settings, problems := core.Complete(part.Params, given)
			if len(problems) > 0 {
				return nil, problems[0]
			}
			return part.NewEstimator(settings, s)
		}
	}
	return nil, fmt.Errorf("no estimator %q", name)
}

func add(t *testing.T, all map[string]core.Estimator, b *core.Batch) {
	t.Helper()
	for _, e := range all {
		if err := e.Add(b); err != nil {
			t.Fatal(err)
		}
	}
}

func reports(t *testing.T, all map[string]core.Estimator) map[string]core.Estimate {
	t.Helper()
	byName := map[string]core.Estimate{}
	for name, e := range all {
		r, err := e.Report()
		if err != nil || len(r) < 1 || r[0].Name != name || len(r[0].Value) != 1 || len(r[0].Stderr) != 1 {
			t.Fatalf("%s reports %+v, error %v", name, r, err)
		}
		byName[name] = r[0]
	}
	return byName
}

func TestManifests(t *testing.T) {
	seen := map[string]bool{}
	for _, part := range All() {
		if part.Kind != core.KindEstimator || part.Summary == "" || part.Reference == "" || seen[part.Name] {
			t.Errorf("manifest %+v", part.Manifest)
		}
		seen[part.Name] = true
	}
	for name, e := range open(t, setting(beta)) {
		if spec := e.Spec(); len(spec.Observables) < 1 || spec.Observables[0].Name != name {
			t.Errorf("%s: spec %+v", name, spec)
		}
	}
}

// Where p is the Boltzmann density, E + T ln p and w are the same number for
// every state: free energy and ln Z are exact, with no error.
func TestZeroVariance(t *testing.T) {
	p, lnZ := boltzmann()
	all := open(t, setting(beta))
	var b core.Batch
	r := rand.New(rand.NewPCG(1, 0))
	for range 3 {
		p.draw(&b, r, 400)
		add(t, all, &b)
	}
	got := reports(t, all)
	for name, want := range map[string]float64{
		"free_energy": -lnZ / beta, "free_energy_reweighted": -lnZ / beta, "log_z": lnZ, "effective_sample_size": 1,
	} {
		e := got[name]
		if math.Abs(e.Value[0]-want) > 1e-13 || !(e.Stderr[0] < 1e-14) || e.Caution() != "" || e.N != 1200 {
			t.Errorf("%s = %v +- %v (%d draws, caution %q), want %v", name, e.Value[0], e.Stderr[0], e.N, e.Caution(), want)
		}
	}
	if e := got["energy"]; !(e.Stderr[0] > 0.01) {
		t.Errorf("the energy varies by %v only: nothing is tested", e.Stderr[0])
	}
}

// F = U - T S for every batch, and values do not depend on how it is cut.
func TestIdentities(t *testing.T) {
	p := tilted()
	var b core.Batch
	p.draw(&b, rand.New(rand.NewPCG(2, 0)), 1000)
	whole, cut := open(t, setting(beta)), open(t, setting(beta))
	add(t, whole, &b)
	for lo := 0; lo < b.N; lo += 300 {
		hi := min(lo+300, b.N)
		part := core.Batch{N: hi - lo}
		part.X = slices.Clone(b.X[lo*sites : hi*sites])
		part.LogP, part.E = slices.Clone(b.LogP[lo:hi]), slices.Clone(b.E[lo:hi])
		add(t, cut, &part)
		for _, s := range [][]float64{part.X, part.LogP, part.E} { // none is kept
			for i := range s {
				s[i] = math.NaN()
			}
		}
	}
	got, gotCut := reports(t, whole), reports(t, cut)
	f, u, s := got["free_energy"].Value[0], got["energy"].Value[0], got["entropy"].Value[0]
	if math.Abs(f-(u-s/beta)) > 1e-13 || s < 1 {
		t.Errorf("F = %v, but U - T S = %v - %v T", f, u, s)
	}
	for name, e := range got {
		c := gotCut[name]
		if math.Abs(e.Value[0]-c.Value[0]) > 1e-12 || math.Abs(e.Stderr[0]-c.Stderr[0]) > 1e-12 {
			t.Errorf("%s = %v +- %v at once, %v +- %v in parts", name, e.Value[0], e.Stderr[0], c.Value[0], c.Stderr[0])
		}
	}
}

// Over many replicas, the deviations from the exact means of a density that is
// not the Boltzmann one must have the variance that the errors claim: the mean
// of R squared pulls is 1 with standard error sqrt(2/R). 4 of these are allowed,
// and 5 % for how far a mean of 500 draws is from normal.
func TestErrorsAreHonest(t *testing.T) {
	const replicas, n = 2000, 500
	p := tilted()
	_, lnZ := boltzmann()
	u := p.mean(func(x []float64, _ float64) float64 { return chainEnergy(x) })
	u2 := p.mean(func(x []float64, _ float64) float64 { return chainEnergy(x) * chainEnergy(x) })
	w2 := p.mean(func(x []float64, l float64) float64 { return math.Exp(-2*beta*chainEnergy(x) - 2*l) })
	m := func(x []float64) float64 {
		sum := 0.0
		for _, v := range x {
			sum += v
		}
		return sum / sites
	}
	exact := map[string]float64{
		"free_energy":            p.mean(func(x []float64, l float64) float64 { return chainEnergy(x) + l/beta }),
		"energy":                 u,
		"entropy":                p.mean(func(_ []float64, l float64) float64 { return -l }),
		"heat_capacity":          beta * beta * (u2 - u*u),
		"magnetization":          p.mean(func(x []float64, _ float64) float64 { return m(x) }),
		"magnetization_abs":      p.mean(func(x []float64, _ float64) float64 { return math.Abs(m(x)) }),
		"magnetization_squared":  p.mean(func(x []float64, _ float64) float64 { return m(x) * m(x) }),
		"log_z":                  lnZ,
		"free_energy_reweighted": -lnZ / beta,
		"effective_sample_size":  math.Exp(2*lnZ) / w2,
	}
	if gap := exact["free_energy"] + lnZ/beta; gap < 0.02 {
		t.Fatalf("the density is within %v of the exact one: nothing is tested", gap)
	}
	squares := map[string]float64{}
	r := rand.New(rand.NewPCG(3, 0))
	var b core.Batch
	for range replicas {
		all := open(t, setting(beta))
		p.draw(&b, r, n)
		add(t, all, &b)
		for name, e := range reports(t, all) {
			pull := (e.Value[0] - exact[name]) / e.Stderr[0]
			squares[name] += pull * pull / replicas
		}
	}
	for name := range exact {
		if square := squares[name]; !(math.Abs(square-1) < 4*math.Sqrt(2.0/replicas)+0.05) {
			t.Errorf("%s: mean squared pull %v", name, square)
		}
	}
}

func TestFewConfigurations(t *testing.T) {
	all := open(t, setting(beta))
	add(t, all, &core.Batch{})
	for name, e := range reports(t, all) {
		if !math.IsNaN(e.Value[0]) || !math.IsNaN(e.Stderr[0]) || e.N != 0 || e.Caution() != "" {
			t.Errorf("%s of nothing: %+v", name, e)
		}
	}
	p := tilted()
	var b core.Batch
	p.draw(&b, rand.New(rand.NewPCG(4, 0)), 1)
	add(t, all, &b)
	for name, e := range reports(t, all) {
		if math.IsNaN(e.Value[0]) != (name == "heat_capacity") || !math.IsNaN(e.Stderr[0]) || e.N != 1 {
			t.Errorf("%s of one: %+v", name, e)
		}
	}
}

// Units, and what is known of each observable, as the results table needs it.
func TestDescriptions(t *testing.T) {
	got := reports(t, open(t, setting(beta)))
	for name, want := range map[string]string{
		"free_energy":            "J extensive bound 1",
		"energy":                 "J extensive bound 0",
		"entropy":                "1 extensive bound 0",
		"heat_capacity":          "1 extensive bound 0",
		"magnetization":          "1 bound 0",
		"magnetization_abs":      "1 bound 0",
		"magnetization_squared":  "1 bound 0",
		"log_z":                  "1 extensive bound 0",
		"free_energy_reweighted": "J extensive bound 0",
		"effective_sample_size":  "1 bound 0",
	} {
		e := got[name]
		text := e.Units + " "
		if e.Extensive {
			text += "extensive "
		}
		if text += fmt.Sprintf("bound %d", e.Bound); text != want || e.Long == "" || e.Tau != 1 {
			t.Errorf("%s: %q, %+v, want %q", name, text, e, want)
		}
	}
}

func TestGroundState(t *testing.T) {
	cold := setting(math.Inf(1))
	var unsupported []string
	for _, name := range Default(setting(beta)) {
		if _, err := build(name, nil, cold); err != nil {
			if core.KindOf(err) != core.Unsupported || !strings.Contains(err.Error(), name) {
				t.Errorf("%s: error %v", name, err)
			}
			unsupported = append(unsupported, name)
		}
	}
	want := []string{"heat_capacity", "log_z", "free_energy_reweighted", "effective_sample_size"}
	if !slices.Equal(unsupported, want) {
		t.Errorf("unsupported %v, want %v", unsupported, want)
	}
	all := map[string]core.Estimator{}
	for _, part := range []core.Part{freeEnergy(), energy()} {
		all[part.Name], _ = part.NewEstimator(nil, cold)
	}
	p := tilted()
	var b core.Batch
	p.draw(&b, rand.New(rand.NewPCG(5, 0)), 50)
	add(t, all, &b)
	got := reports(t, all)
	if f, u := got["free_energy"], got["energy"]; f.Value[0] != u.Value[0] || f.Stderr[0] != u.Stderr[0] || u.Value[0] == 0 {
		t.Errorf("free energy %v, energy %v", f.Value, u.Value)
	}
}

func TestBadBeta(t *testing.T) {
	for _, beta := range []float64{0, -1, math.NaN(), math.Inf(-1)} {
		if _, err := freeEnergy().NewEstimator(nil, setting(beta)); core.KindOf(err) != core.Invalid || err == nil {
			t.Errorf("beta %v: error %v", beta, err)
		}
	}
}

func TestFaultsNameTheSample(t *testing.T) {
	p := tilted()
	for name, e := range open(t, setting(beta)) {
		var b core.Batch
		p.draw(&b, rand.New(rand.NewPCG(6, 0)), 5)
		reads := e.Spec().Reads()
		if len(reads) == 0 { // x alone
			continue
		}
		reads[len(reads)-1].(*core.Quantity[float64]).Of(&b)[3] = math.NaN()
		err := e.Add(&b)
		if err == nil || core.KindOf(err) != core.Numeric || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "sample 3") {
			t.Errorf("%s: error %v", name, err)
		}
		if r, _ := e.Report(); r[0].N != 0 {
			t.Errorf("%s counted a batch that it refused", name)
		}
	}
}

func TestAddAllocatesNothing(t *testing.T) {
	p := tilted()
	var b core.Batch
	p.draw(&b, rand.New(rand.NewPCG(7, 0)), 100)
	for name, e := range open(t, setting(beta)) {
		if _, ok := e.(*reweighting); ok {
			continue // it keeps ln w, in memory that grows
		}
		e.Add(&b)
		if n := testing.AllocsPerRun(10, func() { e.Add(&b) }); n != 0 {
			t.Errorf("%s: %v allocations a batch", name, n)
		}
	}
}
