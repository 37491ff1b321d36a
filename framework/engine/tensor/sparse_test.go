package tensor

import (
	"math"
	"testing"
)

func TestSparse(t *testing.T) {
	s := Sparse[float64]{Rows: 4, Terms: 3, At: []int64{0, 1, 2, 3, 3, 0, 2, 1, 0, 1, 1, 1}}
	for _, n := range []int{1, 8, 21} {
		ld := n + 3
		a, x, y, ybar, abar := random(s.Rows*s.Terms), random(s.Rows*ld), random(s.Rows*ld), random(s.Rows*ld), random(s.Rows*s.Terms)
		for _, set := range []bool{true, false} {
			before := append([]float64{}, y...)
			s.Mul(set, y, a, x, n, ld)
			for r := range s.Rows {
				for j := range ld {
					want := before[r*ld+j]
					if j < n {
						if set {
							want = 0
						}
						for k := range s.Terms {
							want += a[r*s.Terms+k] * x[int(s.At[r*s.Terms+k])*ld+j]
						}
					}
					if math.Abs(y[r*ld+j]-want) > 1e-15*10 {
						t.Errorf("n = %d, set %v: y_%d,%d = %v, want %v", n, set, r, j, y[r*ld+j], want)
					}
				}
			}
		}
		before := append([]float64{}, abar...)
		s.Dots(abar, ybar, x, n, ld)
		for k, at := range s.At {
			want := before[k]
			for j := range n {
				want += ybar[k/s.Terms*ld+j] * x[int(at)*ld+j]
			}
			if math.Abs(abar[k]-want) > 1e-15*100 {
				t.Errorf("n = %d: abar_%d = %v, want %v", n, k, abar[k], want)
			}
		}
	}
}
