package sample

import (
	"fmt"
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/xy"
)

// meanOver draws with all three methods and compares the mean of o(x, E) with what it
// is, within four standard errors; these are of the means of chains, which are independent.
// All configurations have to be legal.
func meanOver(t *testing.T, e core.Energy, beta, want float64, o func(x []float64, e float64) float64) {
	t.Helper()
	const chains, draws = 200, 60
	space := e.Spec().Space
	for _, method := range []Method{MethodMetropolis, MethodMALA, MethodHMC} {
		s, err := New(Options{Method: method, Chains: chains, BurnIn: 300, Thin: 3, Leapfrog: 5}, core.Target{Energy: e, Beta: beta})
		if err != nil {
			t.Fatal(err)
		}
		var b core.Batch
		if _, err := s.Next(&b, begin(t, s, 11), chains*draws); err != nil {
			t.Fatal(err)
		}
		if k := space.Illegal(b.X); k >= 0 {
			t.Fatalf("%s: number %d is %v", method, k, b.X[k])
		}
		mean, d := make([]float64, chains), space.Size()
		for i, v := range b.E {
			mean[i%chains] += o(b.X[i*d:(i+1)*d], v) / draws
		}
		sum, squares := 0.0, 0.0
		for _, v := range mean {
			sum += v / chains
			squares += v * v / chains
		}
		stderr := math.Sqrt((squares - sum*sum) / (chains - 1))
		if !(math.Abs(sum-want) <= 4*stderr) || stderr > 0.03 {
			t.Errorf("%s: %v +- %v, want %v", method, sum, stderr, want)
		}
	}
}

// Angles go round: the energy of the XY ring at beta = 1 is known as a sum over
// Bessel functions.
func TestChainsOfAngles(t *testing.T) {
	e, err := xy.New(xy.Config{L: 4, D: 1, J: 1})
	if err != nil {
		t.Fatal(err)
	}
	known, err := e.Exact(1)
	if err != nil {
		t.Fatal(err)
	}
	meanOver(t, e, 1, known.Values["energy"], func(_ []float64, e float64) float64 { return e })
	// The density does not change when all angles turn: each is uniform.
	meanOver(t, e, 1, 0, func(x []float64, _ float64) float64 { return x[0] / 2 })
}

// mixed is a unit vector n in the field h along z beside an oscillator q,
//
//	E = -h n_z + q^2/2,   <n_z> = coth(beta h) - 1/(beta h)   (Langevin),   <q^2> = 1/beta.
func mixed(h float64) core.Energy {
	space := core.Space{Kind: core.Mixed, Fields: []core.NamedSpace{
		{Name: "q", Space: core.Space{Kind: core.Field, Shape: []int{1}}}, {Name: "n", Space: core.Space{Kind: core.Sphere, Shape: []int{1, 3}}}}}
	return energy.NewSmooth("dipole", core.EnergySpec{Space: space, Units: "1"}, exact.Solution{}, func(e, slope, x []float64) {
		for i := range e {
			e[i] = x[4*i]*x[4*i]/2 - h*x[4*i+3]
			if slope != nil {
				copy(slope[4*i:], []float64{x[4*i], 0, 0, -h})
			}
		}
	})
}

func TestChainsOnASphere(t *testing.T) {
	for _, h := range []float64{0.5, 4} {
		t.Run(fmt.Sprint(h), func(t *testing.T) {
			meanOver(t, mixed(h), 1.3, 1/math.Tanh(1.3*h)-1/(1.3*h), func(x []float64, _ float64) float64 { return x[3] })
			meanOver(t, mixed(h), 1.3, 1/1.3, func(x []float64, _ float64) float64 { return x[0] * x[0] })
		})
	}
}
