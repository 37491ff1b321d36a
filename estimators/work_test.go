package estimators

import (
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// W = beta E + ln p of eight draws at beta = 2, by hand: 0 and 2 in turns, the mean 1 with the
// standard error sqrt(8/7/8), and the variance 8/7, from which the jackknife takes its bias.
func TestWork(t *testing.T) {
	s := core.Setting{Beta: 2, Energy: core.EnergySpec{Space: core.Space{Kind: core.Field, Shape: []int{1}}, Units: "1"}}
	b := &core.Batch{N: 8, X: make([]float64, 8)}
	for i := range b.N {
		b.E, b.LogP = append(b.E, float64(i)), append(b.LogP, float64(2*(i%2)-2*i))
	}
	for name, want := range map[string][2]float64{"work": {1, math.Sqrt(1.0 / 7)}, "work_variance": {8.0 / 7, -1}} {
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
		if v := all[0].Stderr[0]; want[1] > 0 && math.Abs(v-want[1]) > 1e-14 {
			t.Errorf("%s has the error %v, want %v", name, v, want[1])
		}
	}
}
