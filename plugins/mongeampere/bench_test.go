package mongeampere

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest/rates"
)

// macs is the number of multiply-adds of one configuration in a training step,
// in dense products with W: 2 for each of 4 stages of each step to draw, 4 to
// pull back (2 are the gradient), and 2 to evaluate again the stages of steps
// that were not kept, but for the velocity of the last.
func macs(steps, keep, hidden, d int) float64 {
	again := steps - min(keep, steps)
	return float64(hidden*d) * float64(4*6*steps+7*again)
}

func benchStep(b *testing.B, l, batch int, s core.Settings) {
	s["time"], s["steps"] = 5.0, int64(50)
	m := train(b, s, lattice(l, l), 0.01)
	flow, work := bijection(b, s, lattice(l, l)), rates.Work{}
	if p := flow.Field.(*potential); p.shape == nil { // with translations, other products are made
		work.MultiplyAdds = macs(50, flow.Keep, p.hidden(), l*l) * float64(batch)
	}
	m.Bench(b, batch, work)
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
