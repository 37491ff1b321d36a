package sample

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

// From the well k = 1 to that of k = 4 in K steps, with draws that come to rest at each: x^2 has
// the mean 1/k and the variance 2/k^2, so that with k_i = 1 + 3 i/K
//
//	< W > = sum_i (3/K)/(2 k_i),   Var W = sum_i (3/K)^2/(2 k_i^2),
//
// 1.5, 0.8546703297, 0.7296716750 and 4.5, 0.4447139536, 0.0790892134 for K = 1, 4, 16, less the
// constant ln(2 pi)/2 of the density p. And -ln < exp(-W) > = ln 2 at every K, less it.
func TestAnnealed(t *testing.T) {
	const n = 20000
	model, err := coretest.Gaussian().NewModel(coretest.Settings(t, coretest.Gaussian(), core.Settings{}), core.Space{Kind: core.Field, Shape: []int{1}})
	if err != nil {
		t.Fatal(err)
	}
	if err := model.Load([]float64{0, 0}); err != nil {
		t.Fatal(err)
	}
	constant := math.Log(2*math.Pi) / 2
	for _, levels := range []int{1, 4, 16} {
		s, err := annealedPart().NewSampler(coretest.Settings(t, annealedPart(), core.Settings{"levels": int64(levels), "moves": int64(6), "leapfrog": int64(4), "step_size": 0.3}),
			core.Target{Model: model, Energy: harmonic{4}, Beta: 1})
		if err != nil {
			t.Fatal(err)
		}
		state, err := s.Init(5)
		if err != nil {
			t.Fatal(err)
		}
		var b core.Batch
		if state, err = s.Next(&b, state, n); err != nil || state.Drawn != 1 {
			t.Fatal(state, err)
		}
		var mean, square, z float64
		for i, e := range b.E {
			w := e + b.LogP[i] + constant
			mean, square, z = mean+w/n, square+w*w/n, z+math.Exp(-w)/n
		}
		wantMean, wantVariance := 0.0, 0.0
		for i := range levels {
			k := 1 + 3*float64(i)/float64(levels)
			wantMean += 3 / float64(levels) / (2 * k)
			wantVariance += math.Pow(3/float64(levels), 2) / (2 * k * k)
		}
		variance := square - mean*mean
		if math.Abs(mean-wantMean) > 4*math.Sqrt(wantVariance/n) {
			t.Errorf("K = %d: the mean work is %v, want %v", levels, mean, wantMean)
		}
		// The kurtosis of W at K = 1 is that of chi^2 with one degree of freedom, 15.
		if math.Abs(variance/wantVariance-1) > 4*math.Sqrt(14.0/n) {
			t.Errorf("K = %d: its variance is %v, want %v", levels, variance, wantVariance)
		}
		// ESS 0.66 at K = 1: the relative variance of a weight is 1/ESS - 1.
		if got := -math.Log(z); math.Abs(got-math.Ln2) > 4*math.Sqrt(0.52/n) {
			t.Errorf("K = %d: -ln < exp(-W) > = %v, want ln 2", levels, got)
		}
		// A draw depends on its number alone.
		var half core.Batch
		half.From = n / 2
		state.Drawn = 0
		if _, err := s.Next(&half, state, n/2); err != nil {
			t.Fatal(err)
		}
		for i := range half.LogP {
			if half.LogP[i] != b.LogP[n/2+i] || half.X[i] != b.X[n/2+i] {
				t.Fatalf("K = %d: draw %d is another one in a part of the batch", levels, n/2+i)
			}
		}
	}
}

// harmonic is k x^2/2 on a line.
type harmonic struct{ k float64 }

func (h harmonic) Spec() core.EnergySpec {
	return core.EnergySpec{Space: core.Space{Kind: core.Field, Shape: []int{1}}, Units: "1", Powers: []core.Power{core.PowerSlope}}
}

func (h harmonic) Eval(dst []float64, b *core.Batch) error {
	return h.Slope(make([]float64, b.N), dst, b)
}

func (h harmonic) Slope(slope, energies []float64, b *core.Batch) error {
	for i, x := range b.X {
		slope[i], energies[i] = h.k*x, h.k*x*x/2
	}
	return nil
}
