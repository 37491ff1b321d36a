package van

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/autoregressive"
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

func TestBatchSizes(t *testing.T) {
	eachVariant(t, func(t *testing.T, s core.Settings) {
		m, _ := build(t, s, 3, 5)
		whole := sample(t, m, 7, 300)
		for _, n := range []int{0, 1, 2, 17, 131} {
			b := sample(t, m, 7, n)
			if !slices.Equal(b.X, whole.X[:n*15]) || !slices.Equal(b.LogP, whole.LogP[:n]) {
				t.Errorf("the first %d samples depend on the batch size", n)
			}
			w := weightsFor(n)
			g := pull(t, m, b, w)
			stranger := *b
			stranger.ID = 0
			if maxDiff(g, pull(t, m, &stranger, w)) > rounding(s)*(1+maxAbs(g)) {
				t.Errorf("n = %d: held and recomputed pull-backs differ", n)
			}
			if n == 0 && maxAbs(g) != 0 {
				t.Error("the empty batch has a gradient")
			}
		}
	})
}

// Without room for more than one chunk, batches go through it slab by slab.
func TestSlabs(t *testing.T) {
	t.Run("float64", testSlabs[float64])
	t.Run("float32", testSlabs[float32])
}

func testSlabs[T tensor.Real](t *testing.T) {
	eachOf(t, core.Precision(fmt.Sprintf("%T", T(0))), func(t *testing.T, s core.Settings) {
		const n = 333
		m, theta := build(t, s, 3, 4)
		c := config{Kernel: 7, Bias: true}
		core.Decode(s, &c)
		net, err := network[T](c, m.Spec().Space)
		if err != nil {
			t.Fatal(err)
		}
		small := autoregressive.New(autoregressive.Options[T]{Name: "van", Network: net, Space: m.Spec().Space, Z2: c.Z2, Budget: 1})
		load(t, small, theta)
		w := weightsFor(n)
		want, got := sample(t, m, 8, n), sample(t, small, 8, n)
		if !slices.Equal(got.X, want.X) || !slices.Equal(got.LogP, want.LogP) {
			t.Error("another batch")
		}
		if !slices.Equal(logProb(t, small, want.X, n), logProb(t, m, want.X, n)) {
			t.Error("other log-densities")
		}
		want.ID = 0 // both from the spins: the same bits
		if g := pull(t, m, want, w); !slices.Equal(pull(t, small, want, w), g) || maxAbs(g) == 0 {
			t.Error("another pull-back")
		}
	})
}

// Hidden states of a batch of 1000 are kept for both networks of the paper:
// (depth-1) * 2 * width + 1 channels on 256 sites, values and adjoints, and the spins, of s
// and -s.
func TestMemoryBudget(t *testing.T) {
	for _, c := range []struct {
		s     core.Settings
		width int
	}{{benchMADE, 4}, {benchPixelCNN, 64}} {
		m := benchModel(t, 16, c.s).Spec().Memory
		if want := float64(2 * 256 * ((4*c.width+1)*16 + 8)); m.PerConfiguration != want || m.Most != 2<<30 {
			t.Errorf("%v: a sample takes %v bytes of %v, want %v", c.s["network"], m.PerConfiguration, m.Most, want)
		}
		if bytes := 1000 * m.PerConfiguration; bytes > m.Most {
			t.Errorf("%v: %v bytes do not fit", c.s["network"], bytes)
		}
	}
}

func TestOneSite(t *testing.T) {
	for _, network := range []string{"made", "pixelcnn"} {
		m, _ := build(t, core.Settings{"network": network, "width": int64(2)}, 1, 1)
		lp := logProb(t, m, []float64{1, -1}, 2)
		if sum := math.Exp(lp[0]) + math.Exp(lp[1]); math.Abs(sum-1) > 1e-15 {
			t.Errorf("%s: sum p = %v", network, sum)
		}
		b := sample(t, m, 1, 3)
		pull(t, m, b, weightsFor(3))
	}
}

// Bit for bit the same for any number of threads.
func TestThreadsDoNotMatter(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	eachVariant(t, func(t *testing.T, s core.Settings) {
		m, _ := build(t, s, 4, 6)
		w := weightsFor(333)
		var x, lp, g []float64
		for _, procs := range []int{1, 2, 4} {
			runtime.GOMAXPROCS(procs)
			b := sample(t, m, 5, 333)
			gb := pull(t, m, b, w)
			lb := logProb(t, m, b.X, b.N)
			if procs == 1 {
				x, lp, g = append(b.X, b.LogP...), lb, gb
			} else if !slices.Equal(x, append(b.X, b.LogP...)) || !slices.Equal(lp, lb) || !slices.Equal(g, gb) {
				t.Errorf("%d threads: another result", procs)
			}
		}
	})
}

func TestStepDoesNotAllocate(t *testing.T) {
	for _, c := range [][2]string{{"made", "float64"}, {"pixelcnn", "float64"}, {"made", "float32"}, {"pixelcnn", "float32"}} {
		network := strings.Join(c[:], " in ")
		m, theta := build(t, core.Settings{"network": c[0], "precision": c[1], "z2": true, "kernel": int64(3)}, 6, 6)
		w, g := weightsFor(100), make([]float64, m.Spec().Parameters)
		var b core.Batch
		step := func() {
			load(t, m, theta)
			if err := m.Sample(&b, 1, 100); err != nil {
				t.Fatal(err)
			}
			if err := m.Pull(g, &b, w); err != nil {
				t.Fatal(err)
			}
		}
		step()
		if a := testing.AllocsPerRun(20, step); a >= 1 {
			t.Errorf("%s: %v allocations per step", network, a)
		}
	}
}

// The contract of core.Model, as for any model.
func TestConformance(t *testing.T) {
	square := core.Space{Kind: core.Spins, Shape: []int{3, 3}}
	for _, s := range []core.Settings{
		{"network": "made", "z2": true}, {"network": "made", "residual": true, "depth": int64(4)},
		{"network": "pixelcnn", "kernel": int64(3), "z2": true},
		{"network": "made", "z2": true, "precision": "float32"}, {"network": "pixelcnn", "kernel": int64(3), "precision": "float32"},
	} {
		t.Run(name(s), func(t *testing.T) {
			o := coretest.ModelOptions{}
			if s.Precision() == core.Float32 {
				o = coretest.InFloat32
			}
			full, problems := core.Complete(Part.Keys(), s)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			coretest.ModelPart(t, Part, full, square, o)
		})
	}
}

func TestWhatDoesNotFit(t *testing.T) {
	chain := core.Space{Kind: core.Spins, Shape: []int{10}}
	square := core.Space{Kind: core.Spins, Shape: []int{4, 4}}
	for _, c := range []struct {
		s     core.Settings
		space core.Space
		want  string
	}{
		{core.Settings{}, core.Space{Kind: core.Particles, Shape: []int{3, 2}}, "needs spins"},
		{core.Settings{"network": "pixelcnn"}, chain, "needs a 2D lattice"},
		{core.Settings{"network": "pixelcnn", "kernel": int64(4)}, square, "kernel must be odd, got 4"},
	} {
		full, problems := core.Complete(Part.Keys(), c.s)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if _, err := Part.NewModel(full, c.space); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
	m, theta := build(t, core.Settings{}, 2, 2)
	if err := m.LogProb(make([]float64, 1), []float64{1, -1, 0.5, 1}); core.KindOf(err) != core.Invalid {
		t.Errorf("a spin of 0.5: %v", err)
	}
	theta[0] = math.NaN()
	load(t, m, theta)
	var b core.Batch
	if err := m.Sample(&b, 1, 4); core.KindOf(err) != core.Numeric {
		t.Errorf("a parameter that is not a number: %v", err)
	}
}
