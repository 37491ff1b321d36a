package learn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// permutations of 0, ..., n-1.
func permutations(n int) (all [][]int) {
	if n == 0 {
		return [][]int{nil}
	}
	for _, p := range permutations(n - 1) {
		for i := range n {
			all = append(all, slices.Insert(slices.Clone(p), i, n-1))
		}
	}
	return all
}

// Starts and ends in blocks of four, three particles each: the sum of squared distances is
// the least over all 24 x 6^4 orders of configurations and particles, and a start is one
// that was drawn.
func TestCouple(t *testing.T) {
	const particles, d, n, block = 3, 2, 10, 4
	space := core.Space{Kind: core.Particles, Shape: []int{particles, d}}
	size := particles * d
	r := rand.New(rand.NewPCG(5, 6))
	draw := func() []float64 {
		x := make([]float64, n*size)
		for i := range x {
			x[i] = r.NormFloat64()
		}
		return x
	}
	for _, c := range []core.Coupling{{Block: block}, {Particles: true}, {Block: block, Particles: true}} {
		unpaired, end, start := draw(), draw(), make([]float64, n*size)
		if err := NewCoupler(c, space).Couple(start, unpaired, end, 0, n, true); err != nil {
			t.Fatal(err)
		}
		orders, m := [][]int{{0, 1, 2}}, max(c.Block, 1)
		if c.Particles {
			orders = permutations(particles)
		}
		for from := 0; from < n; from += m {
			k := min(m, n-from)
			best := math.Inf(1)
			for _, sigma := range permutations(k) {
				sum := 0.0
				for i, j := range sigma {
					least := math.Inf(1)
					for _, tau := range orders {
						one := 0.0
						for p, q := range tau {
							one += square(end[(from+i)*size+p*d:][:d], unpaired[(from+j)*size+q*d:][:d])
						}
						least = min(least, one)
					}
					sum += least
				}
				best = min(best, sum)
			}
			if got := square(start[from*size:(from+k)*size], end[from*size:(from+k)*size]); math.Abs(got-best) > 1e-12*best {
				t.Errorf("%+v: the block at %d has the cost %v, the best %v", c, from, got, best)
			}
			if !slices.Equal(slices.Sorted(slices.Values(start[from*size:(from+k)*size])), slices.Sorted(slices.Values(unpaired[from*size:(from+k)*size]))) {
				t.Errorf("%+v: the starts of the block at %d are not those that were drawn", c, from)
			}
		}
	}
}

// A block stays on one rank.
func TestCoupleCutBlocks(t *testing.T) {
	c := NewCoupler(core.Coupling{Block: 4}, core.Space{Kind: core.Field, Shape: []int{1}})
	x := make([]float64, 8)
	for _, at := range []struct {
		from, n int
		last    bool
		fits    bool
	}{{0, 8, true, true}, {4, 8, false, true}, {4, 6, true, true}, {0, 6, false, false}, {2, 6, true, false}} {
		err := c.Couple(x[:at.n], x[:at.n], x[:at.n], at.from, at.n, at.last)
		if fits := err == nil; fits != at.fits || !fits && core.KindOf(err) != core.Unsupported {
			t.Errorf("%+v: %v", at, err)
		}
	}
	if NewCoupler(core.Coupling{}, core.Space{}) != nil {
		t.Error("nothing to couple, and a coupler")
	}
}
