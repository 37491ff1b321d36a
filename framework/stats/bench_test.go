package stats

import "testing"

// What statistics of 10^6 values cost at the end of an evaluation.
func BenchmarkMillion(b *testing.B) {
	x := reference{Kind: "autoregressive", Seed: 1, Chains: 100, Draws: 10000, A: 0.8}.make()
	s := chainsOf(x, 100)
	b.Run("error", func(b *testing.B) {
		for range b.N {
			s.Error()
		}
	})
	b.Run("mixing", func(b *testing.B) {
		for range b.N {
			s.Mixing()
		}
	})
	b.Run("equilibration", func(b *testing.B) {
		for range b.N {
			s.Equilibration()
		}
	})
	b.Run("pareto", func(b *testing.B) {
		for range b.N {
			ParetoK(x, 9)
		}
	})
}
