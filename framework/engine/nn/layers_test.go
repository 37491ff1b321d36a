package nn

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// bound is a layer on one chunk, with its definition written out.
type bound[T tensor.Real] struct {
	op     Causal[T]
	in     []Map[T]
	out    Map[T]
	params []*grad.Param[T]
	// plain is output channel c of site i, sample s.
	plain func(i, c, s int) float64
}

// value is channel c of site i, sample s of a Map.
func value[T tensor.Real](m Map[T], i, c, s int) float64 { return float64(m.Val[m.At(i)+c*m.Cols+s]) }

func eachLayer[T tensor.Real](t *testing.T, n int, test func(t *testing.T, b bound[T])) {
	for _, c := range layerCases[T]() {
		t.Run(c.name, func(t *testing.T) { test(t, c.fill(n)) })
	}
}

// fill makes the layer for n samples, with inputs and parameters that are in float32 those
// of float64, rounded.
func (c layerCase[T]) fill(n int) bound[T] {
	b := c.make(n)
	for k, m := range b.in {
		fillNormal(uint64(100+k), m.Val)
	}
	for k, p := range b.params {
		theta := make([]float64, p.Size())
		fillNormal(uint64(200+k), theta)
		p.Load(theta)
	}
	return b
}

func TestLayersAreTheirDefinition(t *testing.T) {
	t.Run("float64", func(t *testing.T) { testDefinition[float64](t, 1e-12) })
	t.Run("float32", func(t *testing.T) { testDefinition[float32](t, inFloat32) })
}

// inFloat32 bounds the error of a layer in float32 whose values are near 1: its sums have up
// to 300 terms, and are off by a rounding, 6e-8 of a partial sum of up to 20, for each.
const inFloat32 = 300 * 20 * 6e-8

func testDefinition[T tensor.Real](t *testing.T, tolerance float64) {
	eachLayer(t, 11, func(t *testing.T, b bound[T]) {
		b.op.Forward()
		for i := range b.out.Sites {
			for c := range b.out.Channels {
				for s := range b.out.N {
					if got, want := value(b.out, i, c, s), b.plain(i, c, s); math.Abs(got-want) > tolerance {
						t.Fatalf("site %d channel %d sample %d: %v, want %v", i, c, s, got, want)
					}
				}
			}
		}
	})
}

// Gradients in float32 are those in float64 to rounding.
func TestLayersInBothPrecisions(t *testing.T) {
	double, still := layerCases[float64](), 0
	for k, c := range layerCases[float32]() {
		t.Run(c.name, func(t *testing.T) {
			a, b := c.fill(9), double[k].fill(9)
			got, want := a.gradients(), b.gradients()
			size := 0.0
			for i := range want {
				size = max(size, math.Abs(want[i]))
				if math.Abs(got[i]-want[i]) > inFloat32*(1+math.Abs(want[i])) {
					t.Fatalf("number %d of the gradients is %v, in float64 %v", i, got[i], want[i])
				}
			}
			if size == 0 {
				still++
			}
		})
	}
	if still > 1 { // the dense layer of one site that sees none
		t.Errorf("%d layers have no gradient", still)
	}
}

// gradients are the adjoints of the inputs, and the gradients of the parameters.
func (b bound[T]) gradients() (all []float64) {
	b.op.Forward()
	fillNormal(7, b.out.Adj)
	b.op.Backward()
	for _, m := range b.in {
		for _, v := range m.Adj {
			all = append(all, float64(v))
		}
	}
	if w, ok := b.op.(grad.Weighted[T]); ok {
		for tile := range w.Tiles() {
			accumulate(w, tile)
		}
	}
	for _, p := range b.params {
		g := make([]float64, p.Size())
		p.Unload(g)
		all = append(all, g...)
	}
	return all
}

// Evaluated by sites, in blocks of several sizes, a layer gives the same bits.
func TestLayersPiecewise(t *testing.T) {
	t.Run("float64", testPiecewise[float64])
	t.Run("float32", testPiecewise[float32])
}

func testPiecewise[T tensor.Real](t *testing.T) {
	for _, block := range []int{1, 5, 16, 1000} {
		eachLayer(t, 9, func(t *testing.T, b bound[T]) {
			b.op.Forward()
			want := slices.Clone(b.out.Val)
			for i := range b.out.Val {
				b.out.Val[i] = T(math.NaN())
			}
			for lo := 0; lo < b.out.Sites; lo += block {
				hi := min(lo+block, b.out.Sites)
				b.op.Begin(lo, hi)
				for i := lo; i < hi; i++ {
					b.op.Site(i)
				}
			}
			if !slices.Equal(b.out.Val, want) {
				t.Errorf("blocks of %d sites give another result", block)
			}
		})
	}
}

// Backward and Accumulate against central differences of sum_k g_k y_k, and
// both must add to what is there.
func TestLayersGradient(t *testing.T) {
	eachLayer(t, 3, func(t *testing.T, b bound[float64]) {
		b.op.Forward()
		fillNormal(7, b.out.Adj)
		for _, m := range b.in {
			fillNormal(8, m.Adj)
		}
		before := make([][]float64, len(b.in))
		for k, m := range b.in {
			before[k] = slices.Clone(m.Adj)
		}
		b.op.Backward()
		for k, m := range b.in {
			for e := 0; e < len(m.Val); e += 1 + len(m.Val)/50 {
				if got, want := m.Adj[e]-before[k][e], b.slope(&m.Val[e]); math.Abs(got-want) > 1e-7*(1+math.Abs(want)) {
					t.Fatalf("input %d element %d: %v, want %v", k, e, got, want)
				}
			}
		}
		w, ok := b.op.(grad.Weighted[float64])
		if !ok {
			if len(b.params) > 0 {
				t.Fatal("parameters without Accumulate")
			}
			return
		}
		for round := 1.0; round <= 2; round++ {
			for tile := range w.Tiles() {
				accumulate(w, tile)
			}
			for _, p := range b.params {
				g := make([]float64, p.Size())
				p.Unload(g)
				where := positions(p)
				for e := 0; e < len(g); e += 1 + len(g)/50 {
					if want := round * b.slope(&p.Val[where[e]]); math.Abs(g[e]-want) > 1e-7*(1+math.Abs(want)) {
						t.Fatalf("%s %d, round %v: %v, want %v", p.Name, e, round, g[e], want)
					}
				}
			}
		}
	})
}

// BackwardSet writes the bits that Backward adds to zeros.
func TestLayersBackwardSet(t *testing.T) {
	t.Run("float64", testBackwardSet[float64])
	t.Run("float32", testBackwardSet[float32])
}

func testBackwardSet[T tensor.Real](t *testing.T) {
	eachLayer(t, 5, func(t *testing.T, b bound[T]) {
		op, ok := b.op.(grad.Setter[T])
		if !ok {
			t.SkipNow()
		}
		b.op.Forward()
		fillNormal(7, b.out.Adj)
		op.Backward()
		var want [][]T
		for _, m := range b.in {
			want = append(want, slices.Clone(m.Adj))
			for i := range m.Adj {
				m.Adj[i] = T(math.NaN())
			}
		}
		op.BackwardSet()
		for k, m := range b.in {
			if !slices.Equal(m.Adj, want[k]) {
				t.Error("another adjoint")
			}
		}
	})
}

// positions are the places of the parameters in a Param's storage.
func positions(p *grad.Param[float64]) []int {
	var all []int
	if p.Live == nil {
		for i := range p.Val {
			all = append(all, i)
		}
	}
	for _, r := range p.Live {
		for i := range r.Len {
			all = append(all, r.Off+i)
		}
	}
	return all
}

// slope is d/dv sum_k g_k y_k by central differences, g the outputs' adjoints.
func (b bound[T]) slope(v *T) float64 {
	const h = 1e-6
	old := *v
	eval := func(x float64) float64 {
		*v = T(x)
		b.op.Forward()
		sum := 0.0
		for k, y := range b.out.Val {
			sum += float64(b.out.Adj[k] * y)
		}
		return sum
	}
	d := (eval(float64(old)+h) - eval(float64(old)-h)) / (2 * h)
	*v = old
	b.op.Forward()
	return d
}

// A sample's numbers do not depend on who shares its chunk, and data without
// adjoints is accepted.
func TestMaskedDenseSampleAlone(t *testing.T) {
	l := NewMaskedDense[float64]("l", 20, 1, 3, true, true)
	theta := make([]float64, l.W.Size())
	fillNormal(1, theta)
	l.W.Load(theta)
	on := func(n int) (Causal[float64], Map[float64], Map[float64]) {
		x := Map[float64]{grad.NewData[float64](20, n), 20, 1, 1, n}
		y := x.Like(new(grad.Tape[float64]), 3)
		return l.On(x, y), x, y
	}
	op, x, y := on(30)
	fillNormal(2, x.Val, y.Adj)
	op.Forward()
	op.Backward()
	for _, s := range []int{0, 13, 29} {
		one, x1, y1 := on(1)
		for i := range 20 {
			x1.Val[i] = x.Val[i*30+s]
		}
		one.Forward()
		for k, v := range y1.Val {
			if v != y.Val[k*30+s] {
				t.Fatalf("sample %d row %d: alone %v, in its chunk %v", s, k, v, y.Val[k*30+s])
			}
		}
	}
}

func TestParamOrder(t *testing.T) {
	l := NewMaskedDense[float64]("l", 3, 2, 1, false, false)
	theta := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	if l.W.Size() != len(theta) {
		t.Fatalf("%d weights, want %d", l.W.Size(), len(theta))
	}
	l.W.Load(theta)
	// Row of site i: its weights to sites 0..i, two channels each.
	want := [][]float64{{1, 2}, {3, 4, 5, 6}, {7, 8, 9, 10, 11, 12}}
	for i, row := range want {
		if at := i * l.stride(); !slices.Equal(l.W.Val[at:at+len(row)], row) || l.W.Val[at+len(row)] != 0 {
			t.Errorf("row %d: %v", i, l.W.Val[at:at+7])
		}
	}
	copy(l.W.Grad, l.W.Val)
	got := make([]float64, len(theta))
	l.W.Unload(got)
	if !slices.Equal(got, theta) {
		t.Errorf("unloaded %v", got)
	}
}

// PyTorch's default: U(-1/sqrt(fanIn), 1/sqrt(fanIn)), times sqrt(total/live).
func TestUniform(t *testing.T) {
	if got, want := Uniform(16, 100, 25), 0.5; math.Abs(got-want) > 1e-15 {
		t.Errorf("bound %v, want %v", got, want)
	}
	if Uniform(1, 1, 0) != 0 {
		t.Error("a layer without weights has a bound")
	}
}

func TestShapesThatDoNotFit(t *testing.T) {
	m := NewMap(new(grad.Tape[float64]), 6, 2, 1, 3)
	for name, call := range map[string]func(){
		"dense":     func() { NewMaskedDense[float64]("l", 5, 2, 2, true, true).On(m, m) },
		"channel":   func() { NewChannelDense[float64]("l", 4, 2, 2, true).On(m, m) },
		"PReLU":     func() { NewPReLU[float64]("l", 5).On(m, m) },
		"add":       func() { Add(m, m, m.Like(new(grad.Tape[float64]), 1)) },
		"norm":      func() { NewLayerNorm[float64]("l", 3).On(m, m) },
		"GELU":      func() { GELU(m, m.Like(new(grad.Tape[float64]), 1)) },
		"attention": func() { AttentionOn(new(grad.Tape[float64]), 2, m, m) },
		"onto":      func() { NewSiteDense[float64]("l", 2, 2).Onto(m.Like(new(grad.Tape[float64]), 3), m, m) },
		"shared":    func() { NewSiteDense[float64]("l", 3, 2).On(m, m) },
		"embedding": func() { NewEmbedding[float64]("l", 2, 6, 2, false, 0, 1).On(m, m) },
		"map":       func() { NewMap(new(grad.Tape[float64]), 6, 1, 4, 1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s accepted shapes that do not fit", name)
				}
			}()
			call()
		}()
	}
}

// accumulate adds one tile to the gradient.
func accumulate[T tensor.Real](w grad.Weighted[T], tile int) {
	sum, wide := make([]T, w.TileSize(tile)), make([]float64, w.TileSize(tile))
	w.Accumulate(tile, 0, sum)
	for i, v := range sum {
		wide[i] = float64(v)
	}
	w.AddTile(tile, wide)
}
