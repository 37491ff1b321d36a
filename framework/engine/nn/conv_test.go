package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// convCases hold every branch: 1, few and many channels on either side (one
// output channel is computed in another order), lattices that are not square,
// kernels larger than the lattice, single rows and columns, 1 x 1 kernels, lattices
// that close on themselves, odd numbers of samples, and a layer large enough that columns of its gradient are
// cut into tiles.
var convCases = []struct {
	ConvShape
	n int
}{
	{ConvShape{In: 1, Out: 5, Ly: 4, Lx: 5, Half: 1, Exclusive: true}, 3},
	{ConvShape{In: 1, Out: 1, Ly: 4, Lx: 4, Half: 2, Exclusive: true}, 1},
	{ConvShape{In: 3, Out: 4, Ly: 5, Lx: 3, Half: 2}, 2},
	{ConvShape{In: 3, Out: 1, Ly: 3, Lx: 6, Half: 2}, 5},
	{ConvShape{In: 2, Out: 1, Ly: 3, Lx: 4, Half: 1, Exclusive: true}, 3},
	{ConvShape{In: 2, Out: 3, Ly: 2, Lx: 3, Half: 6}, 1},
	{ConvShape{In: 2, Out: 1, Ly: 2, Lx: 3, Half: 6}, 4},
	{ConvShape{In: 2, Out: 2, Ly: 1, Lx: 6, Half: 3, Exclusive: true}, 2},
	{ConvShape{In: 2, Out: 2, Ly: 6, Lx: 1, Half: 3}, 3},
	{ConvShape{In: 1, Out: 2, Ly: 1, Lx: 1, Half: 1, Exclusive: true}, 2},
	{ConvShape{In: 3, Out: 2, Ly: 3, Lx: 2, Half: 0}, 3},
	{ConvShape{In: 1, Out: 2, Ly: 3, Lx: 2, Half: 0, Exclusive: true}, 3},
	{ConvShape{In: 80, Out: 80, Ly: 7, Lx: 7, Half: 6}, 3},
	{ConvShape{In: 64, Out: 1, Ly: 7, Lx: 8, Half: 3}, 7},
	{ConvShape{In: 1, Out: 5, Ly: 4, Lx: 5, Half: 1, Exclusive: true, Periodic: true}, 3},
	{ConvShape{In: 1, Out: 1, Ly: 5, Lx: 4, Half: 2, Exclusive: true, Periodic: true}, 1},
	{ConvShape{In: 3, Out: 4, Ly: 5, Lx: 3, Half: 2, Periodic: true}, 2},
	{ConvShape{In: 3, Out: 1, Ly: 3, Lx: 6, Half: 2, Periodic: true}, 5},
	{ConvShape{In: 2, Out: 3, Ly: 2, Lx: 2, Half: 6, Periodic: true}, 1},
	{ConvShape{In: 2, Out: 2, Ly: 1, Lx: 6, Half: 3, Exclusive: true, Periodic: true}, 2},
	{ConvShape{In: 2, Out: 2, Ly: 6, Lx: 1, Half: 3, Periodic: true}, 3},
	{ConvShape{In: 80, Out: 80, Ly: 7, Lx: 7, Half: 2, Periodic: true}, 3},
}

func forConvCases(t *testing.T, f func(t *testing.T, op Causal[float64], l *MaskedConv[float64], x, y Map[float64])) {
	for _, c := range convCases {
		for _, bias := range []bool{false, true} {
			t.Run(fmt.Sprintf("%+v/n=%d/bias=%t", c.ConvShape, c.n, bias), func(t *testing.T) {
				l := NewMaskedConv[float64]("conv", c.ConvShape, bias)
				var tape grad.Tape[float64]
				x := NewMap(&tape, c.Ly*c.Lx, c.In, c.Lx, c.n)
				y := x.Like(&tape, c.Out)
				fillNormal(1, x.Val, y.Val, y.Adj, l.W.Val)
				if bias {
					fillNormal(2, l.B.Val)
				}
				f(t, l.On(x, y), l, x, y)
			})
		}
	}
}

func fillNormal[T tensor.Real](seed uint64, all ...[]T) {
	r := rand.New(rand.NewPCG(seed, 0))
	for _, v := range all {
		for i := range v {
			v[i] = T(r.NormFloat64())
		}
	}
}

// liveTap lists the live taps in the order in which the weights are stored,
// from the definition alone.
type liveTap struct{ dy, dx int }

func liveTaps(s ConvShape) []liveTap {
	var taps []liveTap
	for dx := -s.Half; dx <= s.Half; dx++ {
		for dy := -s.Half; dy <= s.Half; dy++ {
			seen := dy < 0 || dy == 0 && dx < 0 || dx == 0 && dy == 0 && !s.Exclusive
			meets := -dy < s.Ly && -dx < s.Lx && dx < s.Lx
			if s.Periodic {
				seen = dy != 0 || dx != 0 || !s.Exclusive
				meets = max(dy, -dy) <= s.Ly/2 && max(dx, -dx) <= s.Lx/2
			}
			if seen && meets {
				taps = append(taps, liveTap{dy, dx})
			}
		}
	}
	return taps
}

// meets is the input site that site i meets by a tap; ok is false where there is none or
// the mask hides it.
func (s ConvShape) meets(i int, t liveTap) (from int, ok bool) {
	y, x := i/s.Lx+t.dy, i%s.Lx+t.dx
	if s.Periodic {
		y, x = (y+s.Ly)%s.Ly, (x+s.Lx)%s.Lx
	}
	if y < 0 || x < 0 || x >= s.Lx || y >= s.Ly {
		return 0, false
	}
	from = y*s.Lx + x
	return from, from < i || from == i && t.dy == 0 && t.dx == 0
}

// plainConv is the definition in ConvShape, element by element.
func plainConv(l *MaskedConv[float64], x, y Map[float64]) []float64 {
	out := make([]float64, len(y.Val))
	taps := liveTaps(l.ConvShape)
	for i := range x.Sites {
		for o := range l.Out {
			for n := range x.N {
				sum := 0.0
				if l.B != nil {
					sum = l.B.Val[o]
				}
				for k, t := range taps {
					from, ok := l.meets(i, t)
					if !ok {
						continue
					}
					for c := range l.In {
						sum += l.W.Val[(k*l.In+c)*l.Out+o] * x.Val[x.At(from)+c*x.Cols+n]
					}
				}
				out[y.At(i)+o*y.Cols+n] = sum
			}
		}
	}
	return out
}

// wantClose fails unless a and b agree to 1e-12 of the largest element.
func wantClose(t *testing.T, what string, a, b []float64) {
	t.Helper()
	size, diff := 0.0, 0.0
	for i := range b {
		size = max(size, math.Abs(b[i]))
		diff = max(diff, math.Abs(a[i]-b[i]))
	}
	if !(diff <= 1e-12*max(size, 1)) {
		t.Errorf("%s: largest difference %g of %g", what, diff, size)
	}
}

func TestMaskedConvForward(t *testing.T) {
	forConvCases(t, func(t *testing.T, op Causal[float64], l *MaskedConv[float64], x, y Map[float64]) {
		op.Forward()
		wantClose(t, "Forward", y.Val, plainConv(l, x, y))
	})
}

func TestMaskedConvCounts(t *testing.T) {
	for _, c := range convCases {
		taps, pairs := liveTaps(c.ConvShape), 0
		for _, tap := range taps {
			for i := range c.Ly * c.Lx {
				if _, ok := c.meets(i, tap); ok {
					pairs++
				}
			}
		}
		if got := c.Taps(); got != len(taps) {
			t.Errorf("%+v: %d taps, want %d", c.ConvShape, got, len(taps))
		}
		if got := c.Products(); got != pairs*c.In*c.Out {
			t.Errorf("%+v: %d products, want %d", c.ConvShape, got, pairs*c.In*c.Out)
		}
	}
}

// TestMaskedConvPiecewise samples: an input site becomes known only after the
// output site that may not see it is complete, and is NaN until then.
func TestMaskedConvPiecewise(t *testing.T) {
	forConvCases(t, func(t *testing.T, op Causal[float64], l *MaskedConv[float64], x, y Map[float64]) {
		op.Forward()
		want := append([]float64(nil), y.Val...)
		known := append([]float64(nil), x.Val...)
		for i := range x.Val {
			x.Val[i] = math.NaN()
		}
		reveal := func(i int) {
			for c := range l.In {
				at := x.At(i) + c*x.Cols
				copy(x.Val[at:at+x.N], known[at:])
			}
		}
		for lo := 0; lo < x.Sites; lo += l.Lx {
			op.Begin(lo, lo+l.Lx)
			for i := lo; i < lo+l.Lx; i++ {
				if !l.Exclusive {
					reveal(i)
				}
				op.Site(i)
				for o := range l.Out {
					at := y.At(i) + o*y.Cols
					if !slices.Equal(y.Val[at:at+y.N], want[at:at+y.N]) {
						t.Fatalf("site %d: %v, and %v in Forward", i, y.Val[at:at+y.N], want[at:at+y.N])
					}
				}
				if l.Exclusive {
					reveal(i)
				}
			}
		}
		wantClose(t, "all sites", y.Val, want)
	})
}

// TestMaskedConvGradient: the layer is linear in x and in (W, B), so central
// differences are exact to rounding for any step.
func TestMaskedConvGradient(t *testing.T) {
	forConvCases(t, func(t *testing.T, op Causal[float64], l *MaskedConv[float64], x, y Map[float64]) {
		loss := func() float64 {
			op.Forward()
			sum := 0.0
			for i, v := range y.Val {
				sum += v * y.Adj[i]
			}
			return sum
		}
		fillNormal(3, x.Adj, l.W.Grad) // the layer adds to what is there
		pieces := []struct {
			what     string
			val, adj []float64
		}{{"x", x.Val, x.Adj}, {"W", l.W.Val, l.W.Grad}}
		if l.B != nil {
			fillNormal(4, l.B.Grad)
			pieces = append(pieces, struct {
				what     string
				val, adj []float64
			}{"B", l.B.Val, l.B.Grad})
		}
		before := make([][]float64, len(pieces))
		for k, p := range pieces {
			before[k] = append([]float64(nil), p.adj...)
		}
		op.Backward()
		w := op.(grad.Weighted[float64])
		for tile := w.Tiles() - 1; tile >= 0; tile-- { // in any order
			accumulate(w, tile)
		}
		for k, p := range pieces {
			stride := 1 // all elements of the small cases
			if len(p.val) > 1000 {
				stride = len(p.val) / 10
			}
			for i := 0; i < len(p.val); i += stride {
				v := p.val[i]
				p.val[i] = v + 1
				up := loss()
				p.val[i] = v - 1
				down := loss()
				p.val[i] = v
				want, got := (up-down)/2, p.adj[i]-before[k][i]
				if !(math.Abs(got-want) <= 1e-10*(1+math.Abs(up))) {
					t.Fatalf("d/d%s[%d] = %g, central difference %g", p.what, i, got, want)
				}
			}
		}
	})
}

// TestMaskedConvData: the input of a first layer has no adjoint.
func TestMaskedConvData(t *testing.T) {
	l := NewMaskedConv[float64]("conv", ConvShape{In: 1, Out: 2, Ly: 2, Lx: 2, Half: 1, Exclusive: true}, true)
	x := Map[float64]{Var: grad.NewData[float64](2, 6), Sites: 4, Channels: 1, Width: 2, N: 3}
	var tape grad.Tape[float64]
	l.On(x, x.Like(&tape, 2)).Backward()
}

// TestMaskedConvSampleAlone: a sample's outputs are the same bit for bit
// whatever the number of samples beside it.
func TestMaskedConvSampleAlone(t *testing.T) {
	for _, s := range []ConvShape{
		{In: 1, Out: 9, Ly: 4, Lx: 5, Half: 2, Exclusive: true},
		{In: 9, Out: 17, Ly: 4, Lx: 5, Half: 2},
		{In: 17, Out: 1, Ly: 4, Lx: 5, Half: 2},
		{In: 9, Out: 17, Ly: 4, Lx: 5, Half: 2, Periodic: true},
	} {
		l := NewMaskedConv[float64]("conv", s, true)
		fillNormal(1, l.W.Val, l.B.Val)
		// outputs of the first sample, computed at once and site by site
		first := func(n int) []float64 {
			var tape grad.Tape[float64]
			x := NewMap(&tape, s.Ly*s.Lx, s.In, s.Lx, n)
			y := x.Like(&tape, s.Out)
			for i := range len(x.Val) / n {
				for j := range n {
					x.Val[i*n+j] = math.Sin(float64(1 + i + 1000*j))
				}
			}
			op := l.On(x, y)
			op.Forward()
			var out []float64
			for i := range len(y.Val) / n {
				out = append(out, y.Val[i*n])
			}
			for i := range x.Sites {
				if i%s.Lx == 0 {
					op.Begin(i, i+s.Lx)
				}
				op.Site(i)
			}
			for i := range len(y.Val) / n {
				out = append(out, y.Val[i*n])
			}
			return out
		}
		alone := first(1)
		for _, n := range []int{2, 5, 8, 10, 24} {
			if !slices.Equal(first(n), alone) {
				t.Errorf("%+v: the first of %d samples is not what it is alone", s, n)
			}
		}
	}
}
