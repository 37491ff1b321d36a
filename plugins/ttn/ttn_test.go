package ttn

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/patterns"
)

func TestConformance(t *testing.T) {
	for name, c := range map[string]struct {
		space core.Space
		bond  int64
	}{
		"spins":  {core.Space{Kind: core.Spins, Shape: []int{2, 3}}, 5},
		"levels": {core.Space{Kind: core.Levels, Levels: 3, Shape: []int{4}}, 3},
		"pair":   {core.Space{Kind: core.Spins, Shape: []int{2}}, 16},
	} {
		t.Run(name, func(t *testing.T) {
			coretest.ModelPart(t, Part, core.Settings{"bond": c.bond}, c.space, coretest.ModelOptions{})
		})
	}
}

// Of 3 x 4 sites the right half is cut from the left, then rows from rows; edges have no more states
// than the sites on either side can have.
func TestTree(t *testing.T) {
	nodes := treeOf(core.Space{Kind: core.Spins, Shape: []int{3, 4}}, 2, 100)
	below := func(k int) (sites []int) {
		var walk func(k int)
		walk = func(k int) {
			if n := nodes[k]; n.leaf() {
				sites = append(sites, n.site)
			} else {
				walk(n.l)
				walk(n.r)
			}
		}
		walk(k)
		slices.Sort(sites)
		return sites
	}
	root := nodes[len(nodes)-1]
	if left := below(root.l); !slices.Equal(left, []int{0, 1, 4, 5, 8, 9}) || root.up != 1 || root.left != 64 {
		t.Errorf("left of the root, whose edges have %d and %d states, are %v", root.left, root.right, left)
	}
	if top := nodes[nodes[root.l].l]; !slices.Equal(below(nodes[root.l].l), []int{0, 1}) || top.up != 4 {
		t.Errorf("the first two sites are %v, with an edge of %d states", below(nodes[root.l].l), top.up)
	}
}

// GHZ: with the tensors T[c, a, b] = 1 for a = b = c, and the sum over c at the root, Psi is 1
// where all spins are equal and else 0, Z = 2.
func TestEqualSpins(t *testing.T) {
	m, err := config{Bond: 2, Rate: 0.05, Descents: 10}.model(core.Space{Kind: core.Spins, Shape: []int{3, 3}})
	if err != nil {
		t.Fatal(err)
	}
	theta := make([]float64, m.Spec().Parameters)
	for _, n := range m.nodes {
		if n.leaf() {
			continue
		}
		for c := range 2 {
			n.In(theta)[min(c, n.up-1)*n.left*n.right+c*n.right+c] = 1
		}
	}
	_ = m.Load(theta)
	x := slices.Repeat([]float64{1}, 18)
	for i := range 9 {
		x[i] = -1
	}
	x = append(x, slices.Concat(x[5:9], x[9:14])...)
	logP := make([]float64, 3)
	if err := m.LogProb(logP, x); err != nil {
		t.Fatal(err)
	}
	if math.Abs(logP[0]+math.Ln2) > 1e-12 || math.Abs(logP[1]+math.Ln2) > 1e-12 || !math.IsInf(logP[2], -1) {
		t.Errorf("ln p of two even configurations and one that is not: %v", logP)
	}
	var b core.Batch
	if err := m.Sample(&b, 1, 100); err != nil {
		t.Fatal(err)
	}
	for i := range b.N {
		if row := b.X[i*9 : (i+1)*9]; !slices.Equal(row, x[:9]) && !slices.Equal(row, x[9:18]) {
			t.Fatalf("draw %d is %v", i, row)
		}
	}
	known, y := make([]int32, 9), make([]float64, 9)
	known[8] = 1
	if err := m.Complete(y, x[:9], known, make([]float64, 9)); err != nil || !slices.Equal(y, x[:9]) {
		t.Errorf("with the last spin down the others are %v (%v)", y, err)
	}
}

// Sweeps meet the entropy of even sets of strings with edges of the ranks that the even state
// has: 2 for the parity of any sites, 4 for three ones, of which an edge says how many are below
// it, 8 for bars and stripes on 3 x 3 pixels. The sizes of the sets are 2^7, (8 choose 3) and 14.
func TestSweepsFindSmallStates(t *testing.T) {
	for _, c := range []struct {
		patterns.Config
		bond, sweeps int
		size         float64
	}{
		{patterns.Config{Set: "parity", Sites: 8, Kind: "spins"}, 2, 20, 128},
		{patterns.Config{Set: "dicke", Sites: 8, Ones: 3}, 4, 40, 56},
		{patterns.Config{Set: "bars_and_stripes", Rows: 3, Cols: 3}, 8, 40, 14},
	} {
		energy, err := patterns.New(c.Config)
		if err != nil {
			t.Fatal(err)
		}
		train, _ := energy.Spec().Range(core.TrainRows)
		b, w := &core.Batch{N: train.To}, slices.Repeat([]float64{-1 / float64(train.To)}, train.To)
		number := make([]int32, train.To)
		for i := range number {
			number[i] = int32(i)
		}
		b.X = make([]float64, b.N*energy.Spec().Space.Size())
		if err := energy.Rows(b.X, number); err != nil {
			t.Fatal(err)
		}
		m, err := config{Bond: c.bond, Rate: 0.05, Descents: 10}.model(energy.Spec().Space)
		if err != nil {
			t.Fatal(err)
		}
		theta := make([]float64, m.Spec().Parameters)
		_ = m.Init(theta, 1)
		grad, step := make([]float64, len(theta)), make([]float64, len(theta))
		for range c.sweeps {
			_ = m.Load(theta)
			if err := m.Sweep(grad, step, b, w); err != nil {
				t.Fatal(err)
			}
			for i, v := range step {
				theta[i] -= v
			}
		}
		_ = m.Load(theta)
		logP := make([]float64, b.N)
		if err := m.LogProb(logP, b.X); err != nil {
			t.Fatal(err)
		}
		for i, l := range logP {
			if len(logP) != int(c.size) || math.Abs(l+math.Log(c.size)) > 1e-4 {
				t.Errorf("%s: ln p of string %d of %d is %.9f, want that of an even density on %v", c.Set, i, len(logP), l, c.size)
				break
			}
		}
	}
}
