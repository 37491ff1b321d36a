package sample

import (
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/gaussian"
)

// The rows of a pool are the draws of its chains after burn-in, in their order, whatever is
// asked for first, and those of another seed are others.
func TestPool(t *testing.T) {
	settings, _ := core.Complete(gaussian.Part.Params, core.Settings{"dimension": int64(2)})
	energy, err := gaussian.Part.NewEnergy(settings)
	if err != nil {
		t.Fatal(err)
	}
	chains := func() core.Sampler {
		s, err := New(Options{Method: MethodHMC, Chains: 5, BurnIn: 30, Thin: 2}, core.Target{Energy: energy, Beta: 1})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	const n, d = 20, 2
	want := make([]float64, 0, n*d)
	s := chains()
	state, err := s.Init(11)
	for left := 1; err == nil && left > 0; {
		state, left, err = s.Burn(state)
	}
	for err == nil && len(want) < n*d {
		var b core.Batch
		if state, err = s.Next(&b, state, 5); err == nil {
			want = append(want, b.X...)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	pool := &Pool{Sampler: chains(), Seed: 11, N: n, Size: d, Group: 5}
	for _, number := range [][]int32{{19, 0}, {7}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}} {
		x := make([]float64, d*len(number))
		if err := pool.Rows(x, number); err != nil {
			t.Fatal(err)
		}
		for i, k := range number {
			if !slices.Equal(x[i*d:(i+1)*d], want[k*d:(k+1)*d]) {
				t.Fatalf("row %d is %v, draw %v", k, x[i*d:(i+1)*d], want[k*d:(k+1)*d])
			}
		}
	}
	other := make([]float64, d)
	if err := (&Pool{Sampler: chains(), Seed: 12, N: n, Size: d, Group: 5}).Rows(other, []int32{3}); err != nil || slices.Equal(other, want[3*d:4*d]) {
		t.Errorf("error %v, or another seed has the same draws", err)
	}
	if all := pool.All(); all.Len() != n {
		t.Errorf("%d rows, want %d", all.Len(), n)
	}
}
