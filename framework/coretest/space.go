package coretest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// configurations returns n configurations from draw, or by default random
// spins, or standard normal numbers for other spaces.
func configurations(space core.Space, draw func(r *rand.Rand, x []float64), seed uint64, n int) []float64 {
	r := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	d := space.Size()
	x := make([]float64, n*d)
	for i := range n {
		one := x[i*d : (i+1)*d]
		switch {
		case draw != nil:
			draw(r, one)
		case space.Kind == core.Spins:
			for j := range one {
				one[j] = float64(2*r.IntN(2) - 1)
			}
		default:
			for j := range one {
				one[j] = r.NormFloat64()
			}
		}
	}
	return x
}

// enumerate returns all 2^d spin configurations; bit j of the index is site j.
func enumerate(d int) []float64 {
	x := make([]float64, d<<d)
	for i := range 1 << d {
		for j := range d {
			x[i*d+j] = float64(2*(i>>j&1) - 1)
		}
	}
	return x
}

// index is the inverse of enumerate for one configuration.
func index(x []float64) int {
	i := 0
	for j, s := range x {
		if s > 0 {
			i |= 1 << j
		}
	}
	return i
}

// near compares slices to a tolerance relative to the larger of 1 and the
// largest number of want.
func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	scale := 1.0
	for _, w := range want {
		if !math.IsInf(w, 0) {
			scale = math.Max(scale, math.Abs(w))
		}
	}
	for i := range want {
		if got[i] == want[i] {
			continue // equal infinities
		}
		if !(math.Abs(got[i]-want[i]) <= tolerance*scale) {
			t.Fatalf("%s: number %d is %.17g, want %.17g within %g", what, i, got[i], want[i], tolerance*scale)
		}
	}
}

// same compares slices bit for bit.
func same(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range want {
		if math.Float64bits(got[i]) != math.Float64bits(want[i]) {
			t.Fatalf("%s: number %d is %.17g, want exactly %.17g", what, i, got[i], want[i])
		}
	}
}

// sameStates compares states.
func sameStates(t *testing.T, what string, got, want []int32) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("%s are %v, want %v", what, got, want)
	}
}

// nans returns n numbers that no result may contain.
func nans(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = math.NaN()
	}
	return v
}

func checkSpace(t *testing.T, s core.Space) {
	t.Helper()
	switch s.Kind {
	case core.Spins, core.Field:
	case core.Particles:
		if len(s.Shape) != 2 {
			t.Errorf("particles need a shape [n, d], have %v", s.Shape)
		}
	default:
		t.Errorf("unknown space kind %q", s.Kind)
	}
	if s.Size() < 1 {
		t.Fatalf("the space %v is empty", s)
	}
	dim := s.Shape[len(s.Shape)-1]
	if s.Box != nil && (s.Kind != core.Particles || !s.Periodic || len(s.Box) != dim || slices.Min(s.Box) <= 0) {
		t.Errorf("the box %v is not that of a periodic space of particles in %d dimensions: %v", s.Box, dim, s)
	}
	if s.Twist != nil && (s.Box == nil || len(s.Twist) != dim || slices.Min(s.Twist) <= -0.5 || slices.Max(s.Twist) > 0.5) {
		t.Errorf("the twist %v is not one number in (-1/2, 1/2] for each edge of the box %v", s.Twist, s.Box)
	}
}

func logSumExp(v []float64) float64 {
	top := math.Inf(-1)
	for _, x := range v {
		top = math.Max(top, x)
	}
	if math.IsInf(top, 0) {
		return top
	}
	sum := 0.0
	for _, x := range v {
		sum += math.Exp(x - top)
	}
	return top + math.Log(sum)
}
