package sample

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// plain are spins or levels with an energy that is known as a whole alone,
//
//	E(x) = sum_i [a x_i x_(i+1) + b_i x_i]   on a ring.
type plain struct {
	space core.Space
	a     float64
	b     []float64
}

func (p plain) Spec() core.EnergySpec { return core.EnergySpec{Space: p.space, Units: "1"} }

func (p plain) Eval(e []float64, b *core.Batch) error { return p.EvalRows(nil, e, b.X) }

func (p plain) EvalRows(_, e, x []float64) error {
	n := len(p.b)
	for i := range e {
		x, sum := x[i*n:(i+1)*n], 0.0
		for j, v := range x {
			sum += v * (p.a*x[(j+1)%n] + p.b[j])
		}
		e[i] = sum
	}
	return nil
}

// whole hides what several threads can ask.
type whole struct{ core.Energy }

// bonded are the same spins with their bonds.
type bonded struct{ plain }

func (p bonded) Bonds() (core.Bonds, error) {
	n, h := len(p.b), make([]float64, len(p.b))
	for i, v := range p.b {
		h[i] = -v
	}
	return core.NewBonds("ring", n, func(yield func(i, j int, coupling float64)) {
		for i := range n {
			yield(i, (i+1)%n, -p.a)
		}
	}, h)
}

func spinRing(n int, a, field float64) plain {
	p := plain{space: core.Space{Kind: core.Spins, Shape: []int{n}}, a: a, b: make([]float64, n)}
	for i := range p.b {
		p.b[i] = field * float64(i%3)
	}
	return p
}

// boltzmann is exp(-beta E)/Z of all states, by their number with the first site as the lowest digit.
func boltzmann(t *testing.T, p plain, beta float64) []float64 {
	t.Helper()
	values := p.space.Values()
	count := 1
	for _, v := range values {
		count *= len(v)
	}
	weights, sum := make([]float64, count), 0.0
	x, e := make([]float64, len(values)), make([]float64, 1)
	for s := range weights {
		rest := s
		for i, v := range values {
			x[i], rest = v[rest%len(v)], rest/len(v)
		}
		if err := p.EvalRows(nil, e, x); err != nil {
			t.Fatal(err)
		}
		weights[s] = math.Exp(-beta * e[0])
		sum += weights[s]
	}
	for s := range weights {
		weights[s] /= sum
	}
	return weights
}

// frequencies are how often each state was drawn.
func frequencies(p plain, x []float64) []float64 {
	values, d := p.space.Values(), p.space.Size()
	count := 1
	for _, v := range values {
		count *= len(v)
	}
	f := make([]float64, count)
	for ; len(x) > 0; x = x[d:] {
		s, unit := 0, 1
		for i, v := range values {
			s += unit * slices.Index(v, x[i])
			unit *= len(v)
		}
		f[s]++
	}
	return f
}

// chiSquared is that of n draws, and its limit: six standard deviations above the number of states.
func chiSquared(got, want []float64, n float64) (chi, limit float64) {
	for s, p := range want {
		chi += (got[s] - n*p) * (got[s] - n*p) / (n * p)
	}
	dof := float64(len(want) - 1)
	return chi, dof + 6*math.Sqrt(2*dof)
}

// Every state of small systems is drawn as often as exp(-beta E) says, from chains whose draws are
// as good as independent: 12 sweeps, or clusters, apart.
func TestSpinsHaveTheBoltzmannDensity(t *testing.T) {
	levels := plain{space: core.Space{Kind: core.Levels, Levels: 3, Shape: []int{4}}, a: 0.4, b: []float64{0.3, -0.2, 0, 0.5}}
	mixed := plain{space: core.Space{Kind: core.Mixed, Fields: []core.NamedSpace{
		{Name: "s", Space: core.Space{Kind: core.Spins, Shape: []int{2}}}, {Name: "l", Space: core.Space{Kind: core.Levels, Levels: 4, Shape: []int{2}}}}},
		a: 0.3, b: []float64{0.3, -0.2, 0.1, -0.1}}
	ring, fields, anti := spinRing(6, -0.6, 0), spinRing(6, -0.6, 0.4), spinRing(6, 0.6, 0.2)
	for name, c := range map[string]struct {
		method Method
		energy core.Energy
		of     plain
		ladder []float64
	}{
		"levels, alone":                      {MethodSingleSite, levels, levels, nil},
		"levels, together":                   {MethodSingleSite, whole{levels}, levels, nil},
		"mixed":                              {MethodSingleSite, mixed, mixed, nil},
		"spins by bonds":                     {MethodSingleSite, bonded{fields}, fields, nil},
		"spins at three temperatures":        {MethodSingleSite, bonded{fields}, fields, []float64{1.5, 3}},
		"levels at two, together":            {MethodSingleSite, whole{levels}, levels, []float64{2}},
		"clusters":                           {MethodWolff, bonded{ring}, ring, nil},
		"clusters in fields":                 {MethodWolff, bonded{fields}, fields, nil},
		"clusters of an antiferromagnet":     {MethodWolff, bonded{anti}, anti, nil},
		"single spins of an antiferromagnet": {MethodSingleSite, bonded{anti}, anti, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := New(Options{Method: c.method, Chains: 200, BurnIn: 30, Thin: 12, Temperatures: c.ladder}, core.Target{Energy: c.energy, Beta: 1})
			if err != nil {
				t.Fatal(err)
			}
			var b core.Batch
			const n = 20000
			if _, err := s.Next(&b, begin(t, s, 7), n); err != nil {
				t.Fatal(err)
			}
			if chi, limit := chiSquared(frequencies(c.of, b.X), boltzmann(t, c.of, 1), n); chi > limit {
				t.Errorf("chi^2 = %.1f of %d states, above %.1f", chi, len(boltzmann(t, c.of, 1)), limit)
			}
			e := make([]float64, b.N)
			if err := c.of.EvalRows(nil, e, b.X); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(e, b.E) {
				t.Error("E is not that of the configurations")
			}
			if got, want := core.Swaps.Len(&b), b.N*len(c.ladder); got != want {
				t.Errorf("%d acceptances of exchanges, want %d", got, want)
			}
		})
	}
}

// Exchanges are accepted as often as two independent draws at neighbouring temperatures say,
// < min(1, exp[(beta_0 - beta_1)(E_0 - E_1)]) >, where moves between them are many: an exchange has
// the replicas as its move before left them.
func TestExchanges(t *testing.T) {
	p := spinRing(6, -0.6, 0.4)
	hot := boltzmann(t, p, 0.25)
	cold := boltzmann(t, p, 1)
	e := make([]float64, len(cold))
	x := make([]float64, 6)
	for s := range e {
		for i := range x {
			x[i] = float64(2*(s>>i&1) - 1)
		}
		if err := p.EvalRows(nil, e[s:s+1], x); err != nil {
			t.Fatal(err)
		}
	}
	want := 0.0
	for a, pa := range cold {
		for b, pb := range hot {
			want += pa * pb * math.Min(1, math.Exp(0.75*(e[a]-e[b])))
		}
	}
	s, err := New(Options{Method: MethodSingleSite, Chains: 200, BurnIn: 30, Thin: 20, Temperatures: []float64{4}}, core.Target{Energy: bonded{p}, Beta: 1})
	if err != nil {
		t.Fatal(err)
	}
	var b core.Batch
	if _, err := s.Next(&b, begin(t, s, 3), 4000); err != nil {
		t.Fatal(err)
	}
	mean, square := 0.0, 0.0
	for _, v := range core.Swaps.Of(&b) {
		mean += v / 4000
		square += v * v / 4000
	}
	if stderr := math.Sqrt((square - mean*mean) / 4000); math.Abs(mean-want) > 4*stderr || stderr > 0.01*want {
		t.Errorf("acceptance %.4f +- %.4f, want %.4f", mean, stderr, want)
	}
}

// However the energy is asked, the chains are the same, on any number of threads.
func TestSpinsMoveAlike(t *testing.T) {
	p := spinRing(40, -0.5, 0.25) // whose sums are exact
	draw := func(e core.Energy, ladder []float64) core.Batch {
		s, err := New(Options{Method: MethodSingleSite, Chains: 30, BurnIn: 20, Temperatures: ladder}, core.Target{Energy: e, Beta: 0.8})
		if err != nil {
			t.Fatal(err)
		}
		var b core.Batch
		if _, err := s.Next(&b, begin(t, s, 3), 60); err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, ladder := range [][]float64{nil, {2, 4}} {
		want := draw(bonded{p}, ladder)
		threads := runtime.GOMAXPROCS(7)
		many := draw(bonded{p}, ladder)
		runtime.GOMAXPROCS(threads)
		for name, got := range map[string]core.Batch{"on seven threads": many, "by two energies": draw(p, ladder), "all chains together": draw(whole{p}, ladder)} {
			if !slices.Equal(got.X, want.X) || !slices.Equal(got.E, want.E) || !slices.Equal(got.Accept, want.Accept) || !slices.Equal(core.Swaps.Of(&got), core.Swaps.Of(&want)) {
				t.Errorf("other draws %s, ladder %v", name, ladder)
			}
		}
	}
}

// One number proposes all sites and values alike, with a rest that is uniform and independent of them.
func TestProposals(t *testing.T) {
	k := &sites{values: core.Space{Kind: core.Levels, Levels: 3, Shape: []int{5}}.Values(), most: 2}
	x := []float64{0, 1, 2, 1, 0}
	const n = 100_000
	counts := map[[2]int]float64{}
	random, mean := rand.New(rand.NewPCG(1, 2)), map[[2]int]float64{}
	for range n {
		p := k.propose(random, x)
		at := [2]int{p.site, int(p.to)}
		counts[at]++
		mean[at] += p.u
	}
	if len(counts) != 10 {
		t.Errorf("%d proposals, want 10: two other values of five sites", len(counts))
	}
	for at, c := range counts {
		if x[at[0]] == float64(at[1]) {
			t.Errorf("site %d keeps %d", at[0], at[1])
		}
		if z := (c - n/10) / math.Sqrt(n*0.09); math.Abs(z) > 4.5 {
			t.Errorf("%v came %v times, %.1f standard deviations off", at, c, z)
		}
		if z := (mean[at]/c - 0.5) * math.Sqrt(12*c); math.Abs(z) > 4.5 {
			t.Errorf("the mean of u with %v is %v", at, mean[at]/c)
		}
	}
}

func TestSpinsRefuse(t *testing.T) {
	ring := spinRing(3, 0.5, 0) // an odd antiferromagnetic ring
	for want, open := range map[string]func() (core.Sampler, error){
		"changes spins and levels, and the space has field: use metropolis": func() (core.Sampler, error) {
			return New(Options{Method: MethodSingleSite}, core.Target{Energy: target, Beta: 1})
		},
		"use single_site, or independence": func() (core.Sampler, error) {
			return New(Options{Method: MethodMetropolis}, core.Target{Energy: ring, Beta: 1})
		},
		"the couplings are frustrated": func() (core.Sampler, error) {
			return New(Options{Method: MethodWolff}, core.Target{Energy: bonded{ring}, Beta: 1})
		},
		"sampler.temperatures: number 2 is 2, after 3": func() (core.Sampler, error) {
			return New(Options{Method: MethodSingleSite, Temperatures: []float64{3, 2}}, core.Target{Energy: ring, Beta: 1})
		},
		"sampler.temperatures: number 1 is 0.5, after 1": func() (core.Sampler, error) {
			return New(Options{Method: MethodSingleSite, Temperatures: []float64{0.5}}, core.Target{Energy: ring, Beta: 1})
		},
	} {
		if _, err := open(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	// Without bonds at hand chains can be placed, and not moved.
	s, err := New(Options{Method: MethodWolff, Chains: 2}, core.Target{Energy: spinRing(4, -1, 0), Beta: 1})
	if err != nil {
		t.Fatal(err)
	}
	state, err := s.Init(1)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err = s.Burn(state); err == nil || !strings.Contains(err.Error(), "does not make clusters") {
		t.Errorf("error %v", err)
	}
}

func TestFrustration(t *testing.T) {
	for want, p := range map[bool]plain{true: spinRing(5, 1, 0), false: spinRing(6, 1, 0)} {
		if b, err := (bonded{p}).Bonds(); err != nil || b.Frustrated() != want {
			t.Errorf("an antiferromagnetic ring of %d: frustrated %v, error %v", len(p.b), b.Frustrated(), err)
		}
	}
}
