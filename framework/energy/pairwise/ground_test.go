package pairwise

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// Random systems of 8 sites, of which some are frustrated: where the solution is
// given it is that of the enumeration, and where it is not the enumeration finds
// a higher energy than that of satisfied couplings and fields.
func TestGroundIsEnumeration(t *testing.T) {
	const n = 8
	r := rand.New(rand.NewPCG(3, 4))
	satisfied, frustrated := 0, 0
	for range 300 {
		p := exact.Pairs{N: n, J: make([]float64, n*n), H: make([]float64, n)}
		bound := 0.0
		for i := range n {
			for j := range i {
				if r.IntN(4) == 0 {
					v := float64(r.IntN(5) - 2)
					p.J[i*n+j], p.J[j*n+i] = v, v
					bound -= math.Abs(v)
				}
			}
			if r.IntN(6) == 0 {
				p.H[i] = float64(r.IntN(3) - 1)
				bound -= math.Abs(p.H[i])
			}
		}
		bonds := func(yield func(i, j int, v float64)) {
			for i := range n {
				for j := i + 1; j < n; j++ {
					if v := p.J[i*n+j]; v != 0 {
						yield(i, j, v)
					}
				}
			}
		}
		count := 0
		bonds(func(_, _ int, _ float64) { count++ })
		want := exact.Enumerate(math.Inf(1), p).Values
		for _, stored := range []store{newDense(n, bonds, p.H), newSparse(n, count, bonds, p.H)} {
			solve := ground(n, stored.each, p.H)
			if solve == nil {
				if frustrated++; want["lowest_energy"] <= bound {
					t.Fatalf("%+v: taken for frustrated, and has the energy %v", p, bound)
				}
				continue
			}
			satisfied++
			x, err := solve(math.Inf(1))
			if err != nil || x.Values["energy"] != want["lowest_energy"] || math.Abs(x.Values["entropy"]-want["entropy"]) > 1e-14 {
				t.Fatalf("%+v: %v, %v, want %v", p, x.Values, err, want)
			}
		}
	}
	if satisfied < 100 || frustrated < 100 {
		t.Errorf("%d satisfied and %d frustrated systems", satisfied, frustrated)
	}
}
