package stats

import (
	"math"
	"testing"
)

// Of a thousand sets of mixed chains one is above it, or two, as place and width count, and up to six as tau is not known:
// of 2000 of these 12, 0 and 13. Of 300 up to seven are (Poisson, 99.9 %). Few long chains; many of few correlation times; and such that are slow in a small part of what they do,
// with tails that ranks take away.
func TestRHatByChance(t *testing.T) {
	for _, c := range []struct {
		name          string
		chains, draws int
		a             float64
		of            func(fast, slow float64) float64
	}{
		{"few", 4, 600, 0.8, func(_, slow float64) float64 { return slow }},
		{"many", 100, 100, 0.4, func(_, slow float64) float64 { return slow }},
		{"mixed", 100, 100, 0.8, func(fast, slow float64) float64 { return math.Exp(0.7*fast + 0.1*slow) }},
	} {
		above := 0
		for k := range 300 {
			r := reference{Kind: "autoregressive", Seed: uint64(7000 + k), Chains: c.chains, Draws: c.draws, A: c.a}
			x, fast := r.column(t), normals(uint64(8000+k), c.chains*c.draws, 0, 1)
			for i := range x {
				x[i] = c.of(fast[i], x[i])
			}
			if m := chainsOf(x, c.chains).Mixing(); m.RHat > m.ByChance {
				above++
			}
		}
		if above > 7 {
			t.Errorf("%s: %d of 300 sets of mixed chains are above", c.name, above)
		}
	}
}

// Chains that are stuck at two places are not excused by that: their limit is that of mixed ones.
func TestStuckChainsAreNotByChance(t *testing.T) {
	x := reference{Kind: "autoregressive", Seed: 8000, Chains: 4, Draws: 600, A: 0.8}.column(t)
	for i := range x {
		x[i] += 5 * float64(i%4%2)
	}
	// tau is 1.8/0.2, and chi^2 with 7 degrees of freedom above 24.3 once in a thousand: by halves of 300 draws it is 1.050.
	if stuck := chainsOf(x, 4).Mixing(); stuck.ByChance > 1.06 || stuck.RHat < 1.5 {
		t.Errorf("by chance %v, R-hat %v", stuck.ByChance, stuck.RHat)
	}
}
