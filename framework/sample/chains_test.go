package sample

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// pull is the deviation of the mean of v from exact in standard errors. They
// come from the chains' own means, which are independent: autocorrelation is in
// them, and chains that do not mix make them large.
func pull(v []float64, chains int, exact float64) (p, stderr float64) {
	means := make([]float64, chains)
	for i, x := range v {
		means[i%chains] += x * float64(chains) / float64(len(v))
	}
	mean, squares := 0.0, 0.0
	for _, m := range means {
		mean += m / float64(chains)
	}
	for _, m := range means {
		squares += (m - mean) * (m - mean)
	}
	stderr = math.Sqrt(squares / float64(chains*(chains-1)))
	return (mean - exact) / stderr, stderr
}

// Every method draws from the Boltzmann density: histogram, energy and
// acceptance of each term against quadrature. With 100 chains the pulls follow
// Student's t with 99 degrees of freedom; among these 155 a largest of 4.5 is
// exceeded by chance once in 400 seeds.
func TestChainsDrawFromTheBoltzmannDensity(t *testing.T) {
	const chains, draws, bins, width = 100, 400, 10, 0.4
	for _, method := range append(slices.Clone(stepping), MethodIndependence) {
		t.Run(string(method), func(t *testing.T) {
			s := open(t, Options{Method: method, Chains: chains, BurnIn: 200, Thin: 2})
			var b core.Batch
			if _, err := s.Next(&b, begin(t, s, 11), chains*draws); err != nil {
				t.Fatal(err)
			}
			v := make([]float64, b.N)
			exactEnergy := 0.0
			for j := range 3 {
				exactEnergy += target.mean(j, beta, func(x float64) float64 { return target.energy(j, x) })
				for k := range bins {
					inside := func(x float64) float64 {
						if bin := math.Floor(x/width) + bins/2; bin == float64(k) {
							return 1
						}
						return 0
					}
					for i := range v {
						v[i] = inside(b.X[3*i+j])
					}
					exact := target.mean(j, beta, inside)
					if exact < 1e-3 {
						continue // too few counts for a standard error
					}
					if p, stderr := pull(v, chains, exact); !(math.Abs(p) < 4.5) || stderr > 0.02 {
						t.Errorf("component %d, bin %d: off by %.1f standard errors of %v", j, k, p, stderr)
					}
				}
			}
			if p, stderr := pull(b.E, chains, exactEnergy); !(math.Abs(p) < 4.5) || stderr > 0.05 {
				t.Errorf("energy off by %.1f standard errors of %v", p, stderr)
			}
			e := make([]float64, b.N)
			if target.Eval(e, &b); !slices.Equal(e, b.E) || b.Chains != chains {
				t.Error("E is not the energy of X")
			}
		})
	}
}

// The acceptance of the independence chain in its stationary state is
//
//	a = sum over x, x' of pi(x) p(x') min(1, w(x')/w(x)),
//
// here by quadrature over z for one component: x = f(z), z ~ N(0, 1).
func TestIndependenceAcceptance(t *testing.T) {
	one := wells{a: []float64{0.5}, b: []float64{-1}, c: []float64{0.2}}
	model := cubic{d: 1, s: 0.8, t: 0.05}
	const points, step = 1201, 0.01
	w, p := make([]float64, points), make([]float64, points)
	z := 0.0
	for k := range points {
		at := (float64(k) - points/2) * step
		x, l := []float64{0}, []float64{0}
		model.Map(x, l, []float64{at})
		p[k] = math.Exp(-at*at/2) / math.Sqrt(2*math.Pi) * step
		w[k] = math.Exp(-beta*one.energy(0, x[0])+l[0]) / p[k] * step
		z += p[k] * w[k]
	}
	exact := 0.0
	for i := range w {
		for k := range w {
			exact += p[i] * p[k] * min(w[i], w[k]) / z
		}
	}
	s, err := New(Options{Method: MethodIndependence, Chains: 100, BurnIn: 50}, core.Target{Model: model, Energy: one, Beta: beta})
	if err != nil {
		t.Fatal(err)
	}
	var b core.Batch
	if _, err := s.Next(&b, begin(t, s, 5), 100*1000); err != nil {
		t.Fatal(err)
	}
	if off, stderr := pull(b.Accept, 100, exact); math.Abs(off) > 4 || exact > 0.9 || stderr > 3e-3 {
		t.Errorf("acceptance off by %v standard errors of %v from %v", off, stderr, exact)
	}
	logP := make([]float64, b.N)
	if model.LogProb(logP, b.X); len(b.LogP) != b.N || math.Abs(logP[77]-b.LogP[77]) > 1e-12 {
		t.Errorf("ln p = %v, want %v", b.LogP[77], logP[77])
	}
}

// In burn-in the step size finds the acceptance aimed at, from far below and
// far above; then it stands. 0.05 is three times the wandering of the last
// steps, (1 + 400)^-0.6 of the spread of an acceptance.
func TestStepSizeAdapts(t *testing.T) {
	want := map[Method]float64{MethodMetropolis: 0.4, MethodMALA: 0.57, MethodHMC: 0.8, MethodLatentHMC: 0.8}
	for _, method := range stepping {
		for _, start := range []float64{0.1, 30} {
			s := open(t, Options{Method: method, BurnIn: 400, StepSize: start})
			state := begin(t, s, 3)
			var b core.Batch
			next, err := s.Next(&b, state, 100*100)
			if err != nil {
				t.Fatal(err)
			}
			mean := 0.0
			for _, a := range b.Accept {
				mean += a / float64(b.N)
			}
			if math.Abs(mean-want[method]) > 0.05 || !slices.Equal(next.Chains.Whole, state.Chains.Whole) || state.Chains.Whole[0] == start {
				t.Errorf("%s from step %v: acceptance %v with step %v", method, start, mean, next.Chains.Whole)
			}
		}
	}
}

// A state decides all draws after it and is not changed by them; chains do not
// depend on how many there are beside them.
func TestChainsAreDecidedByTheirState(t *testing.T) {
	for _, method := range append(slices.Clone(stepping), MethodIndependence) {
		s := open(t, Options{Method: method, Chains: 5, StepSize: 0.2})
		state, err := s.Init(7)
		if err != nil {
			t.Fatal(err)
		}
		start := state
		start.Chains = state.Chains.Clone()
		var first, second, again, fewer core.Batch
		next, _ := s.Next(&first, state, 20)
		s.Next(&second, next, 20)
		other := open(t, Options{Method: method, Chains: 5, StepSize: 0.2})
		if _, err := other.Next(&again, next, 20); err != nil || !slices.Equal(again.X, second.X) || slices.Equal(again.X, first.X) {
			t.Errorf("%s: error %v, or the same state gave other draws", method, err)
		}
		if !slices.Equal(state.Chains.Rows, start.Chains.Rows) || state.Drawn != 0 || next.Drawn != 1 {
			t.Errorf("%s: the state was changed by what was drawn from it", method)
		}
		three := open(t, Options{Method: method, Chains: 3, StepSize: 0.2})
		if _, err := three.Next(&fewer, start, 12); core.KindOf(err) != core.Invalid || !strings.Contains(fmt.Sprint(err), "the state has 5 chains and 1 numbers beside them, not 3") {
			t.Errorf("%s: error %v", method, err)
		}
		start.Chains = start.Chains.Cut(1, 4)
		if _, err := other.Next(&fewer, start, 12); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(fewer.X[9:18], first.X[18:27]) {
			t.Errorf("%s: three chains are not those of five", method)
		}
	}
}

// 25 moves are three pieces of at least ten.
func TestBurnCountsItsPieces(t *testing.T) {
	s := open(t, Options{Method: MethodHMC, Chains: 2, BurnIn: 25})
	state, _ := s.Init(1)
	var all []int
	for left := 1; left > 0; {
		next, n, err := s.Burn(state)
		if err != nil || slices.Equal(next.Chains.Rows, state.Chains.Rows) {
			t.Fatal("no move was made", err)
		}
		state, left = next, n
		all = append(all, left)
	}
	if !slices.Equal(all, []int{2, 1, 0}) {
		t.Errorf("pieces left %v", all)
	}
	if next, left, err := s.Burn(state); left != 0 || err != nil || next.Burnt != 3 {
		t.Errorf("a piece too many: %d left, error %v, state %+v", left, err, next)
	}
}

// Thinning is about the same chain: every third draw of it.
func TestThin(t *testing.T) {
	var every, third core.Batch
	s := open(t, Options{Method: MethodMALA, Chains: 2})
	state, _ := s.Init(1)
	s.Next(&every, state, 2*9)
	open(t, Options{Method: MethodMALA, Chains: 2, Thin: 3}).Next(&third, state, 2*3)
	if !slices.Equal(third.X[6:12], every.X[5*6:6*6]) {
		t.Error("thinned draws are not those of the chain")
	}
	if want := (every.Accept[6] + every.Accept[8] + every.Accept[10]) / 3; math.Abs(third.Accept[2]-want) > 1e-15 {
		t.Errorf("acceptance of the thinned chain %v, want %v", third.Accept[2], want)
	}
}

func TestMovesAllocateNothing(t *testing.T) {
	for _, method := range stepping {
		s := open(t, Options{Method: method, Chains: 4}).(*chains)
		state, _ := s.Init(1)
		s.seed(1, 0)
		s.kernel.enter(place{0, state.Chains.N}, state.Chains.Rows, 1, 100)
		if n := testing.AllocsPerRun(20, func() { s.kernel.move(s.accepted, 0.1, s.random) }); n != 0 {
			t.Errorf("%s: %v allocations a move", method, n)
		}
	}
}

// spoilt is an energy that is not a number for some of its configurations.
type spoilt struct {
	wells
	bad func(i int, x float64) bool
}

func (s spoilt) Slope(slope, e []float64, b *core.Batch) error {
	err := s.wells.Slope(slope, e, b)
	return s.spoil(e, b, err)
}

func (s spoilt) Eval(e []float64, b *core.Batch) error { return s.spoil(e, b, s.wells.Eval(e, b)) }

func (s spoilt) spoil(e []float64, b *core.Batch, err error) error {
	for i := range e {
		if s.bad(i, b.X[3*i]) {
			e[i] = math.NaN()
		}
	}
	return err
}

// An energy that is not a number is a wall: chains stay on their side of it.
func TestNonFiniteProposalsAreRejected(t *testing.T) {
	for _, method := range append(slices.Clone(stepping), MethodIndependence) {
		walled := spoilt{target, func(_ int, x float64) bool { return math.Abs(x) > 1 }}
		s, err := New(Options{Method: method, Chains: 10, BurnIn: 50}, core.Target{Model: cubic{d: 3, s: 0.3}, Energy: walled, Beta: beta})
		if err != nil {
			t.Fatal(err)
		}
		state, _ := s.Init(1)
		for j := range state.Chains.Rows {
			state.Chains.Rows[j] = 0.5
		}
		var b core.Batch
		if _, err := s.Next(&b, state, 1000); err != nil {
			t.Fatal(err)
		}
		accepted := 0.0
		for i := range b.N {
			accepted += b.Accept[i] / 1000
			if x := b.X[3*i]; !(math.Abs(x) <= 1) || b.E[i] != b.E[i] {
				t.Fatalf("%s: draw %d is at x = %v, E = %v", method, i, x, b.E[i])
			}
		}
		if accepted < 0.02 {
			t.Errorf("%s: acceptance %v, the chains hardly moved", method, accepted)
		}
	}
}

func TestErrorsOfChains(t *testing.T) {
	spins := core.EnergySpec{Space: core.Space{Kind: core.Spins, Shape: []int{4}}}
	for _, c := range []struct {
		name, want string
		kind       core.Kind
		o          Options
		target     core.Target
	}{
		{"spins", "spins cannot move by small steps", core.Mismatch, Options{Method: MethodMetropolis}, core.Target{Energy: bare{spins}, Beta: 1}},
		{"ground state", "above zero, got beta = +Inf", core.Invalid, Options{Method: MethodHMC}, core.Target{Energy: target, Beta: math.Inf(1)}},
		{"no forces", "the energy has no forces", core.Unsupported, Options{Method: MethodHMC}, core.Target{Energy: bare{target.Spec()}, Beta: 1}},
		{"no map", "not a map of normal variables", core.Unsupported, Options{Method: MethodLatentHMC}, core.Target{Energy: target, Beta: 1}},
		{"no method", "gibbs: not a known method", core.Unsupported, Options{Method: "gibbs"}, core.Target{Energy: target, Beta: 1}},
	} {
		_, err := New(c.o, c.target)
		if err == nil || core.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v", c.name, err)
		}
	}
	for _, method := range append(slices.Clone(stepping), MethodIndependence) {
		s, err := New(Options{Method: method, Chains: 4}, core.Target{Model: wide, Energy: spoilt{target, func(i int, _ float64) bool { return i == 2 }}, Beta: 1})
		if err != nil {
			t.Fatal(err)
		}
		state, _ := s.Init(1)
		_, _, err = s.Burn(state)
		if err == nil || core.KindOf(err) != core.Numeric || !strings.Contains(err.Error(), "start chains: chain 2: its energy is NaN") {
			t.Errorf("%s: error %v", method, err)
		}
	}
}

// bare is an energy without forces.
type bare struct{ spec core.EnergySpec }

func (b bare) Spec() core.EnergySpec                 { return b.spec }
func (bare) Eval(dst []float64, b *core.Batch) error { return fmt.Errorf("not asked for") }
