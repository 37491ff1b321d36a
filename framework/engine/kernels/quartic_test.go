package kernels

import (
	"math"
	"slices"
	"testing"
)

// The definition by pairs, on a ring of sites with further bonds, for numbers of
// configurations with and without a full set of lanes; slopes by differences; and a
// configuration has the same bits wherever it stands.
func TestQuartic(t *testing.T) {
	const sites = 5
	q := &Quartic{A: -0.7, B: 0.4, Degree: 2}
	for i := range sites {
		q.Next = append(q.Next, int32((i+1)%sites), int32((i+2)%sites))
		q.Last = append(q.Last, int32((i+sites-1)%sites), int32((i+sites-2)%sites))
	}
	plain := func(x []float64) (sum float64) {
		for i, u := range x {
			sum += u * u * (q.A + q.B*u*u)
			for _, j := range q.Next[2*i : 2*i+2] {
				sum += (u - x[j]) * (u - x[j])
			}
		}
		return sum
	}
	for _, n := range []int{1, 7, 8, 19} {
		x := random(n * sites)
		s, slope, scratch := make([]float64, n), make([]float64, n*sites), make([]float64, q.Scratch())
		q.Eval(s, slope, x, scratch)
		alone := make([]float64, n)
		q.Eval(alone, nil, x, scratch)
		if !slices.Equal(s, alone) {
			t.Errorf("n = %d: other values without slopes", n)
		}
		for c := range n {
			own := slices.Clone(x[c*sites : (c+1)*sites])
			if want := plain(own); math.Abs(s[c]-want) > 1e-14*(1+math.Abs(want))*sites {
				t.Errorf("n = %d: S of configuration %d is %v, want %v", n, c, s[c], want)
			}
			one, g := make([]float64, 1), make([]float64, sites)
			q.Eval(one, g, own, scratch)
			if one[0] != s[c] || !slices.Equal(g, slope[c*sites:(c+1)*sites]) {
				t.Errorf("n = %d: configuration %d has other bits alone", n, c)
			}
			for i := range own {
				const h = 1e-4 // errors: the third derivative times h^2/6, some 1e-8, and 1e-16/h
				v := own[i]
				own[i] = v + h
				up := plain(own)
				own[i] = v - h
				down := plain(own)
				own[i] = v
				if want := (up - down) / (2 * h); math.Abs(g[i]-want) > 1e-6 {
					t.Errorf("n = %d: slope %d of configuration %d is %v, want %v", n, i, c, g[i], want)
				}
			}
		}
	}
}
