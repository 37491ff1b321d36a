package stats

import (
	"math"
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
	s = chainsOf(slices.Concat(x, x, x), 3) // 90 draws
	got := s.Thinned(135)                   // every second one, and the last
	if got.m != 3 || len(got.x) != 135 || got.x[0] != 3 || got.x[134] != 89 {
		t.Errorf("%d values of %d chains, from %v to %v", len(got.x), got.m, got.x[0], got.x[len(got.x)-1])
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
