package core

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func counted(from, n, total, row int) State {
	s := State{From: from, N: n, Total: total, Whole: []float64{7}}
	for i := range n * row {
		s.Rows = append(s.Rows, float64(from*row+i))
	}
	return s
}

// A state that is cut anywhere and joined is what it was.
func TestStatesAreCutAndJoined(t *testing.T) {
	whole := counted(0, 10, 10, 3)
	for _, cuts := range [][]int{{0, 10}, {0, 4, 10}, {0, 0, 1, 9, 9, 10}} {
		var parts []State
		for i, to := range cuts[1:] {
			part := whole.Cut(cuts[i], to)
			if want := counted(cuts[i], to-cuts[i], 10, 3); part.N > 0 && !reflect.DeepEqual(part, want) {
				t.Errorf("rows %d to %d are %v, want %v", cuts[i], to, part, want)
			}
			parts = append(parts, part)
		}
		joined, err := JoinStates(parts...)
		if err != nil || !reflect.DeepEqual(joined, whole) {
			t.Errorf("joined after %v: %v, error %v", cuts, joined, err)
		}
	}
	inner := whole.Cut(2, 9).Cut(1, 3)
	if want := counted(3, 2, 10, 3); !reflect.DeepEqual(inner, want) || inner.Row(1)[0] != 12 {
		t.Errorf("a part of a part is %v, want %v", inner, want)
	}
	if joined, err := JoinStates(State{}, State{}); err != nil || !joined.Empty() {
		t.Errorf("states of nothing join to %v, error %v", joined, err)
	}
}

// Which draw goes on with a state: the one of the same numbers.
func TestStateHasItsDraw(t *testing.T) {
	for _, c := range []struct {
		state State
		b     Batch
		n     int
		want  bool
	}{
		{counted(0, 8, 8, 1), Batch{}, 8, true},
		{counted(0, 8, 0, 1), Batch{Total: 8}, 8, true},
		{counted(0, 8, 8, 1), Batch{}, 7, false},
		{counted(0, 4, 8, 1), Batch{}, 4, false},
		{counted(0, 4, 8, 1), Batch{Total: 8}, 4, true},
		{counted(0, 4, 8, 1), Batch{From: 4, Total: 8}, 4, false},
		{counted(4, 4, 8, 1), Batch{From: 4, Total: 8}, 4, true},
		{State{}, Batch{}, 1, false},
		{State{}, Batch{Total: 8}, 0, false},
		{State{Total: 8, Whole: []float64{1}}, Batch{Total: 8}, 0, true}, // a rank without rows, which knows the whole
	} {
		if got := c.state.Has(&c.b, c.n); got != c.want {
			t.Errorf("%v has %d of %+v: %v", c.state, c.n, c.b, got)
		}
		if fresh := NewState(&c.b, c.n, 2); !fresh.Has(&c.b, c.n) || len(fresh.Rows) != 2*c.n {
			t.Errorf("the new state of %d of %+v is %v", c.n, c.b, fresh)
		}
	}
}

func TestStatesThatDoNotFit(t *testing.T) {
	if err := (State{}).Check("m", 3, 1); err != nil {
		t.Errorf("the empty state: %v", err)
	}
	if err := counted(0, 2, 2, 3).Check("m", 3, 1); err != nil {
		t.Errorf("a state that fits: %v", err)
	}
	a := counted(0, 4, 10, 2)
	other := counted(4, 2, 10, 2)
	other.Whole = []float64{8}
	join := func(parts ...State) error { _, err := JoinStates(parts...); return err }
	for want, err := range map[string]error{
		"set_state: m: the state has 6 numbers in 2 rows, which have 2 each":   counted(0, 2, 2, 3).Check("m", 2, 1),
		"set_state: m: the state has 1 numbers in 0 rows, which have 2 each":   State{Rows: []float64{1}}.Check("m", 2, 1),
		"set_state: m: the state has 1 numbers beside its rows, not 0":         counted(0, 2, 2, 3).Check("m", 3, 0),
		"state 1: its rows are from number 5 of 10 on, after those up to 4 of": join(a, counted(5, 5, 10, 2)),
		"state 1: its rows are from number 4 of 9 on":                          join(a, counted(4, 5, 9, 2)),
		"state 1: its rows have 3 numbers, those before 2":                     join(a, counted(4, 6, 10, 3)),
		"state 1: what it has beside its rows differs from that of state 0":    join(a, other),
	} {
		if err == nil || !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}
