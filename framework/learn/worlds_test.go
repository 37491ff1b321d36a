package learn_test

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/host2plugin"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wiretest"
	"github.com/helmholtz-physics/helmholtz/framework/learn"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/recipe"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// opener opens parts in one of the worlds that a run can reach them in.
type opener struct {
	t            *testing.T
	wire, shared bool
}

// shares is in how many shares batches are summed: more than there are ranks.
const shares = 16

func (o opener) model(p core.Part, s core.Settings, space core.Space) (*learn.Part, core.Model) {
	full := complete(o.t, p, s)
	var m core.Model
	if o.wire {
		remote, spec, err := host2plugin.OpenModel(wiretest.Loopback(o.t, o.shared, p), p.Name, full, space)
		o.must(err)
		m = core.ViewModel(remote, spec)
	} else {
		local, err := p.NewModel(full, space)
		o.must(err)
		m = local
	}
	spec := m.Spec()
	return &learn.Part{Giver: recipe.NewGiver(core.KindModel, p.Name, spec.Powers), Instance: core.InstanceOf(m), Sizes: spec.Sizes()}, m
}

func (o opener) energy(p core.Part, s core.Settings) (*learn.Part, core.EnergySpec) {
	full := complete(o.t, p, s)
	var e core.Energy
	if o.wire {
		remote, spec, err := host2plugin.OpenEnergy(wiretest.Loopback(o.t, o.shared, p), p.Name, full)
		o.must(err)
		e = core.ViewEnergy(remote, spec)
	} else {
		local, err := p.NewEnergy(full)
		o.must(err)
		e = local
	}
	spec := e.Spec()
	return &learn.Part{Giver: recipe.NewGiver(core.KindEnergy, p.Name, spec.Powers), Instance: core.InstanceOf(e), Sizes: spec.Sizes()}, spec
}

// objective is a given one for a model: through the wire it is handed what its spec
// names and nothing else.
func (o opener) objective(ob core.Objective, m core.Model) core.Objective {
	o.t.Helper()
	if !o.wire {
		return ob
	}
	part := core.Part{Manifest: core.Manifest{Kind: core.KindObjective, Name: "given", Version: "1", Summary: "one that is given"},
		NewObjective: func(core.Settings, core.Setting) (core.Objective, error) { return ob, nil }}
	setting := core.Setting{Beta: 1, Energy: core.EnergySpec{Space: m.Spec().Space, Units: "1"}, Model: m.Spec()}
	remote, spec, err := host2plugin.OpenObjective(wiretest.Loopback(o.t, o.shared, part), part.Name, nil, setting)
	o.must(err)
	return core.ViewObjective(remote, spec, spec.Sizes(setting))
}

func (o opener) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func complete(t *testing.T, p core.Part, s core.Settings) core.Settings {
	t.Helper()
	full, problems := core.Complete(p.Params, s)
	if len(problems) > 0 {
		t.Fatal(problems[0])
	}
	return full
}

// rule is a rule of the host, for the parts of a term.
func rule(part any, sizes core.Sizes, rows ...*core.Row) *learn.Part {
	return &learn.Part{Giver: &recipe.Giver{Name: "the host", Rows: rows}, Instance: core.Local{Part: part}, Sizes: sizes}
}

// drawn is the source of a model's draws.
func drawn(m core.Model) *learn.Source {
	return &learn.Source{Name: "draws", Draw: sample.Direct{Density: m}, Gives: core.Drawn}
}

func adam(rate float64, steps int64) core.Optimizer {
	return &optim.Adam{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, Schedule: optim.Cosine{Initial: rate, Steps: steps}}
}

// proof trains the same loop in every world and on one and on three ranks, and on three,
// two and one in turn. It requires that all end with the same parameters bit for bit, and
// returns those of the first.
func proof(t *testing.T, steps int, build func(o opener) []*learn.Learner) []*learn.Learner {
	t.Helper()
	var first []*learn.Learner
	ended := func(name string, all [][]*learn.Learner) {
		if first == nil {
			first = all[0]
		}
		for rank, learners := range all {
			for k, l := range learners {
				if !slices.Equal(l.Theta, first[k].Theta) {
					t.Errorf("%s, rank %d of %d: learner %d ends at %v, not at %v", name, rank, len(all), k, l.Theta, first[k].Theta)
				}
			}
		}
	}
	for _, size := range []int{1, 3} {
		for _, o := range []opener{{t, false, false}, {t, true, true}, {t, true, false}} {
			name := fmt.Sprintf("wire %v, shared %v", o.wire, o.shared)
			all, _ := leg(t, name, size, func() []*learn.Learner { return build(o) }, baton{}, steps)
			ended(name, all)
		}
	}
	// Parts that are opened anew go on from what those before them have left.
	var at baton
	var all [][]*learn.Learner
	for i, size := range []int{3, 2, 1} {
		all, at = leg(t, "in turn", size, func() []*learn.Learner { return build(opener{t: t}) }, at, steps*(i+1)/3)
	}
	ended("in turn", all)
	return first
}

// baton is all that a loop has after some steps.
type baton struct {
	steps      int
	theta      [][]float64
	optimizers []map[string][]float64
	chains     []core.State
}

// leg trains from where a loop was up to some step, on a number of ranks.
func leg(t *testing.T, name string, size int, build func() []*learn.Learner, from baton, to int) ([][]*learn.Learner, baton) {
	t.Helper()
	comms := []ranks.Comm{ranks.Alone{}}
	if size > 1 {
		comms = ranks.Together(size)
	}
	all := make([][]*learn.Learner, size)
	for rank := range comms { // parts are opened here: Fatal is for the test's own goroutine
		all[rank] = build()
	}
	batons, errs := make([]baton, size), make([]error, size)
	var group sync.WaitGroup
	for rank, comm := range comms {
		group.Add(1)
		go func() {
			defer group.Done()
			batons[rank], errs[rank] = train(all[rank], comm, from, to)
		}()
	}
	group.Wait()
	for rank, err := range errs {
		if err != nil {
			t.Fatalf("%s, rank %d of %d: %v", name, rank, size, err)
		}
		if !reflect.DeepEqual(batons[rank], batons[0]) {
			t.Errorf("%s: rank %d of %d has left something else than rank 0", name, rank, size)
		}
	}
	return all, batons[0]
}

func train(learners []*learn.Learner, comm ranks.Comm, from baton, to int) (at baton, err error) {
	for k, theta := range from.theta {
		copy(learners[k].Theta, theta)
		if err := learners[k].Optimizer.SetState(from.optimizers[k]); err != nil {
			return at, err
		}
	}
	loop := learn.Loop{Learners: learners, Comm: comm}
	if err := loop.Open(7); err != nil {
		return at, err
	}
	if from.steps > 0 {
		if err := loop.SetChains(from.chains); err != nil {
			return at, err
		}
	}
	for t := from.steps; t < to; t++ {
		if err := loop.Step(int64(t+1), nil); err != nil {
			return at, err
		}
	}
	at.steps = to
	for _, l := range learners {
		state, err := learn.WholeState(comm, l.Optimizer, l.Optimizer.State(), len(l.Theta))
		if err != nil {
			return at, err
		}
		at.theta, at.optimizers = append(at.theta, slices.Clone(l.Theta)), append(at.optimizers, state)
	}
	at.chains, err = loop.Chains()
	return at, err
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.6f, want %.6f within %v", what, got, want, tolerance)
	}
}

// started is theta after Init.
func started(o opener, m core.Model) []float64 {
	theta := make([]float64, m.Spec().Parameters)
	o.must(m.Init(theta, 3))
	return theta
}
