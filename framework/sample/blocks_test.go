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
// draw.
func TestBlocksAreTheChains(t *testing.T) {
	w := many()
	for _, m := range []Method{MethodMetropolis, MethodMALA, MethodHMC} {
		draw := func(e core.Energy) core.Batch {
			s, err := New(Options{Method: m, Chains: 50, BurnIn: 20, Leapfrog: 4}, core.Target{Energy: e, Beta: 1})
			if err != nil {
				t.Fatal(err)
			}
			_, inBlocks := s.(*chains).kernel.(*blocks)
			if _, can := core.AbilityOf[core.Concurrent](e); can != inBlocks {
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
		if !slices.Equal(together.X, blocks.X) || !slices.Equal(together.E, blocks.E) || !slices.Equal(together.Accept, blocks.Accept) {
			t.Errorf("%s: other draws in blocks than together", m)
		}
	}
}

// Itself makes the abilities those of this type alone.
func (w *embedded) Itself() core.Energy { return w }

type embedded struct{ concurrent }

// stiff embeds an energy that several threads can ask, and has another one.
type stiff struct{ *embedded }

func (s stiff) Eval(e []float64, b *core.Batch) error {
	return s.Slope(make([]float64, len(b.X)), e, b)
}

func (s stiff) Slope(slope, e []float64, b *core.Batch) error {
	if err := s.embedded.Slope(slope, e, b); err != nil {
		return err
	}
	d := len(slope) / len(e)
	for i := range slope {
		slope[i] += 2 * b.X[i]
		e[i/d] += b.X[i] * b.X[i]
	}
	return nil
}

// Chains of an energy that embeds another walk by its own E, and not by methods of the other.
func TestChainsOfAnEnergyThatEmbedsAnother(t *testing.T) {
	inner := &embedded{concurrent{many()}}
	if _, ok := core.AbilityOf[core.Concurrent](inner); !ok {
		t.Fatal("an energy that is itself lost its ability")
	}
	s, err := New(Options{Method: MethodHMC, Chains: 10, BurnIn: 20, Leapfrog: 4}, core.Target{Energy: stiff{inner}, Beta: 1})
	if err != nil {
		t.Fatal(err)
	}
	var b core.Batch
	if _, err := s.Next(&b, begin(t, s, 3), 10); err != nil {
		t.Fatal(err)
	}
	e := make([]float64, b.N)
	if err := (stiff{inner}).Eval(e, &b); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(b.E, e) {
		t.Errorf("the chains' energies are %v, and E of their places %v", b.E, e)
	}
}

// faulty is x^2/2, and something else beyond x = 1.
type faulty struct {
	wells
	fault string
}

func (f faulty) Eval(e []float64, b *core.Batch) error {
	return f.Slope(make([]float64, len(b.X)), e, b)
}

func (f faulty) Slope(slope, e []float64, b *core.Batch) error { return f.EvalRows(slope, e, b.X) }

func (f faulty) EvalRows(slope, e, x []float64) error {
	for i, v := range x {
		switch bad := v > 1; {
		case bad && f.fault == "NaN":
			e[i] = math.NaN()
		case bad && f.fault == "nothing":
		case bad && f.fault == "wall":
			e[i] = math.Inf(1)
		case bad && f.fault == "-Inf":
			e[i] = math.Inf(-1)
		default:
			e[i] = v * v / 2
		}
		if slope != nil && !(v > 1 && f.fault == "no slope") {
			slope[i] = v
		}
	}
	return nil
}

// together hides EvalRows.
type together struct{ core.EnergySloper }

func (f together) Spec() core.EnergySpec { return f.EnergySloper.(core.Energy).Spec() }

func (f together) Eval(e []float64, b *core.Batch) error {
	return f.EnergySloper.(core.Energy).Eval(e, b)
}

// What an energy must not say, or leaves out, ends the run wherever a chain meets it; a wall
// does not.
func TestChainsMeetFaults(t *testing.T) {
	for _, fault := range []string{"NaN", "-Inf", "nothing", "no slope", "wall"} {
		for _, m := range []Method{MethodMetropolis, MethodMALA, MethodHMC} {
			f := faulty{wells{[]float64{0.25}, []float64{0.5}, []float64{0}}, fault}
			for name, e := range map[string]core.Energy{"in blocks": f, "together": together{f}} {
				s, err := New(Options{Method: m, Chains: 4, BurnIn: 10, Leapfrog: 4}, core.Target{Energy: e, Beta: 1, Raw: true})
				if err != nil {
					t.Fatal(err)
				}
				state := core.SamplerState{Seed: 1, Chains: core.State{N: 4, Rows: make([]float64, 4), Whole: []float64{0.4}}}
				_, err = s.Next(&core.Batch{}, state, 4000)
				bad := fault != "wall" && !(m == MethodMetropolis && fault == "no slope")
				if bad != (core.KindOf(err) == core.Numeric) || !bad && err != nil {
					t.Errorf("%s, %s, %s: error %v", m, name, fault, err)
				}
			}
		}
	}
}
