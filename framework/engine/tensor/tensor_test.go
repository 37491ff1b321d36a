package tensor

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

// What tests of kernels share.
var (
	random = enginetest.Random
	near   = enginetest.Near
	widths = enginetest.Widths
)

func at(trans bool, ld, i, j int) int {
	if trans {
		i, j = j, i
	}
	return i*ld + j
}

func TestGemmIsTheTripleLoop(t *testing.T) {
	for _, s := range [][3]int{{1, 1, 1}, {3, 5, 7}, {16, 24, 40}, {4, 9, 0}} {
		m, n, k := s[0], s[1], s[2]
		for _, trans := range [][2]bool{{false, false}, {true, false}, {false, true}, {true, true}} {
			for _, beta := range []float64{0, 1, -0.5} {
				const ld = 45
				a, b, c := random(ld*ld), random(ld*ld), random(ld*ld)
				want := slices.Clone(c)
				for i := range m {
					for j := range n {
						sum := beta * c[i*ld+j]
						for l := range k {
							sum += 1.5 * a[at(trans[0], ld, i, l)] * b[at(trans[1], ld, l, j)]
						}
						want[i*ld+j] = sum
					}
				}
				if beta == 0 {
					c[0] = math.NaN() // must not matter
				}
				Gemm(trans[0], trans[1], m, n, k, 1.5, a, ld, b, ld, beta, c, ld)
				near(t, fmt.Sprint("Gemm ", s, trans, beta), c, want, 1e-13)
			}
		}
	}
}

func TestMulAddIsTheTripleLoop(t *testing.T) {
	const ld = 51
	for _, m := range []int{1, 2, 4, 5, 8, 13, 17} {
		for _, n := range widths {
			for _, k := range []int{0, 1, 5, 50} {
				for _, trans := range []bool{false, true} {
					w, x, y := random(ld*ld), random(ld*ld), random(ld*ld)
					want := slices.Clone(y)
					for i := range m {
						for j := range n {
							for l := range k {
								want[i*ld+j] += w[at(trans, ld, i, l)] * x[l*ld+j]
							}
						}
					}
					MulAdd(trans, m, n, k, w, ld, x, ld, y, ld)
					near(t, fmt.Sprint("MulAdd ", m, n, k, trans), y, want, 1e-13)
				}
			}
		}
	}
}

// Splitting a product over several calls must not change a bit: layers that
// are evaluated piecewise rely on it.
func TestMulAddCanBeSplit(t *testing.T) {
	const m, n, k = 21, 75, 300
	w, x, y := random(m*k), random(k*n), random(m*n)
	whole := slices.Clone(y)
	MulAdd(false, m, n, k, w, k, x, n, whole, n)
	for i0 := 0; i0 < m; i0 += 5 {
		for j0 := 0; j0 < n; j0 += 11 {
			for l0 := 0; l0 < k; l0 += 37 {
				MulAdd(false, min(5, m-i0), min(11, n-j0), min(37, k-l0), w[i0*k+l0:], k, x[l0*n+j0:], n, y[i0*n+j0:], n)
			}
		}
	}
	if !slices.Equal(y, whole) {
		t.Error("a product in pieces differs from the whole")
	}
}

// MulSet gives the bits of FillRows and MulAdd, whatever Y held.
func TestMulSet(t *testing.T) {
	const ld = 310
	for _, m := range []int{1, 3, 8, 21} {
		for _, n := range widths {
			for _, k := range []int{0, 1, 50, 300} {
				for _, trans := range []bool{false, true} {
					w, x, y := random(ld*ld), random(ld*ld), random(ld*ld)
					want := slices.Clone(y)
					for _, b := range [][]float64{random(m), {0.5}} {
						FillRows(want, m, n, ld, b)
						MulAdd(trans, m, n, k, w, ld, x, ld, want, ld)
						y[0] = math.NaN()
						MulSet(trans, m, n, k, w, ld, x, ld, y, ld, b)
						if !slices.Equal(y, want) {
							t.Errorf("%d x %d x %d, transposed %v, %d biases: differs", m, n, k, trans, len(b))
						}
					}
				}
			}
		}
	}
}

func TestPReLU(t *testing.T) {
	const rows, slopes = 6, 3
	slope := []float64{0.5, -0.25, 2}
	for _, cols := range widths {
		ld := cols + 3
		x, dy, dx := random(rows*ld), random(rows*ld), random(rows*ld)
		y, wantY, wantDx := random(rows*ld), make([]float64, rows*ld), slices.Clone(dx)
		copy(wantY, y)
		x[0] = 0
		dslope, wantSlope := []float64{1, 2, 3}, []float64{1, 2, 3}
		for i := range rows {
			for j := range cols {
				e, a := i*ld+j, slope[i%slopes]
				if x[e] > 0 {
					wantY[e] = x[e]
					wantDx[e] += dy[e]
				} else {
					wantY[e] = a * x[e]
					wantDx[e] += a * dy[e]
					wantSlope[i%slopes] += dy[e] * x[e]
				}
			}
		}
		PReLU(y, x, rows, cols, ld, slope)
		near(t, "PReLU", y, wantY, 0)
		PReLUBackward(false, dx, dslope, dy, x, rows, cols, ld, slope)
		set := random(rows * ld)
		wantSet := slices.Clone(set)
		for i := range rows {
			clear(wantSet[i*ld : i*ld+cols])
		}
		PReLUBackward(false, wantSet, make([]float64, slopes), dy, x, rows, cols, ld, slope)
		PReLUBackward(true, set, make([]float64, slopes), dy, x, rows, cols, ld, slope)
		near(t, "PReLUBackward: set dx", set, wantSet, 0)
		near(t, "PReLUBackward: dx", dx, wantDx, 1e-15)
		near(t, "PReLUBackward: dslope", dslope, wantSlope, 1e-13)
	}
}

func TestRowsAndSums(t *testing.T) {
	for _, n := range widths {
		const rows = 5
		ld := n + 2
		a, b, sum := random(n), random(n), make([]float64, n)
		Add(sum, a, b)
		axpy := slices.Clone(a)
		Axpy(-1.5, b, axpy)
		for i := range n {
			if sum[i] != a[i]+b[i] || math.Abs(axpy[i]-(a[i]-1.5*b[i])) > 1e-15 {
				t.Fatalf("%d + or - 1.5 %d", i, i)
			}
		}
		y := random(rows * ld)
		FillRows(y, rows, n, ld, []float64{3, 4})
		got, want := []float64{1, 1}, []float64{1 + 9*float64(n), 1 + 8*float64(n)} // rows 0, 2, 4 of 3; rows 1, 3 of 4
		AddRowSums(got, y, rows, n, ld)
		near(t, "AddRowSums", got, want, 1e-14)
		x, xT := random(rows*ld), make([]float64, n*7)
		Reflect(y, x, rows, n, ld, []float64{3, 4})
		for i := range rows {
			for j := range n {
				if want := float64(6+i%2*2) - x[i*ld+j]; y[i*ld+j] != want {
					t.Fatalf("reflected %d %d: %v, want %v", i, j, y[i*ld+j], want)
				}
			}
		}
		Transpose(xT, 7, x, rows, n, ld)
		for i := range rows {
			for j := range n {
				if xT[j*7+i] != x[i*ld+j] {
					t.Fatalf("transposed %d %d", i, j)
				}
			}
		}
	}
}

// Against the standard library, from the middle to far tails, where naive
// forms overflow or cancel.
func TestSigmoids(t *testing.T) {
	var a []float64
	for v := -690.0; v <= 690; v += 0.37 {
		a = append(a, v)
	}
	a = append(a, 0, 1e-300, -1e-300, 1e-9, -1e-9, 36.7, -36.8)
	n := len(a)
	p := make([]float64, n)
	Sigmoid(p, a)
	s, lp, da, ones := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range a {
		s[i], ones[i] = 1, 1
	}
	LogSigmoid(lp, a, s)
	LogSigmoidBackward(da, a, s, ones)
	worst := [3]float64{}
	for i, v := range a {
		e := math.Exp(-math.Abs(v))
		wantP, wantL := 1/(1+e), -math.Log1p(e)
		wantD := e / (1 + e)
		if v < 0 {
			wantP, wantD = wantD, wantP
			wantL += v
		}
		for k, pair := range [][2]float64{{p[i], wantP}, {lp[i], wantL}, {da[i], wantD}} {
			worst[k] = max(worst[k], math.Abs(pair[0]-pair[1])/math.Abs(pair[1]))
		}
	}
	for k, name := range []string{"Sigmoid", "LogSigmoid", "LogSigmoidBackward"} {
		if !(worst[k] < 1e-15) {
			t.Errorf("%s: relative error %g", name, worst[k])
		}
	}
}

func TestSigmoidLimits(t *testing.T) {
	a := []float64{1e6, -1e6, math.Inf(1), math.Inf(-1)}
	p := make([]float64, 4)
	Sigmoid(p, a)
	if p[0] != 1 || p[2] != 1 || p[1] > 1e-300 || p[3] > 1e-300 {
		t.Errorf("Sigmoid of %v: %v", a, p)
	}
	lp := make([]float64, 2)
	LogSigmoid(lp, []float64{1e6, 1e6}, []float64{1, -1})
	if lp[0] > 0 || lp[0] < -1e-300 || lp[1] != -1e6 {
		t.Errorf("LogSigmoid of +-1e6: %v", lp)
	}
	a = []float64{math.NaN()}
	Sigmoid(p[:1], a)
	lp = []float64{0}
	LogSigmoid(lp, a, []float64{1})
	if !math.IsNaN(p[0]) || !math.IsNaN(lp[0]) {
		t.Errorf("NaN became %v and %v", p[0], lp[0])
	}
}

// Rows in order, signs and weights in place, the same bits at any position.
func TestLogSigmoidRows(t *testing.T) {
	const rows = 5
	for _, n := range widths {
		a, w := random(rows*n), random(n)
		s := make([]float64, rows*n)
		for i := range s {
			s[i] = float64(1 - 2*(i%3%2))
		}
		lp, da := make([]float64, n), make([]float64, rows*n)
		LogSigmoid(lp, a, s)
		LogSigmoidBackward(da, a, s, w)
		for j := range n {
			column, one := 0.0, make([]float64, 1)
			for i := range rows {
				e := i*n + j
				column += -math.Log1p(math.Exp(-s[e] * a[e]))
				LogSigmoid(one, a[e:e+1], s[e:e+1])
				if want := w[j] * s[e] / (1 + math.Exp(s[e]*a[e])); math.Abs(da[e]-want) > 1e-15 {
					t.Fatalf("derivative %v, want %v", da[e], want)
				}
			}
			if math.Abs(lp[j]-column) > 1e-14 {
				t.Fatalf("sum %v, want %v", lp[j], column)
			}
			if one[0] != lp[j] {
				t.Fatalf("column %d of %d differs from the same numbers alone by %g", j, n, one[0]-lp[j])
			}
		}
	}
}

func TestShortSlicesPanic(t *testing.T) {
	x := make([]float64, 10)
	for name, call := range map[string]func(){
		"Gemm":   func() { Gemm(false, false, 2, 3, 2, 1, x, 2, x, 3, 0, x[:5], 3) },
		"MulSet": func() { MulSet(false, 2, 1, 1, x, 1, x, 1, x, 1, x[:0]) },
		"MulAdd": func() { MulAdd(true, 2, 3, 4, x, 2, x, 3, x, 3) },
		"PReLU":  func() { PReLU(x, x, 3, 4, 4, x) },
		"Axpy":   func() { Axpy(1, x[:4], x[:5]) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s accepted a slice that is too short", name)
				}
			}()
			call()
		}()
	}
}

// The machine's rates: Gemm is what others are compared with.
func BenchmarkGemm(b *testing.B) {
	for _, n := range []int{64, 128, 256, 512, 1024} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			x, y, z := random(n*n), random(n*n), random(n*n)
			for range b.N {
				Gemm(false, false, n, n, n, 1, x, n, y, n, 0, z, n)
			}
			b.ReportMetric(2*float64(n*n*n)*float64(b.N)/b.Elapsed().Seconds()*1e-9, "GFLOP/s")
		})
	}
}
