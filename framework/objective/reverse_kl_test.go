package objective

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

const sites = 3

// product is the density prod_i sigmoid(theta_i x_i) of independent spins.
type product [sites]float64

func (p product) logP(x []float64) float64 {
	l := 0.0
	for i, t := range p {
		l -= math.Log1p(math.Exp(-t * x[i]))
	}
	return l
}

// score is grad_theta ln p(x).
func (p product) score(x []float64) (g product) {
	for i, t := range p {
		g[i] = x[i] / (1 + math.Exp(t*x[i]))
	}
	return g
}

// energyOf is a frustrated triangle in a field; the numbers are arbitrary, and
// no symmetry makes a gradient vanish.
func energyOf(x []float64) float64 {
	return -0.9*x[0]*x[1] - 0.4*x[1]*x[2] + 0.7*x[0]*x[2] - 0.3*x[0] + 0.2*x[2] + 5
}

// states are the 2^3 configurations.
func states() [][]float64 {
	var all [][]float64
	for s := range 1 << sites {
		x := make([]float64, sites)
		for i := range x {
			x[i] = float64(2*(s>>i&1) - 1)
		}
		all = append(all, x)
	}
	return all
}

// target is what ReverseKL descends, summed over all states: beta F, or the
// mean energy in the ground state.
func target(p product, beta float64) float64 {
	f := 0.0
	for _, x := range states() {
		value := energyOf(x)
		if !math.IsInf(beta, 1) {
			value = p.logP(x) + beta*energyOf(x)
		}
		f += math.Exp(p.logP(x)) * value
	}
	return f
}

func batchOf(p product, xs ...[]float64) *core.Batch {
	b := &core.Batch{N: len(xs)}
	for _, x := range xs {
		b.X = append(b.X, x...)
		b.LogP = append(b.LogP, p.logP(x))
		b.E = append(b.E, energyOf(x))
	}
	return b
}

// expectedPull is the exact mean, over all batches of n draws, of
// sum_i w_i grad ln p(x_i).
func expectedPull(t *testing.T, p product, beta float64, n int) (g product) {
	all := states()
	var c core.Batch
	xs := make([][]float64, n)
	for code := range int(math.Pow(float64(len(all)), float64(n))) {
		weight := 1.0
		for i := range xs {
			xs[i] = all[code%len(all)]
			code /= len(all)
			weight *= math.Exp(p.logP(xs[i]))
		}
		if _, err := (ReverseKL{}).Cotangents(&c, batchOf(p, xs...), beta); err != nil {
			t.Fatal(err)
		}
		for i, x := range xs {
			for k, s := range p.score(x) {
				g[k] += weight * c.LogP[i] * s
			}
		}
	}
	return g
}

// The estimate is unbiased for every batch size, also the smallest: its exact
// expectation is the gradient of the exactly summed free energy, by central
// difference (error h^2 = 1e-10, and 1e-16/h of rounding). Weights with 1/n
// for 1/(n-1) would miss by a factor 1/2 at n = 2.
func TestGradientIsUnbiased(t *testing.T) {
	p := product{0.3, -0.8, 0.5}
	const h = 1e-5
	for _, beta := range []float64{0, 0.7, math.Inf(1)} {
		for n := 2; n <= 4; n++ {
			g := expectedPull(t, p, beta, n)
			for k := range p {
				up, down := p, p
				up[k] += h
				down[k] -= h
				want := (target(up, beta) - target(down, beta)) / (2 * h)
				if math.Abs(want) < 0.02 {
					t.Errorf("beta %v: component %d is %v, too small to test anything", beta, k, want)
				}
				if math.Abs(g[k]-want) > 1e-9 {
					t.Errorf("beta %v, n %d: component %d is %v, want %v", beta, n, k, g[k], want)
				}
			}
		}
	}
}

// A constant added to E changes nothing but the mean: it is what the baseline
// takes away.
func TestConstantEnergyDropsOut(t *testing.T) {
	p := product{0.3, -0.8, 0.5}
	b := batchOf(p, states()...)
	var plain, shifted core.Batch
	if _, err := (ReverseKL{}).Cotangents(&plain, b, 0.7); err != nil {
		t.Fatal(err)
	}
	for i := range b.E {
		b.E[i] += 100
	}
	if _, err := (ReverseKL{}).Cotangents(&shifted, b, 0.7); err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i, w := range plain.LogP {
		sum += w
		if math.Abs(w-shifted.LogP[i]) > 1e-13 {
			t.Errorf("weight %d: %v, and %v with E + 100", i, w, shifted.LogP[i])
		}
	}
	if math.Abs(sum) > 1e-14 || math.Abs(plain.LogP[0]) < 1e-3 {
		t.Errorf("weights add up to %v, the first is %v", sum, plain.LogP[0])
	}
}

// The loss of a batch of three with round numbers, worked out by hand: at
// beta 1/2, f = (0, 1, 2); at the target beta 2, E + ln p/2 = (1.5, 3, 4.5).
func TestLossByHand(t *testing.T) {
	b := &core.Batch{N: 3, LogP: []float64{-1, -1, -1}, E: []float64{2, 4, 6}}
	var c core.Batch
	loss, err := ReverseKL{Target: 2}.Cotangents(&c, b, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	third := 1 / math.Sqrt(3)
	want := Loss{Beta: 0.5, Value: 1, Stderr: third, FreeEnergy: 3.5, FreeEnergyStderr: 2 * third, Energy: 4, Entropy: 1}
	if !near(loss, want) {
		t.Errorf("loss %+v, want %+v", loss, want)
	}
	if w := c.LogP; w[0] != -0.5 || w[1] != 0 || w[2] != 0.5 {
		t.Errorf("weights %v, want -1/2, 0, 1/2", c.LogP)
	}
	// The ground state is about E alone; without a target it is that of beta.
	loss, err = ReverseKL{}.Cotangents(&c, b, math.Inf(1))
	want = Loss{Beta: math.Inf(1), Value: 4, Stderr: 2 * third, FreeEnergy: 4, FreeEnergyStderr: 2 * third, Energy: 4, Entropy: 1}
	if err != nil || !near(loss, want) {
		t.Errorf("ground state: loss %+v, want %+v, error %v", loss, want, err)
	}
}

func near(a, b Loss) bool {
	x := []float64{a.Value, a.Stderr, a.FreeEnergy, a.FreeEnergyStderr, a.Energy, a.Entropy}
	y := []float64{b.Value, b.Stderr, b.FreeEnergy, b.FreeEnergyStderr, b.Energy, b.Entropy}
	for i := range x {
		if !(math.Abs(x[i]-y[i]) < 1e-14) {
			return false
		}
	}
	return a.Beta == b.Beta
}

func TestBatchOfOne(t *testing.T) {
	for _, o := range []Objective{ReverseKL{}, &DensityMatrix{}} {
		_, err := o.Cotangents(&core.Batch{}, &core.Batch{N: 1, LogP: []float64{-1}, E: []float64{1}}, 1)
		if core.KindOf(err) != core.Invalid || err == nil {
			t.Errorf("%T: error %v, want one of kind invalid", o, err)
		}
	}
}

func TestCotangentsAllocateNothing(t *testing.T) {
	b := batchOf(product{}, states()...)
	b.Slope, b.LogPSlope = make([]float64, len(b.X)), make([]float64, len(b.X))
	b.K, b.EIm = []int32{1, 0, 1, 1, 2, 3, 0, 1}, make([]float64, b.N)
	for _, o := range []Objective{ReverseKL{Target: 1}, &DensityMatrix{Clip: 5}, Pathwise{}, PathGradient{}, MaximumLikelihood{}} {
		var c core.Batch
		o.Cotangents(&c, b, 0.5)
		if n := testing.AllocsPerRun(10, func() { o.Cotangents(&c, b, 0.5) }); n != 0 {
			t.Errorf("%T: %v allocations a step", o, n)
		}
	}
}
