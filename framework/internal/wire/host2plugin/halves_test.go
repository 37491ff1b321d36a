package host2plugin

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
)

// Whether one thread copies or two, all is copied, and every number that is blank is counted.
func TestCopyCounting(t *testing.T) {
	for _, n := range []int{0, 1, 4096, long - 1, long, long + 1} {
		for _, blanks := range [][]int{nil, {0}, {n - 1}, {n / 2}, {n/2 - 1, n / 2}, {0, 1, n - 1}} {
			src, dst := make([]float64, n), make([]float64, n)
			for i := range src {
				src[i] = float64(i + 1)
			}
			want, count := n, 0
			for _, k := range blanks {
				if k >= 0 && k < n && makeBlank(src, k) {
					want, count = min(want, k), count+1
				}
			}
			if first, blank := copyCounting(dst, src); first != want || blank != count {
				t.Errorf("%d numbers, %v blank: %d from %d, want %d from %d", n, blanks, blank, first, count, want)
			}
			for i, v := range dst {
				if v != src[i] && v == v {
					t.Fatalf("of %d numbers, number %d is %v, want %v", n, i, v, src[i])
				}
			}
		}
	}
}

// makeBlank makes number k blank, and tells whether it was not before.
func makeBlank(v []float64, k int) bool {
	was := v[k]
	wire.Blank(v[k : k+1])
	return was == was
}
