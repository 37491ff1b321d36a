package flowtest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func normal(r *rand.Rand, n int) []float64 {
	s := make([]float64, n)
	for i := range s {
		s[i] = r.NormFloat64()
	}
	return s
}

// nans is what no output may be left as.
func nans(n int) []float64 {
	return slices.Repeat([]float64{math.NaN()}, n)
}

// pick returns the named columns of a matrix of n columns.
func pick(a []float64, n int, columns []int) []float64 {
	var all []float64
	for row := range slices.Chunk(a, n) {
		for _, j := range columns {
			all = append(all, row[j])
		}
	}
	return all
}

// diff is the largest difference, +Inf if one is NaN.
func diff(a, b []float64) float64 {
	most := 0.0
	for i := range a {
		if d := math.Abs(a[i] - b[i]); d > most || math.IsNaN(d) {
			most = d
		}
	}
	if math.IsNaN(most) {
		return math.Inf(1)
	}
	return most
}

func largest(a []float64) float64 { return diff(a, make([]float64, len(a))) }

// near compares with a tolerance relative to the largest component, at least 1
// for numbers below 1.
func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if d := diff(got, want); !(d <= tolerance*max(1, largest(want))) {
		t.Errorf("%s is off by %.3g of %.3g, tolerance %.1g", what, d, largest(want), tolerance)
	}
}

func same(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: other numbers, by %.3g of %.3g", what, diff(got, want), largest(want))
	}
}
