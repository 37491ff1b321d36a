package ranks_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// Flags of all ranks come together, with an error and without.
func TestTell(t *testing.T) {
	together(3, func(c ranks.Comm) {
		flags, err := ranks.Tell(c, nil, 1<<(c.Rank()*20))
		if flags != 1|1<<20|1<<40 || err != nil {
			t.Errorf("rank %d: flags %b, %v", c.Rank(), flags, err)
		}
		var mine error
		if c.Rank() == 2 {
			mine = errors.New("it died")
		}
		if flags, err = ranks.Tell(c, mine, uint64(c.Rank()/2)); flags != 1 || err == nil {
			t.Errorf("rank %d: flags %b, %v", c.Rank(), flags, err)
		}
	})
	if flags, err := ranks.Tell(ranks.Alone{}, nil, 6); flags != 6 || err != nil {
		t.Errorf("alone: %b, %v", flags, err)
	}
}

// An error is named once: that of one rank after it, what all have alike after none, and what
// was agreed on stays as it is, whatever was put before it.
func TestAgreeNamesOnce(t *testing.T) {
	together(3, func(c ranks.Comm) {
		var mine error
		if c.Rank() > 0 {
			mine = core.Errorf(core.Plugin, "eval", "", "exit status %d", c.Rank())
		}
		err := ranks.Agree(c, mine)
		if fmt.Sprint(err) != "rank 1: eval: exit status 1" || core.KindOf(err) != core.Plugin {
			t.Errorf("rank %d: %v", c.Rank(), err)
		}
		again := ranks.Agree(c, &core.Error{Kind: core.KindOf(err), Op: "train", Err: err})
		if fmt.Sprint(again) != "train: rank 1: eval: exit status 1" || core.KindOf(again) != core.Plugin {
			t.Errorf("rank %d: %v", c.Rank(), again)
		}
		all := ranks.Agree(c, core.Errorf(core.Interrupted, "stopped", "", "signal: terminated"))
		if fmt.Sprint(all) != "stopped: signal: terminated" || core.KindOf(all) != core.Interrupted {
			t.Errorf("rank %d: %v", c.Rank(), all)
		}
	})
}

// The bits are compared: 0 and -0 are not the same.
func TestSame(t *testing.T) {
	theta := func() []float64 { return []float64{1, 2, 0, math.Pi} }
	together(3, func(c ranks.Comm) {
		v := theta()
		if err := ranks.Same(c, "theta", v); err != nil {
			t.Error(err)
		}
		if c.Rank() == 1 {
			v[2] = math.Copysign(0, -1)
		}
		err := ranks.Same(c, "theta", v)
		if core.KindOf(err) != core.Numeric || !strings.Contains(fmt.Sprint(err), "compare ranks: theta: those of rank 1 are not those of rank 0") {
			t.Errorf("rank %d: %v", c.Rank(), err)
		}
		if v = theta(); c.Rank() == 2 {
			v[0], v[1] = v[1], v[0]
		}
		if err := ranks.Same(c, "theta", v); !strings.Contains(fmt.Sprint(err), "rank 2") {
			t.Errorf("rank %d: %v", c.Rank(), err)
		}
	})
	if err := ranks.Same(ranks.Alone{}, "theta", theta()); err != nil {
		t.Error(err)
	}
}

// What was cut is whole again; a rank that has drawn nothing does not stand in the way.
func TestJoin(t *testing.T) {
	whole := core.State{N: 5, Total: 5, Rows: []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, Whole: []float64{0.5}}
	together(3, func(c ranks.Comm) {
		for _, cuts := range [][]int{{0, 1, 3, 5}, {0, 4, 5, 5}} {
			mine := core.State{}
			if from, to := cuts[c.Rank()], cuts[c.Rank()+1]; from < to {
				mine = whole.Cut(from, to)
			}
			s, err := ranks.Join(c, mine)
			if err != nil || s.N != 5 || s.Total != 5 || s.From != 0 || !slices.Equal(s.Rows, whole.Rows) || !slices.Equal(s.Whole, whole.Whole) {
				t.Errorf("rank %d: %+v, %v", c.Rank(), s, err)
			}
		}
		if s, err := ranks.Join(c, core.State{}); err != nil || !s.Empty() || s.Rows != nil {
			t.Errorf("rank %d: %+v, %v", c.Rank(), s, err)
		}
		_, err := ranks.Join(c, whole.Cut(c.Rank(), c.Rank()+2))
		if core.KindOf(err) != core.Mismatch {
			t.Errorf("rank %d: rows that are on two ranks: %v", c.Rank(), err)
		}
	})
	if s, err := ranks.Join(ranks.Alone{}, whole); err != nil || s.N != 5 {
		t.Errorf("alone: %+v, %v", s, err)
	}
}

// Values of any kind cross as they are, NaN and what the others have not.
func TestValues(t *testing.T) {
	type value struct {
		Numbers []float64
		Named   map[string]int
	}
	together(3, func(c ranks.Comm) {
		mine := value{Numbers: slices.Repeat([]float64{float64(c.Rank())}, c.Rank())}
		if c.Rank() == 0 {
			mine.Named = map[string]int{"a": 1}
		}
		first, err := ranks.FromFirst(c, mine)
		if err != nil || len(first.Numbers) > 0 || first.Named["a"] != 1 {
			t.Errorf("rank %d: %v, %v", c.Rank(), first, err)
		}
		all, err := ranks.Gathered(c, mine)
		if err != nil || len(all) != 3 || all[0].Named["a"] != 1 || all[1].Named != nil || !slices.Equal(all[2].Numbers, []float64{2, 2}) {
			t.Errorf("rank %d: %v, %v", c.Rank(), all, err)
		}
		if _, err := ranks.FromFirst(c, func() {}); err == nil || !strings.Contains(err.Error(), "gob") {
			t.Errorf("rank %d: what cannot cross: %v", c.Rank(), err)
		}
	})
	if v, err := ranks.FromFirst[any](ranks.Alone{}, t); v != t || err != nil {
		t.Errorf("alone: %v, %v", v, err)
	}
}
