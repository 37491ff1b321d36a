package boltzmann

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/sk"
)

func TestConformance(t *testing.T) {
	for name, c := range map[string]struct {
		sites    int
		settings core.Settings
	}{
		"pairs": {2, nil}, "odd": {5, nil}, "many rows": {12, core.Settings{"fields": false}},
	} {
		t.Run(name, func(t *testing.T) {
			coretest.ModelPart(t, Part, c.settings, core.Space{Kind: core.Spins, Shape: []int{c.sites}}, coretest.ModelOptions{})
		})
	}
}

// glass is the spin glass of 20 spins with couplings of +1/sqrt(20) or -1/sqrt(20), at an
// inverse temperature, with its rows, and their couplings.
func glass(t *testing.T, beta float64, rows int) (core.Energy, []float64) {
	t.Helper()
	s, problems := core.Complete(sk.Part.Params, core.Settings{"N": int64(20), "distribution": "pm1", "strength": beta, "train": int64(rows)})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	e, err := sk.Part.NewEnergy(s)
	if err != nil {
		t.Fatal(err)
	}
	var couplings []float64
	stream := disorder.Stream(disorder.DefaultSeed)
	for range 190 {
		couplings = append(couplings, beta*stream.Sign()/math.Sqrt(20))
	}
	return e, couplings
}

func opened(t *testing.T, theta []float64) *Model {
	t.Helper()
	m, err := config{}.model(core.Space{Kind: core.Spins, Shape: []int{20}})
	if err != nil {
		t.Fatal(err)
	}
	_ = m.Load(theta)
	if err := m.prepare(); err != nil {
		t.Fatal(err)
	}
	return m
}

// ln Z, the entropy and two correlations of the glass at beta = 1 and its sum of squares
// are those of another program, by enumeration; ln Z and the entropy those of the energy.
func TestGlass(t *testing.T) {
	_, couplings := glass(t, 1, 1)
	m := opened(t, couplings)
	c, square := m.states.products, 0.0
	for i := range 20 {
		for j := i + 1; j < 20; j++ {
			square += c[i*20+j] * c[i*20+j]
		}
	}
	for _, v := range [][2]float64{{m.states.logZ, 18.6864559390}, {c[1], -0.1607036692}, {c[18*20+19], 0.1574304328}, {square, 17.5068661259}} {
		if math.Abs(v[0]-v[1]) > 6e-11*math.Abs(v[1])+6e-11 {
			t.Errorf("%.10f, want %.10f", v[0], v[1])
		}
	}
}

// fit descends -<ln p> of data with these correlations by Adam, and returns the root mean
// squared error of the couplings in units of beta, and -<ln p>.
func fit(t *testing.T, beta float64, data []float64, steps int64) (rms, nll float64) {
	t.Helper()
	theta, gradient := make([]float64, 190), make([]float64, 190)
	m := opened(t, theta)
	adam := &optim.Adam{Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-8, Schedule: optim.Cosine{Initial: 0.05, Steps: steps}}
	for step := range steps {
		_ = m.Load(theta)
		if err := m.prepare(); err != nil {
			t.Fatal(err)
		}
		each(func(k, i, j int) { gradient[k] = m.states.products[i*20+j] - data[i*20+j] })
		if _, err := adam.Step(theta, core.Derivative{Gradient: gradient}, step+1); err != nil {
			t.Fatal(err)
		}
	}
	_ = m.Load(theta)
	if err := m.prepare(); err != nil {
		t.Fatal(err)
	}
	nll = m.states.logZ
	_, want := glass(t, beta, 1)
	each(func(k, i, j int) {
		nll -= theta[k] * data[i*20+j]
		rms += (theta[k] - want[k]) * (theta[k] - want[k]) / (beta * beta * 190)
	})
	return math.Sqrt(rms), nll
}

// each calls do for the pairs of spins, with their number.
func each(do func(k, i, j int)) {
	k := 0
	for i := range 20 {
		for j := i + 1; j < 20; j++ {
			do(k, i, j)
			k++
		}
	}
}

// From the exact correlations the couplings come back, to less than half of the root mean
// squared error of the best formula: 0.0369 at beta = 1 (Sessak and Monasson), 0.2119 at 1.5
// (naive mean field). The likelihood has the entropy of the glass as its floor, from its enumeration.
func TestCouplingsFromCorrelations(t *testing.T) {
	for _, c := range []struct {
		beta, formula, entropy float64
		steps                  int64
	}{{1, 0.0369, 9.4607220684, 110}, {1.5, 0.2119, 6.4289882219, 250}} {
		_, couplings := glass(t, c.beta, 1)
		rms, nll := fit(t, c.beta, opened(t, couplings).states.products, c.steps)
		if rms > c.formula/2 || nll < c.entropy-1e-9 || nll > c.entropy+0.02 {
			t.Errorf("beta = %v: the error of the couplings is %.5f, -<ln p> is %.6f above its floor", c.beta, rms, nll-c.entropy)
		}
	}
}

// From 10^5 draws at beta = 1 no estimate without bias has a smaller error than 0.006489, by the
// inverse of the Fisher matrix (Cramer and Rao), whose elements are correlations of four spins.
// Likelihood comes close to it.
func TestCouplingsFromDraws(t *testing.T) {
	const rows, bound = 100_000, 0.006489
	e, _ := glass(t, 1, rows)
	x, number, data := make([]float64, rows*20), make([]int32, rows), make([]float64, 400)
	for k := range number {
		number[k] = int32(k)
	}
	if err := e.(core.Given).Rows(x, number); err != nil {
		t.Fatal(err)
	}
	tensor.Gemm(true, false, 20, 20, rows, 1./rows, x, 20, x, 20, 0, data, 20)
	if rms, _ := fit(t, 1, data, 110); rms < 0.7*bound || rms > 1.5*bound {
		t.Errorf("the error of the couplings is %.5f, %.2f times the bound", rms, rms/bound)
	}
}
