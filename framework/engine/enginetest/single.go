package enginetest

import (
	"math"
	"testing"
)

// Singles are n normal numbers that float32 holds, in both types.
func Singles(n int) (wide []float64, single []float32) {
	wide, single = Random(n), make([]float32, n)
	for i, v := range wide {
		single[i] = float32(v)
		wide[i] = float64(single[i])
	}
	return wide, single
}

// NearSingle compares what a kernel made of float32 with what its twin made of the same
// numbers in float64, in roundings of float32 relative to 1 + |want|: so many as the kernel
// has of them one after the other.
func NearSingle(t *testing.T, what string, got []float32, want []float64, roundings float64) {
	t.Helper()
	same := true
	for i, w := range want {
		if !(math.Abs(float64(got[i])-w) <= roundings*0x1p-24*(1+math.Abs(w))) {
			t.Fatalf("%s: element %d is %v, in float64 %v", what, i, got[i], w)
		}
		same = same && got[i] == float32(0)
	}
	if same {
		t.Fatalf("%s: all zero", what)
	}
}
