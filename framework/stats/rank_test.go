package stats

import (
	"math"
	"slices"
	"testing"
)

// By hand: 3, 1, 2, 1 have the ranks 4, 1.5, 3, 1.5 of 4, and 4.25 Phi(z) = rank - 3/8.
func TestRankNormal(t *testing.T) {
	x := []float64{3, 1, 2, 1}
	z := rankNormal(x, order(x), normalScores(len(x)))
	for i, rank := range []float64{4, 1.5, 3, 1.5} {
		// Phi(z) is 1/2 erfc(-z/sqrt 2).
		if got, want := math.Erfc(-z[i]/math.Sqrt2)/2, (rank-0.375)/4.25; math.Abs(got-want) > 1e-14 {
			t.Errorf("value %d: probability %v, want %v", i, got, want)
		}
	}
	y := []float64{9, 1, 4, 2}
	if m := median(y, order(y)); m != 3 {
		t.Errorf("median %v", m)
	}
	y = []float64{16, 1, 4, 2, 8}
	if q := quantile(y, order(y), 0.3); math.Abs(q-2.4) > 1e-15 {
		t.Errorf("quantile %v, want 2.4", q)
	}
}

// Of numbers of all signs and sizes, equal ones and both zeros.
func TestOrder(t *testing.T) {
	x := slices.Concat(normals(1, 300, 0, 1), normals(2, 300, 0, 1e-300), normals(3, 300, 0, 1e300),
		[]float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), 7, 7, 7})
	ascending := order(x)
	folded := foldedOrder(x, ascending, 0.5)
	for k := 1; k < len(x); k++ {
		if x[ascending[k-1]] > x[ascending[k]] {
			t.Fatalf("%v before %v", x[ascending[k-1]], x[ascending[k]])
		}
		if a, b := math.Abs(x[folded[k-1]]-0.5), math.Abs(x[folded[k]]-0.5); a > b {
			t.Fatalf("%v before %v from the middle", a, b)
		}
	}
	for _, places := range [][]int32{ascending, folded} {
		if sorted := slices.Sorted(slices.Values(places)); len(sorted) != len(x) || len(slices.Compact(sorted)) != len(x) {
			t.Errorf("%d places of %d values", len(sorted), len(x))
		}
	}
}
