package mongeampere

import (
	"maps"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest/rates"
)

// macs is the number of multiply-adds of one configuration in a training step,
// in dense products with W: 2 for each of 4 stages of each step to draw, 4 to
// pull back (2 are the gradient), where the stages of all steps are kept.
func macs(steps, hidden, d int) float64 { return float64(hidden*d) * float64(4*6*steps) }

func benchStep(b *testing.B, l, batch int, s core.Settings) {
	for _, p := range core.Precisions {
		s := maps.Clone(s)
		s["time"], s["steps"], s["precision"] = 5.0, int64(50), string(p)
		b.Run(string(p), func(b *testing.B) { benchOne(b, l, batch, s) })
	}
}

func benchOne(b *testing.B, l, batch int, s core.Settings) {
	work := rates.Work{Single: s["precision"] == string(core.Float32)}
	if s["translation"] != true { // with translations, other products are made
		work.MultiplyAdds = macs(50, int(s["hidden"].(int64)), l*l) * float64(batch)
	}
	train(b, s, lattice(l, l), 0.01).Bench(b, batch, work)
}

// The authors' run on the dual Ising model: L = 16, 512 hidden units, batch 64.
func BenchmarkStep(b *testing.B) { benchStep(b, 16, 64, core.Settings{"hidden": int64(512)}) }

func BenchmarkStep1000(b *testing.B) { benchStep(b, 16, 1000, core.Settings{"hidden": int64(512)}) }

// Two filters, with all their translations.
func BenchmarkStepTranslation(b *testing.B) {
	benchStep(b, 16, 64, core.Settings{"hidden": int64(512), "translation": true})
}

// Eight filters: 2048 hidden units.
func BenchmarkStepTranslation8(b *testing.B) {
	benchStep(b, 16, 64, core.Settings{"hidden": int64(2048), "translation": true})
}
