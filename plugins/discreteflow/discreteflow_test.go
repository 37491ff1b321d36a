package discreteflow

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

func levels(k int, shape ...int) core.Space {
	return core.Space{Kind: core.Levels, Levels: k, Shape: shape}
}

func TestPart(t *testing.T) {
	spins := core.Space{Kind: core.Spins, Shape: []int{2, 3}}
	for _, c := range []struct {
		settings core.Settings
		space    core.Space
	}{
		{core.Settings{}, spins}, {core.Settings{"conditioner": "bipartite"}, spins},
		{core.Settings{"scale": true, "depth": int64(3)}, levels(5, 3)}, {core.Settings{"depth": int64(1)}, levels(3, 4)},
		{core.Settings{"conditioner": "bipartite", "scale": true}, levels(4, 3)}, {core.Settings{}, levels(3, 1)},
	} {
		t.Run(fmt.Sprint(c.settings, c.space), func(t *testing.T) {
			c.settings["width"] = int64(6)
			coretest.ModelPart(t, Part, coretest.Settings(t, Part, c.settings), c.space, coretest.ModelOptions{})
		})
	}
}

// There are K shifts, and K phi(K) affine maps; each is a bijection, and no two are one.
func TestRelabellings(t *testing.T) {
	for _, c := range []struct{ levels, phi int }{{2, 1}, {5, 4}, {9, 6}, {10, 4}, {91, 72}} {
		for _, scale := range []bool{false, true} {
			r := newRelabellings(c.levels, scale)
			want := c.levels
			if scale {
				want *= c.phi
			}
			seen := map[string]bool{}
			for _, inverse := range r.inverse {
				sorted := slices.Sorted(slices.Values(inverse))
				if sorted[0] != 0 || sorted[c.levels-1] != c.levels-1 || len(slices.Compact(sorted)) != c.levels {
					t.Fatalf("%d levels: %v is no bijection", c.levels, inverse)
				}
				seen[fmt.Sprint(inverse)] = true
			}
			if len(seen) != want || len(r.inverse) != want {
				t.Errorf("%d levels, scale %v: %d relabellings, %d different, want %d", c.levels, scale, len(r.inverse), len(seen), want)
			}
		}
	}
}

// model has the given parameters by block.
func model(t *testing.T, c config, space core.Space, set func(n *network)) (core.Model, []float64) {
	t.Helper()
	m, err := Part.NewModel(core.Settings{"conditioner": c.Conditioner, "scale": c.Scale, "depth": int64(c.Depth), "width": int64(c.Width)}, space)
	if err != nil {
		t.Fatal(err)
	}
	n := newNetwork(c, space)
	if set != nil {
		set(n)
	}
	theta := make([]float64, 0, m.Spec().Parameters)
	for _, p := range n.params {
		values := make([]float64, p.Size())
		if p.Start != nil && set == nil {
			p.Start(values, rand.New(rand.NewPCG(1, 2)))
		}
		if set != nil {
			live := p.Live
			if live == nil {
				copy(values, p.Val)
			}
			at := 0
			for _, r := range live {
				at += copy(values[at:], p.Val[r.Off:r.Off+r.Len])
			}
		}
		theta = append(theta, values...)
	}
	if err := m.Load(theta); err != nil {
		t.Fatal(err)
	}
	return m, theta
}

// A network that is certain makes the flow of the paper: with mu = 3 y_1 mod 5 and the base
// b, p(y) = b_1(y_1) b_2(y_2 - 3 y_1 mod 5).
func TestCertainRelabelling(t *testing.T) {
	const k = 5
	base := [2][]float64{{0.1, 0.2, 0.3, 0.15, 0.25}, {0.5, 0.1, 0.2, 0.05, 0.15}}
	c := config{Conditioner: "autoregressive", Depth: 1, Width: 1}
	m, _ := model(t, c, levels(k, 2), func(n *network) {
		for i, b := range base {
			for j, p := range b {
				n.base.Val[i*k+j] = math.Log(p)
			}
		}
		w := n.layers[0].W
		for r := range k { // of site 1: row k + r sees the unit vector of site 0
			live := w.Live[k+r]
			for y := range k {
				if r == 3*y%k {
					w.Val[live.Off+y] = 60
				}
			}
		}
	})
	for y0 := range k {
		for y1 := range k {
			got := make([]float64, 1)
			if err := m.LogProb(got, []float64{float64(y0), float64(y1)}); err != nil {
				t.Fatal(err)
			}
			if want := math.Log(base[0][y0] * base[1][((y1-3*y0)%k+k)%k]); math.Abs(got[0]-want) > 1e-12 {
				t.Errorf("ln p(%d, %d) = %v, want %v", y0, y1, got[0], want)
			}
		}
	}
}

// At the start p is not even, and every block of parameters has a gradient: an even base
// would leave the network without one.
func TestStartLearns(t *testing.T) {
	c := config{Conditioner: "autoregressive", Depth: 2, Width: 8}
	m, theta := model(t, c, levels(4, 3), nil)
	b := &core.Batch{}
	if err := m.Sample(b, 1, 64); err != nil {
		t.Fatal(err)
	}
	w := make([]float64, b.N)
	for i := range w {
		w[i] = b.X[3*i] - b.X[3*i+2]
	}
	grad := make([]float64, len(theta))
	if err := m.Pull(grad, b, w); err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, block := range m.Spec().Blocks {
		sum := 0.0
		for _, g := range grad[at : at+block.Size()] {
			sum += math.Abs(g)
		}
		if at += block.Size(); sum < 1e-3 {
			t.Errorf("%s: no gradient", block.Name)
		}
	}
}

// The sites of the first half of a bipartite flow are independent, and those of the second
// depend on the first half alone.
func TestBipartite(t *testing.T) {
	space := levels(3, 4)
	m, _ := model(t, config{Conditioner: "bipartite", Depth: 2, Width: 5}, space, nil)
	logP := func(x ...float64) float64 {
		dst := make([]float64, 1)
		if err := m.LogProb(dst, x); err != nil {
			t.Fatal(err)
		}
		return dst[0]
	}
	// ln p(a, b | c, d) factorises in a and b where neither conditions the other.
	factorises := func(of func(a, b float64) float64) float64 {
		return math.Abs(of(0, 0) + of(1, 2) - of(0, 2) - of(1, 0))
	}
	if d := factorises(func(a, b float64) float64 { return logP(1, 2, a, b) }); d > 1e-12 {
		t.Errorf("sites of the second half depend on each other: %v", d)
	}
	if d := factorises(func(a, b float64) float64 { return logP(a, 0, b, 1) }); d < 1e-3 {
		t.Errorf("the second half does not depend on the first: %v", d)
	}
}

func TestErrors(t *testing.T) {
	for name, c := range map[string]struct {
		settings core.Settings
		space    core.Space
		want     string
	}{
		"field": {nil, core.Space{Kind: core.Field, Shape: []int{4}}, "build model: discreteflow: needs spins or levels, the energy has field [4]"},
		"large": {core.Settings{"width": int64(100000)}, levels(4, 1000), "a network of depth 2 and width 100000 on 1000 sites of 4 levels has some"},
		"scale": {core.Settings{"scale": true}, levels(5000, 10), "(scale = false)"},
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
