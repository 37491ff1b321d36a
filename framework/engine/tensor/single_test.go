package tensor

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

var (
	singles    = enginetest.Singles
	nearSingle = enginetest.NearSingle
)

// A product of k terms of order 1 has k roundings of sums that grow like sqrt(k).
func TestProductsOfSingles(t *testing.T) {
	for _, s := range [][3]int{{1, 1, 1}, {5, 7, 3}, {13, 49, 50}, {21, 75, 300}} {
		m, n, k := s[0], s[1], s[2]
		for _, trans := range []bool{false, true} {
			w, w32 := singles(m * k)
			x, x32 := singles(k * n)
			y, y32 := singles(m * n)
			b, b32 := singles(m)
			ld := k
			if trans {
				ld = m
			}
			tolerance := 2 * float64(k+1)
			MulAdd(trans, m, n, k, w, ld, x, n, y, n)
			MulAdd(trans, m, n, k, w32, ld, x32, n, y32, n)
			nearSingle(t, fmt.Sprint("MulAdd ", s, trans), y32, y, tolerance)
			MulSet(trans, m, n, k, w, ld, x, n, y, n, b)
			MulSet(trans, m, n, k, w32, ld, x32, n, y32, n, b32)
			nearSingle(t, fmt.Sprint("MulSet ", s, trans), y32, y, tolerance)
			Gemm(trans, false, m, n, k, 0.5, w, ld, x, n, -1, y, n)
			Gemm(trans, false, m, n, k, 0.5, w32, ld, x32, n, -1, y32, n)
			nearSingle(t, fmt.Sprint("Gemm ", s, trans), y32, y, 2*tolerance)
		}
	}
}

// Pieces of a product of singles have the bits of the whole, columns at any place.
func TestMulAddOfSinglesCanBeSplit(t *testing.T) {
	const m, n, k = 21, 75, 300
	_, w := singles(m * k)
	_, x := singles(k * n)
	_, y := singles(m * n)
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

func TestElementwiseOfSingles(t *testing.T) {
	const rows = 4
	for _, cols := range widths {
		n := rows * cols
		x, x32 := singles(n)
		dy, dy32 := singles(n)
		v, v32 := singles(2)
		y, y32 := make([]float64, n), make([]float32, n)
		check := func(name string, roundings float64) { t.Helper(); nearSingle(t, name, y32, y, roundings) }
		PReLU(y, x, rows, cols, cols, v)
		PReLU(y32, x32, rows, cols, cols, v32)
		check("PReLU", 2)
		d, d32 := slices.Clone(v), slices.Clone(v32)
		PReLUBackward(false, y, d, dy, x, rows, cols, cols, v)
		PReLUBackward(false, y32, d32, dy32, x32, rows, cols, cols, v32)
		check("PReLUBackward", 8)
		sums := 4 * float64(n+4)
		nearSingle(t, "PReLUBackward: slopes", d32, d, sums)
		AddRowSums(d, x, rows, cols, cols)
		AddRowSums(d32, x32, rows, cols, cols)
		nearSingle(t, "AddRowSums", d32, d, sums)
		GELU(y, x)
		GELU(y32, x32)
		check("GELU", 16)
		GELUBackward(true, y, dy, x)
		GELUBackward(true, y32, dy32, x32)
		check("GELUBackward", 64)
		Reflect(y, x, rows, cols, cols, v)
		Reflect(y32, x32, rows, cols, cols, v32)
		check("Reflect", 2)
		Axpy(0.5, x, y)
		Axpy(0.5, x32, y32)
		check("Axpy", 4)
		Add(y, x, dy)
		Add(y32, x32, dy32)
		check("Add", 1)
		Transpose(y, rows, x, rows, cols, cols)
		Transpose(y32, rows, x32, rows, cols, cols)
		check("Transpose", 0)
		FillRows(y, rows, cols, cols, v)
		FillRows(y32, rows, cols, cols, v32)
		check("FillRows", 0)
		w := random(cols)
		LogSigmoidBackward(y, x, dy, w)
		LogSigmoidBackward(y32, x32, dy32, w)
		check("LogSigmoidBackward", 32)
	}
}

// Probabilities and their logarithms have the bits that the same activations have in float64.
func TestProbabilitiesOfSingles(t *testing.T) {
	for _, n := range widths {
		a, a32 := singles(3 * n)
		s, s32 := singles(3 * n)
		p, p32 := make([]float64, 3*n), make([]float64, 3*n)
		Sigmoid(p, a)
		Sigmoid(p32, a32)
		l, l32 := make([]float64, n), make([]float64, n)
		LogSigmoid(l, a, s)
		LogSigmoid(l32, a32, s32)
		if !slices.Equal(p, p32) || !slices.Equal(l, l32) {
			t.Fatalf("%d columns: other probabilities of float32", n)
		}
	}
}

// From the middle to tails, where exp(x) - 1 and 1/(1 + exp(x)) of float32 end: a GELU of x
// is x sigmoid(2u), relative to which the roundings of 2u are multiplied by 2u.
func TestGELUOfSinglesInTheTails(t *testing.T) {
	for v := float32(-9); v <= 40; v += 0.0371 {
		x, y := []float32{v}, []float32{0}
		GELU(y, x)
		u := geluSlope * (float64(v) + geluCube*math.Pow(float64(v), 3))
		want := float64(v) / (1 + math.Exp(-u))
		if tolerance := (8 + 4*math.Abs(u)) * 0x1p-24 * math.Abs(want); math.Abs(u) < 87 && math.Abs(float64(y[0])-want) > tolerance {
			t.Fatalf("GELU of %v is %v, want %v", v, y[0], want)
		}
		if math.IsNaN(float64(y[0])) {
			t.Fatalf("GELU of %v is NaN", v)
		}
	}
}

// Rows of three terms, and sums over 21 columns.
func TestSparseOfSingles(t *testing.T) {
	const rows, terms, n, ld = 4, 3, 21, 24
	at := []int64{0, 1, 2, 3, 3, 0, 2, 1, 0, 1, 1, 1}
	s, s32 := Sparse[float64]{rows, terms, at}, Sparse[float32]{rows, terms, at}
	a, a32 := singles(rows * terms)
	x, x32 := singles(rows * ld)
	y, y32 := singles(rows * ld)
	s.Mul(false, y, a, x, n, ld)
	s32.Mul(false, y32, a32, x32, n, ld)
	nearSingle(t, "Mul", y32, y, 2*(terms+1))
	s.Dots(a, y, x, n, ld)
	s32.Dots(a32, y32, x32, n, ld)
	nearSingle(t, "Dots", a32, a, 4*(n+terms))
}
