package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
)

// testChain has three stages with two places or bundles here and there, and
// random weights.
func testChain() *Chain[float64] {
	layer := func(in, out int64, rows ...int64) *MLP[float64] {
		return NewMLP[float64]("m", kernels.MLP{Groups: 1, Sizes: []int64{in, out}}, rows)
	}
	c := NewChain(kernels.Tanh,
		[]*MLP[float64]{layer(2, 3, 0, 1, 1, 4), layer(1, 2, 3)}, // 2 x 3 + 2 rows
		[]*MLP[float64]{layer(4, 2, 7, 0, 1, 2, 4, 5, 6, 7)},     // 2 x 2 rows
		[]*MLP[float64]{layer(4, 1, 0, 1, 2, 3), layer(1, 1, 2)})
	r := rand.New(rand.NewPCG(1, 2))
	for _, m := range c.Bundles() {
		m.W.Start(m.W.Val, r)
	}
	return c
}

// plainChain is testChain written out for one column of x.
func plainChain(c *Chain[float64], x []float64) []float64 {
	b := c.Bundles()
	sum := func(m *MLP[float64], out int, x ...float64) float64 {
		s := m.W.Val[int(m.Shape.Sizes[1])*len(x)+out]
		for i, v := range x {
			s += m.W.Val[out*len(x)+i] * v
		}
		return s
	}
	var h, g []float64
	for _, pair := range [][2]float64{{x[0], x[1]}, {x[1], x[4]}} {
		for out := range 3 {
			h = append(h, math.Tanh(sum(b[0], out, pair[0], pair[1])))
		}
	}
	for out := range 2 {
		h = append(h, math.Tanh(sum(b[1], out, x[3])))
	}
	for _, four := range [][]float64{{h[7], h[0], h[1], h[2]}, h[4:]} {
		for out := range 2 {
			g = append(g, math.Tanh(sum(b[2], out, four...)))
		}
	}
	return []float64{sum(b[3], 0, g...), sum(b[4], 0, g[2])}
}

func TestChain(t *testing.T) {
	c := testChain()
	for _, n := range []int{1, 40} {
		r := rand.New(rand.NewPCG(3, 4))
		random := func(rows int) []float64 {
			s := make([]float64, rows*n)
			for i := range s {
				s[i] = r.NormFloat64()
			}
			return s
		}
		x, y, dy := random(5), random(2), random(2)
		scratch := random(c.Scratch(n)/n + 1)[:c.Scratch(n)]
		values := func() (all []float64) {
			all = make([]float64, 2*n)
			for j := range n {
				var column []float64
				for i := j; i < len(x); i += n {
					column = append(column, x[i])
				}
				for i, v := range plainChain(c, column) {
					all[i*n+j] = v
				}
			}
			return all
		}
		c.Forward(y, x, n, scratch)
		for i, want := range values() {
			if math.Abs(y[i]-want) > 1e-13 {
				t.Fatalf("n = %d: output %d is %v, want %v", n, i, y[i], want)
			}
		}

		loss := func() (sum float64) {
			for i, v := range values() {
				sum += dy[i] * v
			}
			return sum
		}
		twin, dx := c.Share(), random(5)
		before, alone := slices.Clone(dx), slices.Clone(dx)
		twin.Backward(alone, dy, x, n, scratch, false)
		for _, p := range twin.Params() {
			if !slices.Equal(p.Grad, make([]float64, len(p.Grad))) {
				t.Errorf("n = %d: a gradient that was not asked for", n)
			}
		}
		twin.Backward(dx, dy, x, n, scratch, true)
		if !slices.Equal(alone, dx) {
			t.Errorf("n = %d: another dx without the gradient", n)
		}
		for i := range dx {
			dx[i] -= before[i]
		}
		checkSlope(t, fmt.Sprint("dx, n = ", n), dx, x, loss)
		for k, p := range twin.Params() {
			checkSlope(t, fmt.Sprint(p.Name, k, ", n = ", n), p.Grad, p.Val, loss)
			if slices.Max(c.Params()[k].Grad) != 0 {
				t.Error("a share has the gradient of the original")
			}
		}
	}
}

// checkSlope compares g with central differences of f in x, whose error is some
// 1e-10.
func checkSlope(t *testing.T, what string, g, x []float64, f func() float64) {
	t.Helper()
	const h = 1e-5
	for i, v := range x {
		x[i] = v + h
		up := f()
		x[i] = v - h
		want := (up - f()) / (2 * h)
		x[i] = v
		if math.Abs(g[i]-want) > 1e-7*(1+math.Abs(want)) {
			t.Errorf("%s: derivative %d is %v, want %v", what, i, g[i], want)
		}
	}
}

// U(-b, b) with b = 1/sqrt(inputs of the layer): 1/2 and 1/3 here. Of 90 numbers
// the largest is below 0.95 b in one case of 100.
func TestStart(t *testing.T) {
	m := NewMLP[float64]("m", kernels.MLP{Groups: 2, Sizes: []int64{4, 9, 50}}, []int64{0, 1, 2, 3})
	w := make([]float64, m.Shape.Weights())
	m.W.Start(w, rand.New(rand.NewPCG(1, 2)))
	first := 2 * 9 * 5
	for k, layer := range [][]float64{w[:first], w[first:]} {
		most := max(slices.Max(layer), -slices.Min(layer))
		if bound := 1 / float64(k+2); most > bound || most < 0.95*bound {
			t.Errorf("layer %d: largest weight %v, bound %v", k, most, bound)
		}
	}
}

// A still group has outputs of zero, the others are as without it.
func TestStartStill(t *testing.T) {
	shape := kernels.MLP{Groups: 2, Sizes: []int64{2, 4, 3}, Activation: kernels.ELU}
	var y [2][6]float64
	for still := range y {
		m := NewMLP[float64]("m", shape, []int64{0, 1})
		m.Still = still
		m.W.Start(m.W.Val, rand.New(rand.NewPCG(1, 2)))
		m.Forward(y[still][:], []float64{0.3, -2}, 1, make([]float64, shape.Scratch()))
	}
	want := y[0]
	if want[3] == 0 {
		t.Error("the second group makes nothing")
	}
	clear(want[3:])
	if y[1] != want {
		t.Errorf("outputs %v, want %v", y[1], want)
	}
}
