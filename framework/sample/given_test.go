package sample

import (
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Rows are drawn alike often and whole; a state decides what comes.
func TestReplacing(t *testing.T) {
	s := Replacing{Array{[]float64{0, 0.5, 1, 1.5, 2, 2.5}, 2}.All()}
	state, _ := s.Init(3)
	var b, again core.Batch
	const n = 3000
	next, err := s.Next(&b, state, n)
	if err != nil || b.N != n || len(b.X) != 2*n || len(b.LogP) != 0 || next.Drawn != 1 {
		t.Fatalf("%+v, %v: %d of %d numbers", next, err, len(b.X), b.N)
	}
	var count [3]int
	for i := range n {
		row := int(b.X[2*i])
		count[row]++
		if b.X[2*i+1] != float64(row)+0.5 {
			t.Fatalf("draw %d is %v", i, b.X[2*i:2*i+2])
		}
	}
	for row, c := range count { // binomial: 1000 +- sqrt(3000 * 1/3 * 2/3) = 26
		if c < 900 || c > 1100 {
			t.Errorf("row %d was drawn %d times in %d", row, c, n)
		}
	}
	s.Next(&again, state, 10)
	if !slices.Equal(again.X, b.X[:20]) {
		t.Error("the same state gave other draws")
	}
	s.Next(&again, next, 10)
	if slices.Equal(again.X, b.X[:20]) {
		t.Error("the next state gave the same draws")
	}
}

// Every row comes once in an epoch, whatever the size of a batch and of its parts, and in
// another order in the next.
func TestEpochs(t *testing.T) {
	for _, rows := range []int{1, 2, 3, 16, 257, 1797} {
		x := make([]float64, rows)
		for i := range x {
			x[i] = float64(i)
		}
		s := Epochs{Array{x, 1}.All()}
		const batch, epochs = 100, 4
		var drawn []float64
		state, _ := s.Init(9)
		for len(drawn) < epochs*rows {
			var whole, part core.Batch
			next, err := s.Next(&whole, state, batch)
			if err != nil || whole.N != batch || len(whole.LogP) > 0 {
				t.Fatalf("%+v, %v", whole, err)
			}
			part.From, part.Total = 30, batch
			if s.Next(&part, state, 20); !slices.Equal(part.X, whole.X[30:50]) {
				t.Fatalf("%d rows: a part is %v, want %v", rows, part.X, whole.X[30:50])
			}
			drawn, state = append(drawn, whole.X...), next
		}
		for e := range epochs {
			epoch := slices.Clone(drawn[e*rows : (e+1)*rows])
			// Two orders of 16 rows are equal with the chance 1/16! = 5e-14.
			if rows >= 16 && e > 0 && slices.Equal(epoch, drawn[:rows]) {
				t.Errorf("%d rows: epoch %d is the first once more", rows, e)
			}
			if slices.Sort(epoch); !slices.Equal(epoch, x) {
				t.Errorf("%d rows: epoch %d has %v", rows, e, epoch)
			}
		}
	}
}

// Every row is as likely as any other in every place. A random order is a matrix of 12 x 12
// with rows and columns that add up to 1; its covariance is 1/11 on the 11^2 dimensions that
// this leaves. So the squares of counts of n orders less n/12, over n/11, have a chi-square with
// 121 degrees of freedom, of the standard deviation sqrt(2 121) = 16.
func TestOrderOfEpochs(t *testing.T) {
	const rows, n = 12, 6000
	var count [rows][rows]float64
	for e := range uint64(n) {
		for k := range uint64(rows) {
			count[k][shuffled(k, rows, core.Derive(5, e))]++
		}
	}
	chi := 0.0
	for k := range rows {
		for row := range rows {
			chi += (count[k][row] - n/rows) * (count[k][row] - n/rows) / (float64(n) / (rows - 1))
		}
	}
	if chi < 121-4*16 || chi > 121+4*16 {
		t.Errorf("chi-square %v, want 121 +- 16", chi)
	}
}

// Rows come in their order, at equal distances where only some are asked for, whatever the
// parts of a batch.
func TestInOrder(t *testing.T) {
	given := Array{[]float64{10, 11, 12, 13, 14, 15, 16}, 1}.All()
	given.From = 1 // of six rows
	for _, c := range []struct {
		most int
		want []float64
	}{{0, []float64{11, 12, 13, 14, 15, 16}}, {6, []float64{11, 12, 13, 14, 15, 16}}, {9, []float64{11, 12, 13, 14, 15, 16}}, {4, []float64{11, 12, 14, 15}}, {1, []float64{11}}} {
		s := InOrder{Given: given, Batch: 4, Most: c.most}
		state, _ := s.Init(1)
		var drawn []float64
		for len(drawn) < s.Total() {
			var whole, part core.Batch
			n := min(4, s.Total()-len(drawn))
			next, err := s.Next(&whole, state, n)
			if err != nil {
				t.Fatal(err)
			}
			part.From, part.Total = n-1, n
			if s.Next(&part, state, 1); part.X[0] != whole.X[n-1] {
				t.Errorf("the last row of a draw of %d is %v, and alone %v", n, whole.X[n-1], part.X[0])
			}
			drawn, state = append(drawn, whole.X...), next
		}
		if !slices.Equal(drawn, c.want) {
			t.Errorf("at most %d: %v, want %v", c.most, drawn, c.want)
		}
	}
}
