package fisher

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// twoBlocks are products of 5 parameters with one score each, and of 300 with two, centred.
func twoBlocks() (p Products) {
	p.Set(5+2*300, Piece{Cols: 5}, Piece{At: 5, Param: 5, Cols: 300, Centred: true}, Piece{At: 305, Param: 5, Cols: 300, Centred: true})
	return p
}

// products of a batch in 8 shares, whose rows are cut into nodes.
func multiply(t *testing.T, scores, v []float64, nodes ...par.Rows) (products, sums []float64) {
	t.Helper()
	p := twoBlocks()
	sums = make([]float64, p.size)
	for _, n := range nodes {
		copy(p.Keep(n), scores[n.From*p.size:])
		of := make([]float64, p.size)
		p.Sums(of, n)
		for i, x := range of {
			sums[i] += x
		}
	}
	products = make([]float64, len(v))
	for range 2 { // scores are centred once
		clear(products)
		for _, n := range nodes {
			of := make([]float64, len(v))
			if !p.Multiply(of, v, n, sums) {
				t.Fatal("a node that was kept is unknown")
			}
			for i, x := range of {
				products[i] += x
			}
		}
	}
	p.Forget()
	if p.Multiply(products, v, nodes[0], sums) || p.Kept(nodes[0]) != nil {
		t.Error("scores that were forgotten are there")
	}
	return products, sums
}

// Products are those of the matrix, with any number of threads the same bits, and those of both halves of the batch add up to them.
func TestProducts(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	const n = 100
	one := twoBlocks()
	scores, v := random(n*one.size, 1), random(305, 2)
	for i := range scores {
		scores[i]++ // means that matter
	}
	whole := par.RowsOf(0, n, n, 8)
	got, sums := multiply(t, scores, v, whole)
	for _, threads := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(threads)
		again, _ := multiply(t, scores, v, whole)
		halves, halvesSums := multiply(t, scores, v, par.RowsOf(0, n/2, n, 8), par.RowsOf(n/2, n/2, n, 8))
		if !slices.Equal(again, got) || !slices.Equal(halves, got) || !slices.Equal(halvesSums, sums) {
			t.Errorf("%d threads, or two nodes, have other bits", threads)
		}
	}
	want := make([]float64, 305)
	for _, piece := range one.pieces {
		a := make([]float64, 0, n*piece.Cols)
		for i := range n {
			a = append(a, scores[i*one.size+piece.At:][:piece.Cols]...)
		}
		if piece.Centred {
			Centre(a, piece.Cols)
		}
		for j, x := range apply(v[piece.Param:][:piece.Cols], a, 1, 0) {
			want[piece.Param+j] += x
		}
	}
	for i, x := range want {
		if math.Abs(x-got[i]) > 1e-9 { // rounding of sums of 100 rows of numbers of order 300
			t.Fatalf("component %d is %v, want %v", i, got[i], x)
		}
	}
}

// Weighted sums leave out pieces without weights; a vector that is 0 in a block has a product that is.
func TestProductsOfSomePieces(t *testing.T) {
	p := twoBlocks()
	rows := par.RowsOf(0, 3, 3, 1)
	scores := p.Keep(rows)
	copy(scores, random(len(scores), 3))
	w, sum := random(3, 4), make([]float64, 305)
	p.Weighted(sum, rows, nil, nil, w)
	for j, x := range sum {
		want := 0.0
		for i := range 3 {
			if j >= 5 {
				want += w[i] * scores[i*p.size+300+j]
			}
		}
		if math.Abs(x-want) > 1e-13 {
			t.Fatalf("component %d is %v, want %v", j, x, want)
		}
	}
	v, product, sums := make([]float64, 305), random(305, 5), make([]float64, p.size)
	v[2] = 1
	p.Sums(sums, rows)
	p.Multiply(product, v, rows, sums)
	if slices.ContainsFunc(product[5:], func(x float64) bool { return x != 0 }) || product[2] <= 0 {
		t.Errorf("product %v", product[:8])
	}
}

func TestProductsDoNotAllocate(t *testing.T) {
	p := twoBlocks()
	rows := par.RowsOf(0, 64, 64, 8)
	w, v, sums, to := random(64, 6), random(305, 7), make([]float64, p.size), make([]float64, 305)
	if n := testing.AllocsPerRun(2, func() {
		copy(p.Keep(rows), w)
		p.Weighted(to, rows, nil, w, w)
		p.Sums(sums, rows)
		p.Multiply(to, v, rows, sums)
		p.Forget()
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// A product with the scores of 13 electrons, 512 configurations in 8 shares: 24 MB of p(K), 8 of the flow.
func BenchmarkProduct(b *testing.B) {
	const n, states, flow = 512, 5826, 1008
	var p Products
	p.Set(states+2*flow, Piece{Cols: states}, Piece{At: states, Param: states, Cols: flow, Centred: true}, Piece{At: states + flow, Param: states, Cols: flow, Centred: true})
	rows := par.RowsOf(0, n, n, 8)
	copy(p.Keep(rows), random(n*p.size, 1))
	v, to, sums := random(states+flow, 2), make([]float64, states+flow), make([]float64, p.size)
	p.Sums(sums, rows)
	for _, part := range []struct {
		name string
		zero []float64
	}{{"both", nil}, {"flow", v[:states]}} {
		clear(part.zero)
		b.Run(part.name, func(b *testing.B) {
			for range enginetest.Loop(b) {
				p.Multiply(to, v, rows, sums)
			}
		})
	}
}
