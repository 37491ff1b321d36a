package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

var activations = map[Activation]func(float64) float64{
	ELU:       func(x float64) float64 { return max(x, 0) + math.Expm1(min(x, 0)) },
	Tanh:      math.Tanh,
	LeakyReLU: func(x float64) float64 { return max(x, x/100) },
	Softplus:  func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) },
}

// Against the standard library, from next to 0, where naive forms cancel, to
// far tails. The derivative is compared with that of the definition at x.
func TestActivations(t *testing.T) {
	var x []float64
	for v := -60.0; v <= 60; v += 0.037 {
		x = append(x, v)
	}
	x = append(x, 0, 1e-300, -1e-300, 1e-9, -1e-9, 700, -700, 1e300, -1e300)
	derivatives := map[Activation]func(float64) float64{
		ELU:       func(x float64) float64 { return math.Exp(min(x, 0)) },
		Tanh:      func(x float64) float64 { c := math.Cosh(x); return 1 / c / c },
		LeakyReLU: func(x float64) float64 { return math.Copysign(0.495, x) + 0.505 },
		Softplus:  func(x float64) float64 { return 1 / (1 + math.Exp(-x)) },
	}
	for kind, f := range activations {
		y, dy := slices.Clone(x), slices.Repeat([]float64{2}, len(x))
		Activate(kind, y)
		ActivateBackward(kind, dy, y)
		for i, v := range x {
			want := f(v)
			if !(math.Abs(y[i]-want) <= 1e-15*math.Abs(want)+1e-300) {
				t.Fatalf("activation %d of %v: %v, want %v", kind, v, y[i], want)
			}
			// As a function of y it is exact to a few roundings of 1.
			if want := derivatives[kind](v); v != 0 && !(math.Abs(dy[i]/2-want) <= 1e-15) {
				t.Fatalf("derivative of activation %d at %v: %v, want %v", kind, v, dy[i]/2, want)
			}
		}
		y = []float64{math.NaN()}
		if Activate(kind, y); !math.IsNaN(y[0]) {
			t.Errorf("activation %d: NaN became %v", kind, y[0])
		}
	}
}

// plain evaluates the networks of one group after the other.
func (m MLP) plain(w, x []float64) []float64 {
	h := make([][]float64, m.Groups)
	for g := range h {
		h[g] = x
	}
	for l, rows := range m.Sizes[1:] {
		cols := int(m.Sizes[l])
		biases := w[m.Groups*int(rows)*cols:]
		for g := range h {
			y := slices.Clone(biases[:rows])
			for r := range y {
				for c, v := range h[g] {
					y[r] += w[r*cols+c] * v
				}
				if l+2 < len(m.Sizes) {
					y[r] = activations[m.Activation](y[r])
				}
			}
			w, biases, h[g] = w[int(rows)*cols:], biases[rows:], y
		}
		w = biases
	}
	return slices.Concat(h...)
}

var shapes = []MLP{
	{2, []int64{2, 10, 10, 10, 2}, ELU},
	{1, []int64{3, 4}, ELU},
	{3, []int64{1, 7, 1}, Tanh},
	{2, []int64{5, 13, 6, 8}, LeakyReLU},
	{2, []int64{9, 3, 17, 2}, Softplus},
}

// problem is a random evaluation: three places that share rows, of which the
// last is read by nobody.
func problem(m MLP, n int) (x, w []float64, in []int64) {
	rows := int(m.Sizes[0]) + 3
	r := rand.New(rand.NewPCG(1, 2))
	for range 3 {
		for _, i := range r.Perm(rows - 1)[:m.Sizes[0]] {
			in = append(in, int64(i))
		}
	}
	return random(rows * n), random(m.Weights()), in
}

// column is one configuration of a matrix of rows of length n.
func column(x []float64, n, j int) []float64 {
	var c []float64
	for ; j < len(x); j += n {
		c = append(c, x[j])
	}
	return c
}

// plainAll evaluates all places in one configuration.
func (m MLP) plainAll(x, w []float64, in []int64) []float64 {
	var y []float64
	for p := 0; p < len(in); p += int(m.Sizes[0]) {
		var inputs []float64
		for _, i := range in[p : p+int(m.Sizes[0])] {
			inputs = append(inputs, x[i])
		}
		y = append(y, m.plain(w, inputs)...)
	}
	return y
}

func TestMLPIsItsDefinition(t *testing.T) {
	for _, m := range shapes {
		for _, n := range []int{1, 5, 32, 33, 70} {
			x, w, in := problem(m, n)
			y := random(3 * m.Outputs() * n)
			MLPForward(m, y, x, w, in, n, random(m.Scratch()))
			for j := range n {
				near(t, fmt.Sprint("MLP ", m, n), column(y, n, j), m.plainAll(column(x, n, j), w, in), 1e-13)
			}
		}
	}
}

// The bits of a configuration do not depend on its place.
func TestMLPColumnsAreAlone(t *testing.T) {
	const n = 70
	for _, m := range shapes {
		x, w, in := problem(m, n)
		y, one := make([]float64, 3*m.Outputs()*n), make([]float64, 3*m.Outputs())
		scratch := make([]float64, m.Scratch())
		MLPForward(m, y, x, w, in, n, scratch)
		for j := range n {
			MLPForward(m, one, column(x, n, j), w, in, 1, scratch)
			if !slices.Equal(one, column(y, n, j)) {
				t.Fatalf("%v: column %d differs from the same numbers alone", m, j)
			}
		}
	}
}

// Backward adds the derivatives of sum dy y, here by central differences: with
// steps of 1e-5 their error is some 1e-10, rounding included.
func TestMLPGradient(t *testing.T) {
	enginetest.Restart() // differences across a kink of the activation would be off
	for _, m := range shapes {
		for _, n := range []int{1, 37} {
			x, w, in := problem(m, n)
			dy := random(3 * m.Outputs() * n)
			dx, dw := random(len(x)), random(len(w))
			wantX, wantW := slices.Clone(dx), slices.Clone(dw)
			alone := slices.Clone(dx)
			MLPBackward(m, alone, nil, dy, x, w, in, n, random(m.Scratch()))
			MLPBackward(m, dx, dw, dy, x, w, in, n, random(m.Scratch()))
			if !slices.Equal(alone, dx) {
				t.Errorf("%v: another dx without dw", m)
			}
			loss := func() (sum float64) {
				for j := range n {
					for i, v := range m.plainAll(column(x, n, j), w, in) {
						sum += dy[i*n+j] * v
					}
				}
				return sum
			}
			differences(wantX, x, loss)
			differences(wantW, w, loss)
			near(t, fmt.Sprint("dx of ", m, n), dx, wantX, 1e-7)
			near(t, fmt.Sprint("dw of ", m, n), dw, wantW, 1e-7)
			if !slices.Equal(dx[len(dx)-n:], wantX[len(dx)-n:]) {
				t.Error("changed the adjoint of a row that is not read")
			}
		}
	}
}

// differences adds df/dx to dst.
func differences(dst, x []float64, f func() float64) {
	const h = 1e-5
	for i, v := range x {
		x[i] = v + h
		up := f()
		x[i] = v - h
		dst[i] += (up - f()) / (2 * h)
		x[i] = v
	}
}

// couplePlain is one column of the definition.
func couplePlain(inverse bool, x []float64, at []int64, st, scale []float64) (y []float64, l float64) {
	y = slices.Clone(x)
	for i, r := range at {
		p, k := i/len(scale), i%len(scale)
		s := scale[k] * math.Tanh(st[2*p*len(scale)+k])
		if t := st[(2*p+1)*len(scale)+k]; inverse {
			y[r] = (x[r] - t) * math.Exp(-s)
		} else {
			y[r] = x[r]*math.Exp(s) + t
		}
		l += s
	}
	return y, l
}

func TestCouple(t *testing.T) {
	at, scale := []int64{4, 0, 3, 1}, []float64{0.7, -1.3}
	for _, inverse := range []bool{false, true} {
		for _, n := range widths {
			x, st, l := random(6*n), random(8*n), random(n)
			y, got := slices.Clone(x), slices.Clone(l)
			was, tanh := make([]float64, 4*n), make([]float64, 4*n)
			Couple(inverse, y, got, at, st, scale, was, tanh)
			for j := range n {
				want, wantL := couplePlain(inverse, column(x, n, j), at, column(st, n, j), scale)
				near(t, "Couple: x'", column(y, n, j), want, 1e-14)
				near(t, "Couple: l", got[j:j+1], []float64{l[j] + wantL}, 1e-14)
			}
			bar, lbar, dst, dscale := random(6*n), random(n), random(8*n), random(2)
			loss := func() (sum float64) {
				for j := range n {
					y, l := couplePlain(inverse, column(x, n, j), at, column(st, n, j), scale)
					sum += lbar[j] * l
					for i, b := range column(bar, n, j) {
						sum += b * y[i]
					}
				}
				return sum
			}
			wantX, wantST, wantScale := make([]float64, 6*n), make([]float64, 8*n), slices.Clone(dscale)
			differences(wantX, x, loss)
			differences(wantST, st, loss)
			differences(wantScale, scale, loss)
			yAlone, barAlone, dstAlone := slices.Clone(y), slices.Clone(bar), random(8*n)
			CoupleBackward(inverse, yAlone, barAlone, lbar, at, dstAlone, scale, nil, was, tanh)
			CoupleBackward(inverse, y, bar, lbar, at, dst, scale, dscale, was, tanh)
			if !slices.Equal(slices.Concat(yAlone, barAlone, dstAlone), slices.Concat(y, bar, dst)) {
				t.Error("Couple: other adjoints without dscale")
			}
			near(t, "Couple: xbar", bar, wantX, 1e-7)
			near(t, "Couple: dst", dst, wantST, 1e-7)
			near(t, "Couple: dscale", dscale, wantScale, 1e-7)
			if !slices.Equal(y, x) {
				t.Error("x is not restored")
			}
		}
	}
}

// An overflow must be seen: the caller looks for what is not finite.
func TestCoupleOverflows(t *testing.T) {
	x, l, keep := []float64{1}, []float64{0}, make([]float64, 2)
	Couple(false, x, l, []int64{0}, []float64{50, 0}, []float64{800}, keep[:1], keep[1:])
	if !math.IsInf(x[0], 1) || l[0] != 800 {
		t.Errorf("exp(800) became %v with logarithm %v", x[0], l[0])
	}
}

// One pass of the fused networks of a 2x2 block, of the size used for 16 x 16
// sites: 64 blocks, 64 configurations. Time per configuration and block, and
// the rate of the matrix work (twice 482 operations, backward three times).
func BenchmarkMLP(b *testing.B) {
	const places, n = 64, 64
	m := MLP{2, []int64{2, 10, 10, 10, 2}, ELU}
	x, w, y := random(4*places*n), random(m.Weights()), random(4*places*n)
	for i := range w {
		w[i] *= 0.3
	}
	in := make([]int64, 2*places)
	for i := range in {
		in[i] = int64(2 * i)
	}
	dx, dw, scratch := make([]float64, len(x)), make([]float64, len(w)), make([]float64, m.Scratch())
	report := func(b *testing.B, passes float64) {
		per := b.Elapsed().Seconds() / float64(b.N*places*n)
		b.ReportMetric(per*1e9, "ns/network")
		b.ReportMetric(passes*2*480/per*1e-9, "GFLOP/s")
	}
	b.Run("forward", func(b *testing.B) {
		for range b.N {
			MLPForward(m, y, x, w, in, n, scratch)
		}
		report(b, 1)
	})
	for name, dw := range map[string][]float64{"backward": dw, "backward without dw": nil} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				MLPBackward(m, dx, dw, y, x, w, in, n, scratch)
			}
			passes := 3.0
			if dw == nil {
				passes = 2
			}
			report(b, passes)
		})
	}
}

func BenchmarkElementwise(b *testing.B) {
	const n = 1024
	x, y, l := random(n), random(n), make([]float64, 64)
	at := make([]int64, n/64)
	for i := range at {
		at[i] = int64(i)
	}
	st, was, tanh := random(2*n), random(n), random(n)
	scale := []float64{0.1}
	for name, f := range map[string]func(){
		"ELU":            func() { copy(y, x); Activate(ELU, y) },
		"Tanh":           func() { copy(y, x); Activate(Tanh, y) },
		"Softplus":       func() { copy(y, x); Activate(Softplus, y) },
		"Couple":         func() { copy(y, x); Couple(false, y, l, at, st, scale, was, tanh) },
		"CoupleBackward": func() { copy(y, x); CoupleBackward(false, y, was, l, at, st, scale, l, tanh, tanh) },
	} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				f()
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*n)*1e9, "ns/element")
		})
	}
}
