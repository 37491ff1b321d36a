package sample

import (
	"errors"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// recorder is a density that writes the seed it was given into the batch.
type recorder struct{ err error }

func (r recorder) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, 1)
	for i := range n {
		dst.X[i] = float64(core.Derive(seed, uint64(i)) >> 11)
	}
	return r.err
}

func (recorder) LogProb([]float64, []float64) error { return errors.New("not asked for") }

// A state is all that decides the draws after it: the same state gives the
// same batch, another does not, and one rebuilt from plain data goes on.
func TestDirectIsDecidedByItsState(t *testing.T) {
	var first, again, second, resumed core.Batch
	state, _ := Direct{}.Init(7)
	next := draw(t, &first, state)
	draw(t, &again, state)
	draw(t, &second, next)
	draw(t, &resumed, core.SamplerState{Seed: 7, Drawn: 1})
	if first.N != 4 || first.X[3] != again.X[3] {
		t.Error("the same state gave different batches")
	}
	if second.X[3] != resumed.X[3] {
		t.Error("a rebuilt state does not go on")
	}
	seen := map[float64]bool{}
	for _, b := range []core.Batch{first, second} {
		for _, x := range b.X {
			seen[x] = true
		}
	}
	if len(seen) != 8 {
		t.Errorf("%d different draws, want 8", len(seen))
	}
}

func draw(t *testing.T, b *core.Batch, state core.SamplerState) core.SamplerState {
	t.Helper()
	next, err := Direct{Density: recorder{}}.Next(b, state, 4)
	if err != nil || next.Drawn != state.Drawn+1 || next.Seed != state.Seed {
		t.Fatalf("state %+v, error %v after %+v", next, err, state)
	}
	return next
}

func TestDirectKeepsItsStateOnAnError(t *testing.T) {
	fault := errors.New("the density failed")
	state := core.SamplerState{Seed: 7, Drawn: 3}
	next, err := Direct{Density: recorder{fault}}.Next(&core.Batch{}, state, 4)
	if !errors.Is(err, fault) || next.Drawn != 3 {
		t.Errorf("state %+v, error %v", next, err)
	}
}
