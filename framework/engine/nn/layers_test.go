package nn

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
)

// bound is a layer on one chunk, with its definition written out.
type bound struct {
	op     Causal
	in     []Map
	out    Map
	params []*grad.Param
	// plain is output channel c of site i, sample s.
	plain func(i, c, s int) float64
}

// value is channel c of site i, sample s of a Map.
func value(m Map, i, c, s int) float64 { return m.Val[m.At(i)+c*m.Cols+s] }

type layerCase struct {
	name string
	make func(n int) bound
}

func dense(sites, in, out int, exclusive, bias bool) layerCase {
	return layerCase{fmt.Sprintf("dense %d sites %d to %d exclusive %v bias %v", sites, in, out, exclusive, bias), func(n int) bound {
		l := NewMaskedDense("l", sites, in, out, exclusive, bias)
		t := new(grad.Tape)
		x := NewMap(t, sites, in, 1, n)
		y := x.Like(t, out)
		b := bound{op: l.On(x, y), in: []Map{x}, out: y, params: []*grad.Param{l.W}}
		if bias {
			b.params = append(b.params, l.B)
		}
		b.plain = func(i, c, s int) float64 {
			w, sum := live(l.W), 0.0
			for k := range i*out + c { // skip the rows before
				w = w[l.seen(k/out)*in:]
			}
			for k := range l.seen(i) * in {
				sum += w[k] * value(x, k/in, k%in, s)
			}
			if bias {
				sum += l.B.Val[i*out+c]
			}
			return sum
		}
		return b
	}}
}

// live are the parameters in the order of theta.
func live(p *grad.Param) []float64 {
	if p.Live == nil {
		return p.Val
	}
	var all []float64
	for _, r := range p.Live {
		all = append(all, p.Val[r.Off:r.Off+r.Len]...)
	}
	return all
}

func channel(matrices, sites, width, in, out int, bias bool) layerCase {
	return layerCase{fmt.Sprintf("channel %d matrices %d sites width %d %d to %d bias %v", matrices, sites, width, in, out, bias), func(n int) bound {
		l := NewChannelDense("l", matrices, in, out, bias)
		t := new(grad.Tape)
		x := NewMap(t, sites, in, width, n)
		y := x.Like(t, out)
		b := bound{op: l.On(x, y), in: []Map{x}, out: y, params: []*grad.Param{l.W}}
		if bias {
			b.params = append(b.params, l.B)
		}
		b.plain = func(i, c, s int) float64 {
			g, sum := i/width%matrices, 0.0
			for d := range in {
				sum += l.W.Val[(g*out+c)*in+d] * value(x, i, d, s)
			}
			if bias {
				sum += l.B.Val[g*out+c]
			}
			return sum
		}
		return b
	}}
}

func slopes(perUnit bool, sites, width, channels int) layerCase {
	return layerCase{fmt.Sprintf("PReLU per unit %v %d sites width %d %d channels", perUnit, sites, width, channels), func(n int) bound {
		t := new(grad.Tape)
		x := NewMap(t, sites, channels, width, n)
		y := x.Like(t, channels)
		count := channels
		if perUnit {
			count = x.Rows
		}
		l := NewPReLU("l", count)
		return bound{op: l.On(x, y), in: []Map{x}, out: y, params: []*grad.Param{l.Slope}, plain: func(i, c, s int) float64 {
			v := value(x, i, c, s)
			if v < 0 {
				v *= l.Slope.Val[(i/width*channels+c)%count]
			}
			return v
		}}
	}}
}

func sum(sites, width, channels int) layerCase {
	return layerCase{fmt.Sprintf("add %d sites width %d %d channels", sites, width, channels), func(n int) bound {
		t := new(grad.Tape)
		a, b, y := NewMap(t, sites, channels, width, n), NewMap(t, sites, channels, width, n), NewMap(t, sites, channels, width, n)
		return bound{op: Add(a, b, y), in: []Map{a, b}, out: y, plain: func(i, c, s int) float64 {
			return value(a, i, c, s) + value(b, i, c, s)
		}}
	}}
}

// norm has three channels or more: two that are normalised are +-1.
func norm(sites, channels int) layerCase {
	return layerCase{fmt.Sprintf("layer norm %d sites %d channels", sites, channels), func(n int) bound {
		l := NewLayerNorm("l", channels)
		t := new(grad.Tape)
		x := NewMap(t, sites, channels, 1, n)
		y := x.Like(t, channels)
		return bound{op: l.On(x, y), in: []Map{x}, out: y, params: []*grad.Param{l.Gain, l.Bias}, plain: func(i, c, s int) float64 {
			mean, square := 0.0, 0.0
			for d := range channels {
				mean += value(x, i, d, s) / float64(channels)
			}
			for d := range channels {
				square += math.Pow(value(x, i, d, s)-mean, 2) / float64(channels)
			}
			return l.Gain.Val[c]*(value(x, i, c, s)-mean)/math.Sqrt(square+1e-5) + l.Bias.Val[c]
		}}
	}}
}

func bell(sites, channels int) layerCase {
	return layerCase{fmt.Sprintf("GELU %d sites %d channels", sites, channels), func(n int) bound {
		t := new(grad.Tape)
		x, y := NewMap(t, sites, channels, 1, n), NewMap(t, sites, channels, 1, n)
		return bound{op: GELU(x, y), in: []Map{x}, out: y, plain: func(i, c, s int) float64 {
			v := value(x, i, c, s)
			return v / 2 * (1 + math.Tanh(math.Sqrt(2/math.Pi)*(v+0.044715*v*v*v)))
		}}
	}}
}

func attend(sites, heads, key int) layerCase {
	return layerCase{fmt.Sprintf("attention %d sites %d heads of %d", sites, heads, key), func(n int) bound {
		t := new(grad.Tape)
		qkv := NewMap(t, sites, 3*heads*key, 1, n)
		o := qkv.Like(t, heads*key)
		return bound{op: AttentionOn(t, heads, qkv, o), in: []Map{qkv}, out: o, plain: func(i, c, s int) float64 {
			first, sum, out := c/key*key, 0.0, 0.0
			for u := range i + 1 {
				product := 0.0
				for d := range key {
					product += value(qkv, i, first+d, s) * value(qkv, u, heads*key+first+d, s)
				}
				w := math.Exp(product / math.Sqrt(float64(key)))
				sum += w
				out += w * value(qkv, u, 2*heads*key+c, s)
			}
			return out / sum
		}}
	}}
}

// shared is one dense layer for all sites, from x alone, or onto h.
func shared(sites, in, out int, onto bool) layerCase {
	return layerCase{fmt.Sprintf("dense %d to %d at each of %d sites, onto %v", in, out, sites, onto), func(n int) bound {
		l := NewSiteDense("l", in, out)
		t := new(grad.Tape)
		x, h := NewMap(t, sites, in, 1, n), NewMap(t, sites, out, 1, n)
		y := h.Like(t, out)
		op, inputs := l.On(x, y), []Map{x}
		if onto {
			op, inputs = l.Onto(h, x, y), []Map{x, h}
		}
		return bound{op: op, in: inputs, out: y, params: []*grad.Param{l.W, l.B}, plain: func(i, c, s int) float64 {
			sum := value(h, i, c, s) + l.B.Val[c]
			for d := range in {
				sum += l.W.Val[c*in+d] * value(x, i, d, s)
			}
			return sum
		}}
	}}
}

// embed reads states of data, which have no adjoint.
func embed(states, sites, channels int) layerCase {
	return layerCase{fmt.Sprintf("embedding of %d states %d sites %d channels", states, sites, channels), func(n int) bound {
		l := NewEmbedding("l", states, sites, channels, -1, 2)
		x := Map{grad.NewData(sites, n), sites, 1, 1, n}
		for k := range x.Val {
			x.Val[k] = float64(2*(k*k%states) - 1)
		}
		y := x.Like(new(grad.Tape), channels)
		return bound{op: l.On(x, y), out: y, params: []*grad.Param{l.State, l.Place}, plain: func(i, c, s int) float64 {
			v := l.Place.Val[i*channels+c]
			if i > 0 {
				v += l.State.Val[int(value(x, i-1, 0, s)+1)/2*channels+c]
			}
			return v
		}}
	}}
}

// Sizes on both sides of the blocks, pieces and panels of the layers.
var layerCases = []layerCase{
	dense(1, 1, 1, true, false), dense(5, 1, 3, true, true), dense(40, 1, 4, true, true),
	dense(7, 3, 2, false, false), dense(33, 4, 4, false, true), dense(70, 2, 1, false, true), dense(64, 1, 1, true, true),
	channel(6, 6, 1, 3, 3, true), channel(40, 40, 1, 4, 2, false), channel(1, 12, 4, 3, 5, true), channel(1, 5, 1, 17, 17, true),
	slopes(true, 9, 1, 3), slopes(false, 12, 4, 3), slopes(false, 4, 1, 2),
	sum(6, 3, 2), sum(5, 1, 4),
	norm(3, 5), norm(1, 17), bell(4, 3), attend(5, 2, 3), attend(1, 1, 4), shared(4, 3, 5, true), shared(2, 100, 4, false), embed(3, 5, 4), embed(2, 1, 3),
	mirrored(dense(40, 1, 4, true, true)), mirrored(dense(33, 2, 1, true, false)), mirrored(masked(ConvShape{In: 1, Out: 5, Ly: 4, Lx: 5, Half: 1})),
	mirrored(masked(ConvShape{In: 2, Out: 1, Ly: 3, Lx: 2, Half: 1})),
}

func eachLayer(t *testing.T, n int, test func(t *testing.T, b bound)) {
	for _, c := range layerCases {
		t.Run(c.name, func(t *testing.T) {
			b := c.make(n)
			for k, m := range b.in {
				fillNormal(uint64(100+k), m.Val)
			}
			for k, p := range b.params {
				theta := make([]float64, p.Size())
				fillNormal(uint64(200+k), theta)
				p.Load(theta)
			}
			test(t, b)
		})
	}
}

func TestLayersAreTheirDefinition(t *testing.T) {
	eachLayer(t, 11, func(t *testing.T, b bound) {
		b.op.Forward()
		for i := range b.out.Sites {
			for c := range b.out.Channels {
				for s := range b.out.N {
					if got, want := value(b.out, i, c, s), b.plain(i, c, s); math.Abs(got-want) > 1e-12 {
						t.Fatalf("site %d channel %d sample %d: %v, want %v", i, c, s, got, want)
					}
				}
			}
		}
	})
}

// Evaluated by sites, in blocks of several sizes, a layer gives the same bits.
func TestLayersPiecewise(t *testing.T) {
	for _, block := range []int{1, 5, 16, 1000} {
		eachLayer(t, 9, func(t *testing.T, b bound) {
			b.op.Forward()
			want := slices.Clone(b.out.Val)
			for i := range b.out.Val {
				b.out.Val[i] = math.NaN()
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
	eachLayer(t, 3, func(t *testing.T, b bound) {
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
		w, ok := b.op.(grad.Weighted)
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
	eachLayer(t, 5, func(t *testing.T, b bound) {
		op, ok := b.op.(grad.Setter)
		if !ok {
			t.SkipNow()
		}
		b.op.Forward()
		fillNormal(7, b.out.Adj)
		op.Backward()
		var want [][]float64
		for _, m := range b.in {
			want = append(want, slices.Clone(m.Adj))
			for i := range m.Adj {
				m.Adj[i] = math.NaN()
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
func positions(p *grad.Param) []int {
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
func (b bound) slope(v *float64) float64 {
	const h = 1e-6
	old := *v
	eval := func(x float64) float64 {
		*v = x
		b.op.Forward()
		sum := 0.0
		for k, y := range b.out.Val {
			sum += b.out.Adj[k] * y
		}
		return sum
	}
	d := (eval(old+h) - eval(old-h)) / (2 * h)
	*v = old
	b.op.Forward()
	return d
}

// A sample's numbers do not depend on who shares its chunk, and data without
// adjoints is accepted.
func TestMaskedDenseSampleAlone(t *testing.T) {
	l := NewMaskedDense("l", 20, 1, 3, true, true)
	theta := make([]float64, l.W.Size())
	fillNormal(1, theta)
	l.W.Load(theta)
	on := func(n int) (Causal, Map, Map) {
		x := Map{grad.NewData(20, n), 20, 1, 1, n}
		y := x.Like(new(grad.Tape), 3)
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
	l := NewMaskedDense("l", 3, 2, 1, false, false)
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
	m := NewMap(new(grad.Tape), 6, 2, 1, 3)
	for name, call := range map[string]func(){
		"dense":     func() { NewMaskedDense("l", 5, 2, 2, true, true).On(m, m) },
		"channel":   func() { NewChannelDense("l", 4, 2, 2, true).On(m, m) },
		"PReLU":     func() { NewPReLU("l", 5).On(m, m) },
		"add":       func() { Add(m, m, m.Like(new(grad.Tape), 1)) },
		"norm":      func() { NewLayerNorm("l", 3).On(m, m) },
		"GELU":      func() { GELU(m, m.Like(new(grad.Tape), 1)) },
		"attention": func() { AttentionOn(new(grad.Tape), 2, m, m) },
		"onto":      func() { NewSiteDense("l", 2, 2).Onto(m.Like(new(grad.Tape), 3), m, m) },
		"shared":    func() { NewSiteDense("l", 3, 2).On(m, m) },
		"embedding": func() { NewEmbedding("l", 2, 6, 2, 0, 1).On(m, m) },
		"map":       func() { NewMap(new(grad.Tape), 6, 1, 4, 1) },
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
func accumulate(w grad.Weighted, tile int) {
	sum := make([]float64, w.TileSize(tile))
	w.Accumulate(tile, 0, sum)
	w.AddTile(tile, sum)
}
