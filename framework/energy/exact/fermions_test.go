package exact

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// The sum over all sets of orbitals, at temperatures from far below the gaps to far
// above the band.
func TestIdealFermionsAreTheSumOverSets(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	eps := make([]float64, 10)
	for i := range eps {
		eps[i] = 5 * r.NormFloat64()
	}
	eps[3] = eps[7] // a degenerate pair
	for n := 0; n <= len(eps); n++ {
		for _, beta := range []float64{0.01, 1, 30} {
			z, zE, ground := 0.0, 0.0, math.Inf(1)
			sets := func(f func(e float64)) {
				for set := range uint(1) << len(eps) {
					if bits.OnesCount(set) != n {
						continue
					}
					e := 0.0
					for i, v := range eps {
						e += v * float64(set>>i&1)
					}
					f(e)
				}
			}
			sets(func(e float64) { ground = min(ground, e) })
			sets(func(e float64) {
				w := math.Exp(-beta * (e - ground))
				z, zE = z+w, zE+w*e
			})
			wantF, wantE := ground-math.Log(z)/beta, zE/z
			f, e, s := IdealFermions(eps, n, beta)
			// Rounding of some hundred terms, and F and S divide and multiply by beta.
			tolerance := 1e-13 * (1 + math.Abs(wantE)) * (1 + 1/beta)
			if math.Abs(f-wantF) > tolerance || math.Abs(e-wantE) > tolerance || math.Abs(s-beta*(wantE-wantF)) > tolerance*(1+beta) {
				t.Errorf("n=%d beta=%v: F %v E %v S %v, want F %v E %v", n, beta, f, e, s, wantF, wantE)
			}
		}
	}
}
