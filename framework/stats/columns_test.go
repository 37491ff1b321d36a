package stats

import (
	"math"
	"testing"
)

// powersOf adds x^2 and x^4 of chains.
func powersOf(columns *Columns, x []float64, m int) {
	for _, v := range x {
		columns.Add([]float64{square(v), fourth(v)}, m)
	}
}

// With room for all draws rows are draws. With less, means of draws have the same mean and the same error
// to some ten percent: the ends of the sums of autocovariances differ.
func TestColumnsInLittleRoom(t *testing.T) {
	const m, draws = 4, 4096
	x := reference{Kind: "autoregressive", Seed: 31, Chains: m, Draws: draws, A: 0.95}.make()
	all, few := NewColumns(2, 1<<20), NewColumns(2, 2*m*300)
	powersOf(all, x, m)
	powersOf(few, x, m)
	if all.Joined() != 1 || few.Joined() != 16 || len(few.x) > 2*m*300 {
		t.Fatalf("rows of %d and %d draws, %d numbers", all.Joined(), few.Joined(), len(few.x))
	}
	value, y := Linearised(all.Chains(), 1, binder)
	want, _ := y[0].Error()
	direct, _ := Linearised([]*Chains{chainsOf(x, m).Map(square), chainsOf(x, m).Map(fourth)}, 1, binder)
	if value[0] != direct[0] {
		t.Errorf("%v of rows that are draws, want %v", value[0], direct[0])
	}
	joined, y := Linearised(few.Chains(), 1, binder)
	if got, _ := y[0].Error(); !near(joined[0], value[0], 1e-9) || !near(got, want, 0.15) {
		t.Errorf("%v +- %v of %d rows, want %v +- %v", joined[0], got, few.rows(), value[0], want)
	}
}

// A few draws are never joined, whatever the room.
func TestColumnsKeepRowsEnough(t *testing.T) {
	s := NewColumns(2, 1)
	powersOf(s, normals(1, 5*127, 0, 1), 5)
	if s.Joined() != 1 || s.rows() != 127 {
		t.Errorf("%d rows of %d draws", s.rows(), s.Joined())
	}
	powersOf(s, normals(2, 5*1000, 0, 1), 5)
	if s.rows() < 64 || s.rows() > 128 {
		t.Errorf("%d rows of %d draws", s.rows(), s.Joined())
	}
}

// State and Restore go on with the same numbers, in the middle of a row and of a draw; Join is that of
// chains side by side.
func TestColumnsGoOn(t *testing.T) {
	const m, draws = 3, 1001
	x := reference{Kind: "autoregressive", Seed: 33, Chains: m, Draws: draws, A: 0.5}.make()
	whole, first := NewColumns(2, 2*m*200), NewColumns(2, 2*m*200)
	powersOf(whole, x, m)
	powersOf(first, x[:1234], m)
	second := NewColumns(2, 2*m*200)
	if err := second.Restore(first.State()); err != nil {
		t.Fatal(err)
	}
	powersOf(second, x[1234:], m)
	for i, v := range whole.State() {
		if second.State()[i] != v {
			t.Fatalf("number %d of the state: %v, want %v", i, second.State()[i], v)
		}
	}
	a, b := NewColumns(2, 1<<20), NewColumns(2, 2*2*200) // of chains 0, and of 1 and 2 in less room
	for i, v := range x {
		if i%m == 0 {
			a.Add([]float64{square(v), fourth(v)}, 1)
		} else {
			b.Add([]float64{square(v), fourth(v)}, 2)
		}
	}
	if err := a.Join(b.State()); err != nil {
		t.Fatal(err)
	}
	if a.Joined() != whole.Joined() || a.rows() != whole.rows() {
		t.Fatalf("%d rows of %d draws, want %d of %d", a.rows(), a.Joined(), whole.rows(), whole.Joined())
	}
	for i, v := range whole.x {
		if math.Abs(a.x[i]-v) > 1e-12 {
			t.Fatalf("number %d: %v, want %v", i, a.x[i], v)
		}
	}
}

func TestColumnsRefuse(t *testing.T) {
	s := NewColumns(2, 100)
	powersOf(s, normals(1, 7, 0, 1), 2)
	for _, state := range [][]float64{nil, {2, 1}, {2, 0, 0, 0, 0, 0, 0}, {2, 1, 5, 0, 0, 0, 0}, {2, 1, 0, 0, 0}, {2, 1, 0, 0, 0, 0, 0, 1}, {-1, 1, 0}, {0, 1, 0, 3}} {
		if err := s.Restore(state); err == nil {
			t.Errorf("%v was restored", state)
		}
	}
	longer := NewColumns(2, 100)
	powersOf(longer, normals(1, 70, 0, 1), 2)
	if err := s.Join(longer.State()); err == nil {
		t.Error("chains of other lengths were joined")
	}
	var empty = NewColumns(2, 100)
	if err := empty.Join(s.State()); err != nil || empty.rows() != s.rows() {
		t.Errorf("joined to nothing: %d rows, %v", empty.rows(), err)
	}
	if err := s.Join(NewColumns(2, 100).State()); err != nil || s.rows() != 3 {
		t.Errorf("joined with nothing: %d rows, %v", s.rows(), err)
	}
}
