package sample

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// concurrent are wells that several threads can ask.
type concurrent struct{ wells }

func (w concurrent) EvalRows(slope, e, x []float64) error {
	b := &core.Batch{N: len(e), X: x}
	if slope == nil {
		return w.Eval(e, b)
	}
	return w.Slope(slope, e, b)
}

// many are wells of so many components that 50 chains make 13 blocks, the last one smaller.
func many() wells {
	var w wells
	for j := range 250 {
		w.a, w.b, w.c = append(w.a, 0.25), append(w.b, 0.5), append(w.c, 0.01*float64(j%3))
	}
	return w
}

// Blocks of chains draw the same bits for any number of threads, and what all chains together
// draw but for the rounding of the step size, which a mean over chains decides.
func TestBlocksAreTheChains(t *testing.T) {
	w := many()
	for _, m := range []Method{MethodMetropolis, MethodMALA, MethodHMC} {
		draw := func(e core.Energy) core.Batch {
			s, err := New(Options{Method: m, Chains: 50, BurnIn: 20, Leapfrog: 4}, core.Target{Energy: e, Beta: 1})
			if err != nil {
				t.Fatal(err)
			}
			_, inBlocks := s.(*chains).kernel.(*blocks)
			if _, can := e.(core.Concurrent); can != inBlocks {
				t.Errorf("%s: in blocks %v, of an energy that can %v", m, inBlocks, can)
			}
			var b core.Batch
			if _, err := s.Next(&b, begin(t, s, 3), 100); err != nil {
				t.Fatal(err)
			}
			return b
		}
		together, blocks := draw(w), draw(concurrent{w})
		threads := runtime.GOMAXPROCS(7)
		again := draw(concurrent{w})
		runtime.GOMAXPROCS(threads)
		if !slices.Equal(again.X, blocks.X) || !slices.Equal(again.E, blocks.E) || !slices.Equal(again.Accept, blocks.Accept) {
			t.Errorf("%s: other draws on seven threads", m)
		}
		for k, x := range together.X {
			if math.Abs(blocks.X[k]-x) > 1e-9 { // 1e-16 of a step, over a hundred moves that do not diverge
				t.Fatalf("%s: number %d is %v in blocks, %v together", m, k, blocks.X[k], x)
			}
		}
	}
}
