package ranks_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// anyPart has every row: what it says of a configuration follows from all that it is told of it, and of all.
type anyPart struct {
	core.Local
	asked []int // configurations, call by call
	from  int   // of the last call
	fails error
}

// Call implements core.Instance.
func (p *anyPart) Call(r *core.Row, c *core.Call) error {
	p.asked, p.from = append(p.asked, c.In.N), c.In.From
	if p.fails != nil {
		return p.fails
	}
	told := func(i int) (sum float64) {
		for k, column := range slices.Concat(r.In, r.Bar) {
			b := c.In
			if k >= len(r.In) {
				b = c.Bar
			}
			v := column.Reals(b)
			if column.Info().Per == core.PerConfiguration {
				each := len(v) / c.In.N
				v = v[i*each : (i+1)*each]
			}
			for j, x := range v {
				sum += float64(k+1) * float64(j+1) * x
			}
		}
		return sum
	}
	for k, column := range r.Out {
		reals := make([]float64, len(column.Reals(c.Out)))
		step := len(reals) / max(1, column.Len(c.Out)) // 2 of complex numbers
		each := len(reals) / c.In.N / step
		for i := range c.In.N {
			for j := range each {
				at := i*each + j
				if column.Info().Across {
					at = j*c.In.N + i
				}
				for part := range step {
					reals[at*step+part] = told(i) + float64(100*k+10*j+part)
				}
			}
		}
		column.SetReals(c.Out, reals)
	}
	return nil
}

// callOf has arguments and room for results of n configurations, different numbers everywhere.
func callOf(r *core.Row, n int) *core.Call {
	c := &core.Call{In: &core.Batch{N: n}, Bar: &core.Batch{N: n}, Out: &core.Batch{N: n}}
	fill := func(b *core.Batch, columns []core.Column, first float64) {
		for k, column := range columns {
			numbers := k + 2 // of what there is one for all
			if column.Info().Per == core.PerConfiguration {
				numbers = n * (k%3 + 1)
			}
			column.Make(b, numbers)
			v := make([]float64, len(column.Reals(b)))
			for i := range v {
				v[i] = first + float64(i)
			}
			column.SetReals(b, v)
			first += 1000
		}
	}
	fill(c.In, r.In, 1)
	fill(c.Bar, r.Bar, 7)
	fill(c.Out, r.Out, 0)
	return c
}

// singly tells that a call is about single configurations.
func singly(r *core.Row) bool {
	return !r.Noise && r.Children == "" && !slices.ContainsFunc(r.Out, func(c core.Column) bool { return c.Info().Per != core.PerConfiguration })
}

// The answer to every call of the table is that of one rank, bit for bit, and each of the ranks has answered about
// its configurations; what is not about single configurations rank 0 asks alone.
func TestCallsAreShared(t *testing.T) {
	shared := 0
	for _, r := range core.Rows {
		if singly(r) {
			shared++
		}
		for _, n := range []int{2, 7, 12} {
			want := callOf(r, n)
			if err := (&anyPart{}).Call(r, want); err != nil {
				t.Fatal(err)
			}
			together(5, func(comm ranks.Comm) {
				part, got := &anyPart{}, callOf(r, n)
				var calls ranks.Calls
				calls.Of(&anyPart{fails: errors.New("it was not asked")}) // not the first part
				of := calls.Of(part)
				if err := calls.Lead(comm, func() error { return of.Call(r, got) }); err != nil {
					t.Errorf("%s of %d, rank %d: %v", r.Name, n, comm.Rank(), err)
				}
				own, first := 0, 0 // of seven: 2, 2, 1, 1, 1
				for rank := range comm.Rank() + 1 {
					first += own
					own = (n + 4 - rank) / 5
				}
				if !singly(r) {
					own = map[bool]int{true: n}[comm.Rank() == 0]
				}
				if sum := slices.Concat(part.asked, []int{0})[0]; sum != own || len(part.asked) > 1 || own > 0 && part.from != first {
					t.Errorf("%s of %d, rank %d: it was asked about %v from %d on, want %d from %d on", r.Name, n, comm.Rank(), part.asked, part.from, own, first)
				}
				if comm.Rank() > 0 {
					return
				}
				for _, column := range r.Out {
					if a, b := column.Reals(got.Out), column.Reals(want.Out); !slices.Equal(a, b) || len(a) == 0 {
						t.Errorf("%s of %d: %s is %v, want %v", r.Name, n, column.Info().Name, a, b)
					}
				}
			})
		}
	}
	if shared < 25 || shared == len(core.Rows) {
		t.Errorf("%d of %d rows are shared", shared, len(core.Rows))
	}
}

// The numbers come to the memory of who asks, as the typed interfaces want it.
func TestCallsByTypedInterfaces(t *testing.T) {
	together(3, func(comm ranks.Comm) {
		var calls ranks.Calls
		model := core.ViewModel(calls.Of(&anyPart{}), core.ModelSpec{Space: core.Space{Kind: core.Field, Shape: []int{2}}})
		logP, x := make([]float64, 4), []float64{1, 2, 3, 4, 5, 6, 7, 8}
		psi, lap := make([]complex128, 8), make([]complex128, 8)
		err := calls.Lead(comm, func() error { return errors.Join(model.LogProb(logP, x), model.SpanPsi(psi, lap, x, []int32{3, 5})) })
		if err != nil {
			t.Error(err)
		}
		if comm.Rank() > 0 {
			return
		}
		// x_1 + 2 x_2, and of two states also twice 3 + 2*5, with 10 for the second state and i for the imaginary part
		if !slices.Equal(logP, []float64{5, 11, 17, 23}) || psi[1] != complex(37, 38) || psi[4] != complex(41, 42) || lap[4] != complex(141, 142) {
			t.Errorf("ln p %v, ln Psi %v, lap %v", logP, psi, lap)
		}
	})
}

// An error on any rank is that of the call, names the rank, and ends nothing else.
func TestCallsFail(t *testing.T) {
	together(4, func(comm ranks.Comm) {
		part := &anyPart{}
		var calls ranks.Calls
		of := calls.Of(part)
		if comm.Rank() == 2 {
			part.fails = core.Errorf(core.Plugin, "map", "", "exit status 2")
		}
		var got error
		err := calls.Lead(comm, func() error {
			got = of.Call(core.RowMap, callOf(core.RowMap, 8))
			if got == nil {
				return nil
			}
			return fmt.Errorf("response: %w", got)
		})
		if comm.Rank() > 0 && err != nil {
			t.Errorf("rank %d: %v", comm.Rank(), err)
		}
		if comm.Rank() == 0 && (fmt.Sprint(err) != "response: rank 2: map: exit status 2" || core.KindOf(err) != core.Plugin) {
			t.Errorf("rank 0: %v", err)
		}
		// What rank 0 tells at the next meeting names rank 2 alone.
		if err = ranks.Agree(comm, err); err == nil || strings.Count(err.Error(), "rank ") != 1 {
			t.Errorf("rank %d: %v", comm.Rank(), err)
		}
		part.fails = nil
		if err := calls.Lead(comm, func() error { return of.Call(core.RowMap, callOf(core.RowMap, 8)) }); err != nil {
			t.Errorf("rank %d, the next call: %v", comm.Rank(), err)
		}
		if err := of.Call(core.RowMap, callOf(core.RowMap, 3)); err != nil || part.asked[len(part.asked)-1] != 3 {
			t.Errorf("rank %d, a call of its own: %v about %v", comm.Rank(), err, part.asked)
		}
		if err := (*ranks.Calls)(nil).Lead(comm, func() error { return errors.New("of rank 0") }); (err == nil) != (comm.Rank() > 0) {
			t.Errorf("rank %d, without parts: %v", comm.Rank(), err)
		}
	})
}
