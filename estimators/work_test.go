package estimators

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// W = beta E + ln p of eight draws at beta = 2, by hand: 0 and 2 in turns, the mean 1 with the
// standard error sqrt(8/7/8), and the variance 8/7. All (W - 1)^2 are 1, so that the variance
// without any draw is the same number and has no error.
func TestWork(t *testing.T) {
	s := core.Setting{Beta: 2, Energy: core.EnergySpec{Space: core.Space{Kind: core.Field, Shape: []int{1}}, Units: "1"}}
	b := &core.Batch{N: 8, X: make([]float64, 8)}
	for i := range b.N {
		b.E, b.LogP = append(b.E, float64(i)), append(b.LogP, float64(2*(i%2)-2*i))
	}
	for name, want := range map[string][2]float64{"work": {1, math.Sqrt(1.0 / 7)}, "work_variance": {8.0 / 7, 0}} {
		e, err := build(name, nil, s)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(b); err != nil {
			t.Fatal(err)
		}
		all, err := e.Report()
		if err != nil {
			t.Fatal(err)
		}
		if v := all[0].Value[0]; math.Abs(v-want[0]) > 1e-14 {
			t.Errorf("%s = %v, want %v", name, v, want[0])
		}
		if v := all[0].Stderr[0]; math.Abs(v-want[1]) > 1e-14 {
			t.Errorf("%s has the error %v, want %v", name, v, want[1])
		}
	}
}

// A mean of 10^6 does not touch the variance of W = 10^6 + a u, u = -1, 0, 0, 1 in turns, which is
// a^2 8/15 of 16 draws, nor its error: with M_2 = M_4 = 8 in units of a, sqrt(n (M_4 - M_2^2/n)/(n-1))/(n-2)
// of them. W is a binary number of 27 digits, so that what is left is the rounding of some sums.
func TestWorkVarianceAtALargeMean(t *testing.T) {
	const a, n = 1.0 / 128, 16.0
	s := core.Setting{Beta: 1, Energy: core.EnergySpec{Space: core.Space{Kind: core.Field, Shape: []int{1}}, Units: "1"}}
	e, err := build("work_variance", nil, s)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		b := &core.Batch{N: 8, X: make([]float64, 8)}
		for i := range b.N {
			b.E, b.LogP = append(b.E, 1e6+a*[]float64{-1, 0, 0, 1}[i%4]), append(b.LogP, 0)
		}
		if err := e.Add(b); err != nil {
			t.Fatal(err)
		}
	}
	all, err := e.Report()
	if err != nil {
		t.Fatal(err)
	}
	value, stderr := a*a*8/15, a*a*math.Sqrt(n*(8-64/n)/(n-1))/(n-2)
	if v := all[0].Value[0]; math.Abs(v/value-1) > 1e-13 {
		t.Errorf("the variance is %v, want %v", v, value)
	}
	if v := all[0].Stderr[0]; math.Abs(v/stderr-1) > 1e-13 {
		t.Errorf("its error is %v, want %v", v, stderr)
	}
}
