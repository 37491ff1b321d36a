package coretest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// configurations returns n configurations from draw, or by default random ones of
// the space, normal where it has no end.
func configurations(space core.Space, draw func(r *rand.Rand, x []float64), seed uint64, n int) []float64 {
	r := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	d := space.Size()
	x := make([]float64, n*d)
	for i := range n {
		one := x[i*d : (i+1)*d]
		if draw != nil {
			draw(r, one)
		} else {
			space.Random(r, one)
		}
	}
	return x
}

// enumerate returns all configurations whose numbers take the given values; the
// first number varies fastest. It is nil where there are more than most.
func enumerate(values [][]float64, most int) (x []float64) {
	n := 1
	for _, v := range values {
		if n *= len(v); n > most {
			return nil
		}
	}
	for k := range n {
		for _, v := range values {
			x = append(x, v[k%len(v)])
			k /= len(v)
		}
	}
	return x
}

// index is the inverse of enumerate for one configuration.
func index(values [][]float64, x []float64) int {
	i, stride := 0, 1
	for j, v := range values {
		i += stride * slices.Index(v, x[j])
		stride *= len(v)
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
	off, most := 0, 0
	for i := range want {
		if got[i] == want[i] || math.Abs(got[i]-want[i]) <= tolerance*scale { // equal infinities
			continue
		}
		if off++; off == 1 || math.Abs(got[i]-want[i]) > math.Abs(got[most]-want[most]) {
			most = i
		}
	}
	if off == 0 {
		return
	}
	if len(want) == 1 {
		t.Fatalf("%s: %.15g, want %.15g within %.2g", what, got[0], want[0], tolerance*scale)
	}
	how := ""
	if r := relation(got, want, 0); r != "" {
		how = "; they differ " + r
	}
	t.Fatalf("%s: %d of %d numbers are off, most number %d: %.15g, want %.15g within %.2g%s", what, off, len(want), most, got[most], want[most], tolerance*scale, how)
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

// repeated compares what was computed twice: within a tolerance where the part is not bitwise.
func repeated(t *testing.T, what string, got, want []float64, notBitwise bool, tolerance float64) {
	t.Helper()
	if notBitwise {
		near(t, what, got, want, tolerance)
		return
	}
	same(t, what, got, want)
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
	if err := s.Check(); err != nil {
		t.Fatal(err)
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
