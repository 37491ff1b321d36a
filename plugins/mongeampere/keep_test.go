package mongeampere

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
)

// What is evaluated again has the bits of what was kept.
func TestKeptStagesChangeNothing(t *testing.T) {
	for _, name := range []string{"local", "translation", "shuffle"} {
		t.Run(name, func(t *testing.T) {
			var want []float64
			for _, keep := range []int{20, 7, 1} {
				v, r := variants[name], rand.New(rand.NewPCG(1, 2))
				b := bijection(t, v.s, v.space)
				for _, p := range b.Params() {
					for i := range p.Val {
						p.Val[i] = 0.3 * r.NormFloat64()
					}
				}
				b.KeepOf = func(int) int { return keep }
				const n = 5
				w, size := b.On(n), v.space.Size()*n
				x, z, l := make([]float64, size), make([]float64, size), make([]float64, n)
				for i := range z {
					z[i] = r.NormFloat64()
				}
				if err := w.Forward(x, l, z); err != nil {
					t.Fatal(err)
				}
				w.PullForward(z, x, l, true)
				got := slices.Concat(x, l, z)
				for _, g := range w.Grads() {
					got = append(got, g.Grad...)
				}
				if want == nil {
					want = got
				} else if !slices.Equal(got, want) {
					t.Errorf("with %d of 20 steps kept: other numbers", keep)
				}
			}
		})
	}
}

// Workspaces share the memory: the first keep all steps, then there is some left for a few, and
// the others have what is their own, or one step.
func TestKeepsWithinItsMemory(t *testing.T) {
	const n, steps = 48, 50
	p := newPotential[float64](256, []float64{1}, 512, bijection(t, variants["log_cosh"].s, lattice(1)).Field.(*potential[float64]).images, nil, 0)
	step := grad.Bytes[float64]() * p.kept() * stride(n)
	keep := p.keeps(steps)
	whole := keepBytes / (steps * step)
	for range whole {
		if got := keep(n); got != steps {
			t.Fatalf("keeps %d steps of %d", got, steps)
		}
	}
	left := (keepBytes - whole*steps*step) / step
	if got, want := keep(n), max(left, ownBytes/step); got != want {
		t.Errorf("keeps %d steps of what is left, want %d", got, want)
	}
	if got, want := keep(n), ownBytes/step; got != want {
		t.Errorf("keeps %d steps of its own memory, want %d", got, want)
	}
	if got := keep(100_000); got != 1 {
		t.Errorf("keeps %d steps that are larger than its memory", got)
	}
}
