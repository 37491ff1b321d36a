package learn_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/coretest/reference"
	"github.com/helmholtz-physics/helmholtz/framework/learn"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
)

// descent is the model Gaussian on a well.
func descent(o opener) *learn.Learner {
	part, m := o.model(coretest.Gaussian(), nil, line)
	e, _ := well(o, 4, 1)
	part.Blame = func(err error) error { return core.Blame(core.KindModel, "gaussian", err) }
	e.Blame = func(err error) error { return core.Blame(core.KindEnergy, "well", err) }
	return &learn.Learner{Model: part, Theta: started(o, m), Optimizer: adam(0.05, 10),
		Terms: []*learn.Term{{Objective: &objective.ReverseKL{}, Source: drawn(m), Batch: 64, Shares: shares, Parts: []*learn.Part{part, e}}}}
}

// broken is a part whose answer to a call is not a number.
type broken struct{ core.Instance }

func (b broken) Call(r *core.Row, c *core.Call) error {
	err := b.Instance.Call(r, c)
	if e := core.E.Of(c.Out); len(e) > 2 {
		e[2] = math.NaN()
	}
	return err
}

// What fails on one rank fails on all: nobody waits for a rank that has gone, and
// nobody's parameters move. Rank 1 has the configurations from 64/16 5 = 20 on.
func TestOneRankFails(t *testing.T) {
	o := opener{t: t}
	var all []*learn.Learner
	var start []float64
	for rank := range 3 {
		l := descent(o)
		start = slices.Clone(l.Theta)
		if rank == 1 {
			l.Terms[0].Parts[1].Instance = broken{l.Terms[0].Parts[1].Instance}
		}
		all = append(all, l)
	}
	errs := make([]error, 3)
	var group sync.WaitGroup
	for rank, comm := range ranks.Together(3) {
		group.Add(1)
		go func() {
			defer group.Done()
			_, errs[rank] = train(all[rank:rank+1], comm, baton{}, 2)
		}()
	}
	group.Wait()
	for rank, err := range errs {
		if core.KindOf(err) != core.Numeric || !strings.Contains(fmt.Sprint(err), "rank 1: energy well: sample 22: the energy is NaN") {
			t.Errorf("rank %d: %v", rank, err)
		}
		if !slices.Equal(all[rank].Theta, start) {
			t.Errorf("rank %d moved its parameters", rank)
		}
	}
}

// What does not fit is found before anything is drawn, and said with its names.
func TestOpenRefuses(t *testing.T) {
	o := opener{t: t}
	for name, c := range map[string]struct {
		spoil func(l *learn.Learner)
		size  int
		want  string
	}{
		"no energy":     {func(l *learn.Learner) { l.Terms[0].Parts = l.Terms[0].Parts[:1] }, 1, "the energy, which nothing here gives"},
		"no pull-back":  {func(l *learn.Learner) { l.Terms[0].Objective = &objective.LogWeight{} }, 1, "log-weight"},
		"name of terms": {func(l *learn.Learner) { l.Terms[0].Name, l.Terms[0].Parts = "first", nil }, 1, "first: "},
	} {
		l := descent(o)
		c.spoil(l)
		err := l.Open(1, ranks.Together(c.size)[0])
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

// miscounting is a Hamiltonian that gives fewer links than it counts.
type miscounting struct{ core.Instance }

func (m miscounting) Call(r *core.Row, c *core.Call) error {
	err := m.Instance.Call(r, c)
	if count := core.Links.Of(c.Out); len(count) > 0 {
		count[0]++
	}
	return err
}

func TestLinksThatDoNotAddUp(t *testing.T) {
	o := opener{t: t}
	e, spec := o.energy(reference.TransverseIsing(4, 1), nil)
	part, m := o.model(reference.Jastrow(false), nil, spec.Space)
	e.Actual = map[core.Column]core.Column{core.E: core.V}
	e.Instance = miscounting{e.Instance}
	e.Blame = func(err error) error { return core.Blame(core.KindEnergy, "ring", err) }
	complete, err := learn.Complete([]core.Column{core.E}, core.Drawn, []*learn.Part{e, part,
		{Giver: part.InRole(core.RoleLink), Instance: part.Instance, Sizes: part.Sizes}, rule(core.Host{}, part.Sizes, core.RowLinkedEnergy)})
	o.must(err)
	o.must(m.Load([]float64{0.1, 0.2}))
	var b core.Batch
	o.must(m.Sample(&b, 1, 8))
	err = complete.Of(&b, true)
	if core.KindOf(err) != core.Plugin || !strings.Contains(fmt.Sprint(err), "links: energy ring: it gave 128 numbers of x@link for 33 links, want 132") {
		t.Errorf("error %v", err)
	}
}

// The children of many configurations are completed in slabs; the cut is no part of the
// result.
func TestSlabs(t *testing.T) {
	o := opener{t: t}
	e, spec := o.energy(reference.Heisenberg(6), nil)
	part, m := o.model(reference.Jastrow(true), nil, spec.Space)
	e.Actual = map[core.Column]core.Column{core.E: core.V}
	o.must(m.Load([]float64{-0.2, 0.1}))
	parts := []*learn.Part{e, part, {Giver: part.InRole(core.RoleLink), Instance: part.Instance, Sizes: part.Sizes}, rule(core.Host{}, part.Sizes, core.RowLinkedEnergy)}
	complete, err := learn.Complete([]core.Column{core.E, core.EIm}, core.Drawn, parts)
	o.must(err)
	var b core.Batch
	o.must(m.Sample(&b, 1, 700)) // three slabs, the last not full
	o.must(complete.Of(&b, true))
	for _, i := range []int{0, 255, 256, 511, 512, 699} {
		alone := core.Batch{N: 1, X: b.X[6*i : 6*i+6], LogP: b.LogP[i : i+1]}
		o.must(complete.Of(&alone, true))
		if alone.E[0] != b.E[i] || alone.EIm[0] != b.EIm[i] || len(b.E) != 700 {
			t.Errorf("configuration %d has the local energy %v alone, and %v", i, alone.E[0], b.E[i])
		}
	}
}
