// Package enginetest has what tests of the engine's kernels share.
package enginetest

import (
	"math"
	"math/rand/v2"
	"testing"
)

var (
	source = rand.NewPCG(1, 2)
	r      = rand.New(source)
)

// Restart begins the stream of Random anew, so that the draws of a test do not depend on the
// tests before it.
func Restart() { source.Seed(1, 2) }

// Random are the next n of one stream of normal numbers.
func Random(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	return x
}

// Near compares numbers with a tolerance relative to 1 + |want|.
func Near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= tolerance*(1+math.Abs(want[i]))) {
			t.Fatalf("%s: element %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// Widths around the vector lengths, where the kernels change gear.
var Widths = []int{1, 2, 3, 7, 8, 9, 16, 23, 24, 25, 31, 40, 49}
