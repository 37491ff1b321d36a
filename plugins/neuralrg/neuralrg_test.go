package neuralrg

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
	"github.com/helmholtz-physics/helmholtz/framework/flow/coupling"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

func defaults() config {
	return config{Couplings: 10, Layers: 3, Hidden: 10, Repeats: 1, BaseKeys: flow.StandardBase}
}

func field(l int) core.Space {
	return core.Space{Kind: core.Field, Shape: []int{l, l}, Lattice: "square", Periodic: true}
}

func TestBijection(t *testing.T) {
	for _, h := range []hierarchy{
		{config{Couplings: 6, Layers: 2, Hidden: 5, Repeats: 1, Depth: 2}, 4},
		{config{Couplings: 3, Layers: 1, Hidden: 4, Repeats: 2, Depth: 1}, 4},
		{config{Couplings: 2, Layers: 1, Hidden: 3, Repeats: 1, Depth: 1}, 2},
		{config{Couplings: 3, Layers: 1, Hidden: 4, Repeats: 1, Reach: 1, Depth: 3}, 8},
	} {
		t.Run(fmt.Sprintf("%+v", h), func(t *testing.T) { flowtest.Battery(t, newFlow[float64](h), flowtest.Options{Dim: h.l * h.l}) })
	}
}

func TestPart(t *testing.T) {
	small := core.Settings{"couplings": int64(2), "layers": int64(1), "hidden": int64(3)}
	for name, c := range map[string]struct {
		l    int
		more core.Settings
	}{
		"plain": {4, nil}, "z2": {4, core.Settings{"z2": true}}, "z2, translation": {2, core.Settings{"z2": true, "translation": true}},
		"reach": {4, core.Settings{"reach": int64(1)}}, "depth 1, repeated": {4, core.Settings{"depth": int64(1), "repeats": int64(2)}},
	} {
		t.Run(name, func(t *testing.T) {
			s := maps.Clone(small)
			maps.Copy(s, c.more)
			coretest.ModelPart(t, Part, s, field(c.l), coretest.ModelOptions{Samples: 5000})
		})
	}
}

// The hierarchy in its plainest form: one block after the other, from the field
// to the latent variables, each by the flow of a lattice that is one block.
func TestHierarchyBlockByBlock(t *testing.T) {
	const l = 8
	h := hierarchy{config{Couplings: 4, Layers: 2, Hidden: 5, Repeats: 1, Depth: 3}, l}
	whole := newFlow[float64](h)
	params := map[string][]float64{}
	for k, p := range whole.Params() {
		for i := range p.Val {
			p.Val[i] = float64((i*5+k)%13)/13 - 0.5
		}
		params[p.Name] = p.Val
	}
	x := make([]float64, l*l)
	for i := range x {
		x[i] = float64(i*i%19)/8 - 1
	}
	z, ln := make([]float64, l*l), []float64{0}
	if err := whole.On(1).Inverse(z, ln, x); err != nil {
		t.Fatal(err)
	}

	want, wantLn := x, 0.0
	for level := range h.Depth {
		s := 1 << level
		for _, kind := range []string{"disentangler", "decimator"} {
			alone := coupling.NewFlow(4, 1, block[float64](h, fmt.Sprintf("scale%d.%s", level, kind), [][4]int64{{0, 1, 2, 3}}))
			for _, p := range alone.Params() {
				copy(p.Val, params[p.Name])
			}
			w, in, out, ln := alone.On(1), make([]float64, 4), make([]float64, 4), []float64{0}
			for y := 0; y < l; y += 2 * s {
				for x := 0; x < l; x += 2 * s {
					for i := range in {
						in[i] = want[site(kind, s, y, x, i)]
					}
					if err := w.Inverse(out, ln, in); err != nil {
						t.Fatal(err)
					}
					for i, v := range out {
						want[site(kind, s, y, x, i)] = v
					}
					wantLn += ln[0]
				}
			}
		}
	}
	if !slices.Equal(z, want) || math.Abs(ln[0]-wantLn) > 1e-12*math.Abs(wantLn) || wantLn == 0 {
		t.Errorf("latent variables %v and ln det %v, want %v and %v", z, ln[0], want, wantLn)
	}
}

// A network sees the blocks within its reach on the torus, each once, and those that
// sit alike on the lattice see alike.
func TestReach(t *testing.T) {
	for _, c := range []struct{ l, reach, want int }{{8, 0, 1}, {8, 1, 9}, {8, 2, 16}, {4, 1, 4}, {2, 3, 1}} {
		h := hierarchy{config{Reach: c.reach}, c.l}
		edge := c.l / 2
		all := h.around(h.corners(0, 0))
		for i, those := range all {
			if len(slices.Compact(slices.Sorted(slices.Values(those)))) != c.want || !slices.Contains(those, i) {
				t.Errorf("L = %d, reach %d: block %d sees %v, want %d blocks and itself", c.l, c.reach, i, those, c.want)
			}
			for n, j := range those {
				first := all[0][n]
				if y, x := (first/edge+i/edge)%edge, (first+i)%edge; j != y*edge+x {
					t.Errorf("L = %d, reach %d: neighbour %d of block %d is %d, want %d: that of block 0 is %d", c.l, c.reach, n, i, j, y*edge+x, first)
				}
				if d := (j/edge - i/edge + edge) % edge; min(d, edge-d) > c.reach {
					t.Errorf("L = %d, reach %d: block %d sees %d, %d rows away", c.l, c.reach, i, j, d)
				}
			}
		}
	}
}

// site is corner i of the block at (y, x), which a disentangler moves by half a
// block, on 8 x 8 sites.
func site(kind string, s, y, x, i int) int {
	if kind == "disentangler" {
		y, x = y+s, x+s
	}
	return (y+i/2*s)%8*8 + (x+i%2*s)%8
}

// Shifts and scales start at zero: a fresh model is its latent variables.
func TestStartsAtTheIdentity(t *testing.T) {
	m, err := open[float64](defaults(), field(4))
	if err != nil {
		t.Fatal(err)
	}
	theta := make([]float64, m.Spec().Parameters)
	if err := errors.Join(m.Init(theta, 1), m.Load(theta)); err != nil {
		t.Fatal(err)
	}
	z, x, l := make([]float64, 16), make([]float64, 16), make([]float64, 1)
	for i := range z {
		z[i] = float64(i) - 7.5
	}
	if err := m.(core.Mapper).Map(x, l, z); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(x, z) || l[0] != 0 {
		t.Errorf("x = %v and ln det %v, want z and 0", x, l[0])
	}
}

// Site (0,0) passes all decimators; 3 latents of 4 stay behind at each.
func TestLatentScale(t *testing.T) {
	m, err := open[float64](defaults(), field(4))
	if err != nil {
		t.Fatal(err)
	}
	want := []int{
		2, 0, 1, 0,
		0, 0, 0, 0,
		1, 0, 1, 0,
		0, 0, 0, 0,
	}
	if got := m.Spec().LatentScale; !slices.Equal(got, want) {
		t.Errorf("scales %v, want %v", got, want)
	}
	c := defaults()
	c.Depth = 1
	if m, err = open[float64](c, field(4)); err != nil {
		t.Fatal(err)
	}
	for i := range want {
		want[i] = min(want[i], 1)
	}
	if got := m.Spec().LatentScale; !slices.Equal(got, want) {
		t.Errorf("scales at depth 1 %v, want %v", got, want)
	}
}

// In each coupling two networks with layers of 2, 10, 10, 10, 2 units have
// 2 (30 + 110 + 110 + 22) numbers, and there are two scales; the authors store
// four inputs and four outputs of each network and scales for all, 632 numbers,
// and multiply what a mask takes away again. L = 16 has 4 scales of 2 blocks.
func TestParameters(t *testing.T) {
	m, err := open[float64](defaults(), field(16))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := m.Spec().Parameters, 4*2*10*(2*(30+110+110+22)+2); got != want {
		t.Errorf("%d parameters, want %d", got, want)
	}
}

func TestErrors(t *testing.T) {
	for name, c := range map[string]struct {
		settings core.Settings
		space    core.Space
		want     string
	}{
		"L":           {nil, field(12), "build model: neuralrg: L must be a power of two, the energy has L = 12 (the hierarchy halves the lattice until one site is left; realnvp takes any lattice)"},
		"oblong":      {nil, core.Space{Kind: core.Field, Shape: []int{4, 8}}, "needs a field on a square lattice of L x L sites, the energy has field [4 8]"},
		"depth":       {core.Settings{"depth": int64(4)}, field(8), "depth is at most log2(L) = 3, got 4"},
		"translation": {core.Settings{"translation": true}, field(16), "translation is for L up to 8, the energy has L = 16"},
	} {
		full, problems := core.Complete(Part.Params, c.settings)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		if _, err := Part.NewModel(full, c.space); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}
