package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestThinnedChains(t *testing.T) {
	x := make([]float64, 30*3)
	for i := range x {
		x[i] = float64(i)
	}
	s := chainsOf(x, 3)
	if got := s.Thinned(90); got != s {
		t.Error("nothing was to be left out")
	}
	if got := s.Thinned(1); got != s {
		t.Error("30 draws are fewer than 32")
	}
	s = chainsOf(slices.Concat(x, x, x, x), 3) // 120 draws
	for _, most := range []int{180, 130, 1} {  // every third one, and the last: the second is not odd, the fourth leaves fewer than 32
		got := s.Thinned(most)
		if got.m != 3 || len(got.x) != 120 || got.x[0] != 6 || got.x[119] != 89 {
			t.Errorf("%d values of %d chains, from %v to %v", len(got.x), got.m, got.x[0], got.x[len(got.x)-1])
		}
	}
}

// Chains that turn over at each draw, as those of clusters at a low temperature, are mixed however they are thinned.
func TestThinnedChainsThatAlternate(t *testing.T) {
	noise := rand.New(rand.NewPCG(5, 6))
	x, sign := make([]float64, 32*200), [32]float64{}
	for i := range x {
		c := i % 32
		if sign[c] == 0 {
			sign[c] = float64(1 - 2*(c%2))
		}
		if noise.Float64() < 0.97 { // 0.03 of the clusters turn nothing over
			sign[c] = -sign[c]
		}
		x[i] = sign[c] + 0.1*noise.NormFloat64()
	}
	s := chainsOf(x, 32)
	for most := len(x); most > 100; most = most * 2 / 3 {
		if m := s.Thinned(most).Mixing(); !(m.RHat < 1.01) {
			t.Errorf("of %d values at most R-hat is %.3f", most, m.RHat)
		}
	}
}

// R-hat of chains that differ by 0.3 is the same of every 7th draw within what chance adds to either, tau/n.
func TestThinnedChainsDifferAsAllDo(t *testing.T) {
	r := reference{Kind: "autoregressive", Seed: 40, Chains: 4, Draws: 20000, A: 0.9}
	x := r.column(t)
	for i := range x {
		x[i] += 0.3 * float64(i%4%2)
	}
	s := chainsOf(x, 4)
	thinned := s.Thinned(len(x) / 7)
	if all, few := s.Mixing().RHat, thinned.Mixing().RHat; math.Abs(all-few) > 19./10000 || all < 1.01 {
		t.Errorf("R-hat %v, of every 7th draw %v", all, few)
	}
}

func TestJoinedChains(t *testing.T) {
	x := normals(50, 4*1100, 0, 1)
	s := chainsOf(x, 4)
	got, draws := s.Joined(2500)
	if draws != 2 || got.N() != 2200 || math.Abs(got.Mean()-s.Mean()) > 1e-14 {
		t.Errorf("%d means of %d draws, mean %v of %v", got.N(), draws, got.Mean(), s.Mean())
	}
	if got, draws := s.Joined(1); draws != 8 || got.N() != 548 {
		t.Errorf("%d means of %d draws: 275 can be halved, 137 cannot", got.N(), draws)
	}
}
