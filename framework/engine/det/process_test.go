package det

import (
	"math"
	"math/rand/v2"
	"testing"
)

// ring are the plane waves exp(2 pi i k z) of a ring of length 1.
type ring struct{}

func (ring) Propose(z []float64, _ []int32, r *rand.Rand) { z[0] = r.Float64() }

func (ring) Evaluate(phi []complex128, z []float64, k []int32) {
	for j, q := range k {
		sin, cos := math.Sincos(2 * math.Pi * float64(q) * z[0])
		phi[j] = complex(cos, sin)
	}
}

// Of n fermions on a ring in the plane waves k = 0, ..., n - 1 the eigenvalues are those of a
// random unitary matrix, and for each of a set of states K
//
//	< |sum_i exp(2 pi i m z_i)|^2 > = n - (pairs of K that differ by m).
func TestProcessDrawsTheDeterminant(t *testing.T) {
	const draws = 20000
	r := rand.New(rand.NewPCG(1, 2))
	for _, k := range [][]int32{{0, 1}, {0, 1, 2, 3, 4}, {-3, 0, 2, 7}} {
		n := len(k)
		p, z := NewProcess(ring{}, n, 1), make([]float64, n)
		const most = 5
		var sum, squares [most + 1]float64
		for range draws {
			p.Draw(z, k, r)
			for m := 1; m <= most; m++ {
				re, im := 0.0, 0.0
				for _, x := range z {
					sin, cos := math.Sincos(2 * math.Pi * float64(m) * x)
					re, im = re+cos, im+sin
				}
				s := re*re + im*im
				sum[m] += s / draws
				squares[m] += s * s / draws
			}
		}
		for m := 1; m <= most; m++ {
			want := float64(n)
			for _, a := range k {
				for _, b := range k {
					if a-b == int32(m) {
						want--
					}
				}
			}
			stderr := math.Sqrt((squares[m] - sum[m]*sum[m]) / draws)
			if !(math.Abs(sum[m]-want) < 4*stderr) {
				t.Errorf("state %v, m = %d: %.3f +- %.3f, want %v", k, m, sum[m], stderr, want)
			}
		}
	}
}

func TestProcessDoesNotAllocate(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	k, z := []int32{0, 1, 2}, make([]float64, 3)
	p := NewProcess(ring{}, 3, 1)
	if n := testing.AllocsPerRun(100, func() { p.Draw(z, k, r) }); n > 0 {
		t.Errorf("%v allocations in a draw", n)
	}
}
