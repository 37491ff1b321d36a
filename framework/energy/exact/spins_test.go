package exact

import (
	"math"
	"testing"
)

// Any energy by its function against pairs by their couplings, at N = 12 so that there
// are several blocks, from infinite temperature to 0.
func TestSpinsIsEnumerate(t *testing.T) {
	const n = 12
	p := Pairs{N: n, J: make([]float64, n*n), H: make([]float64, n), Offset: 0.7}
	for i := range n {
		p.H[i] = math.Cos(float64(i))
		for j := range i {
			v := math.Sin(float64(n*i + j))
			p.J[i*n+j], p.J[j*n+i] = v, v
		}
	}
	solution := Spins(n, func(e, x []float64) {
		for i := range e {
			e[i], _ = p.start(x[i*n : (i+1)*n])
		}
	})
	for _, beta := range []float64{1e-3, 1, 30, math.Inf(1)} {
		got, err := solution.Exact(beta)
		if err != nil {
			t.Fatal(err)
		}
		want := Enumerate(beta, p)
		if got.Source != want.Source || len(got.Values) != len(want.Values) {
			t.Errorf("beta %v: %v, want %v", beta, got, want)
		}
		for name, w := range want.Values {
			// 2^12 terms, of which the smallest F is divided by beta
			if g := got.Values[name]; !(math.Abs(g-w) <= 1e-11*(1+math.Abs(w))) {
				t.Errorf("beta %v: %s = %.16g, want %.16g", beta, name, g, w)
			}
		}
	}
}

// Two of the four states of two spins are forbidden, of energies 0 and 1 are the others.
func TestSpinsForbidden(t *testing.T) {
	solution := Spins(2, func(e, x []float64) {
		for i := range e {
			e[i] = (1 - x[2*i]) / 2
			if x[2*i+1] < 0 {
				e[i] = math.Inf(1)
			}
		}
	})
	x, err := solution.Exact(1)
	if want := math.Log(1 + math.Exp(-1)); err != nil || math.Abs(x.Values["log_z"]-want) > 1e-15 {
		t.Errorf("ln Z = %v, error %v, want %v", x.Values["log_z"], err, want)
	}
	unknown := Spins(MaxSpins+1, nil)
	if len(unknown.Powers()) != 0 {
		t.Error("too many spins are solved")
	}
}
