package learn_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest/reference"
	"github.com/helmholtz-physics/helmholtz/framework/learn"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// machine is a term on the chains of a Boltzmann machine.
func machine(o opener) *learn.Learner {
	part, m := o.model(reference.Boltzmann(2, 1), nil, core.Space{Kind: core.Spins, Shape: []int{3}})
	part.Blame = func(err error) error { return core.Blame(core.KindModel, "boltzmann", err) }
	source := &learn.Source{Name: "chains", Draw: sample.Direct{Density: m}, Gives: []core.Column{core.X}, Chains: part}
	return &learn.Learner{Model: part, Theta: started(o, m), Optimizer: adam(0.05, 10),
		Terms: []*learn.Term{{Objective: &objective.LogWeight{}, Source: source, Batch: 64, Shares: shares, Parts: []*learn.Part{part}}}}
}

// adapting is a model that makes its whole of its own rows.
type adapting struct{ core.Instance }

func (a adapting) State() (core.State, error) {
	s, err := a.Instance.State()
	s.Whole = append(s.Whole, s.Rows[0]+2*s.Rows[1]+4*s.Rows[2])
	return s, err
}

// What breaks the rules of chains is said on every rank.
func TestChainsThatDoNotFit(t *testing.T) {
	burning := func(l *learn.Learner) {
		start, err := sample.New(sample.Options{Method: sample.MethodMetropolis, Chains: 4}, core.Target{Energy: hill{}, Beta: 1})
		if err != nil {
			t.Fatal(err)
		}
		l.Terms[0].Source.Draw, l.Terms[0].Source.Chains = start, nil
	}
	another := func(batch, of int) func(l *learn.Learner) {
		return func(l *learn.Learner) {
			other := *l.Terms[0]
			other.Batch, other.Shares = batch, of
			l.Terms = append(l.Terms, &other)
		}
	}
	for name, c := range map[string]struct {
		spoil func(l *learn.Learner)
		size  int
		from  baton
		want  string
	}{
		"unnamed":          {func(l *learn.Learner) { l.Terms[0].Source.Chains = nil }, 3, baton{}, "draw: chains: the model draws from Markov chains, and the source does not say so"},
		"of a sampler":     {burning, 3, baton{}, "the chains of a sampler adapt a step that they share"},
		"other shares":     {another(64, 8), 3, baton{}, "two terms draw its 64 chains in 16 and in 8 shares"},
		"whole of rows":    {func(l *learn.Learner) { l.Model.Instance = adapting{l.Model.Instance} }, 3, baton{}, "what it has beside its rows differs from that of state 0"},
		"another number":   {func(*learn.Learner) {}, 2, baton{steps: 1, chains: []core.State{{N: 32, Rows: make([]float64, 96)}}}, "model boltzmann: the state has chains 0 to 31 of 32, and no term draws those"},
		"some of them":     {func(*learn.Learner) {}, 1, baton{steps: 1, chains: []core.State{{N: 64, Total: 128, Rows: make([]float64, 192)}}}, "chains 0 to 63 of 128, and no term draws those"},
		"of another space": {func(*learn.Learner) {}, 2, baton{steps: 1, chains: []core.State{{N: 64, Rows: make([]float64, 128)}}}, "the state has 64 numbers in 32 rows, which have 3 each"},
		"of more models":   {func(*learn.Learner) {}, 2, baton{steps: 1, chains: make([]core.State, 2)}, "there are states of 2 models, and 1 that draw from chains"},
	} {
		var all []*learn.Learner
		for range c.size {
			l := machine(opener{t: t})
			c.spoil(l)
			all = append(all, l)
		}
		comms := []ranks.Comm{ranks.Alone{}}
		if c.size > 1 {
			comms = ranks.Together(c.size)
		}
		errs := make([]error, c.size)
		var group sync.WaitGroup
		for rank, comm := range comms {
			group.Add(1)
			go func() {
				defer group.Done()
				_, errs[rank] = train(all[rank:rank+1], comm, c.from, 3)
			}()
		}
		group.Wait()
		for rank, err := range errs {
			if err == nil || !strings.Contains(fmt.Sprint(err), c.want) {
				t.Errorf("%s, rank %d: error %v, want one with %q", name, rank, err, c.want)
			}
		}
	}
}

// hill is an energy for chains of the host's.
type hill struct{}

func (hill) Spec() core.EnergySpec {
	return core.EnergySpec{Space: core.Space{Kind: core.Field, Shape: []int{3}}, Units: "1"}
}

func (hill) Eval(dst []float64, b *core.Batch) error {
	for i := range dst {
		dst[i] = b.X[3*i] * b.X[3*i]
	}
	return nil
}

// Two terms of different numbers of rows begin the chains anew in turn, on any number
// of ranks: also where a rank has equally many of both.
func TestTermsOfDifferentChains(t *testing.T) {
	proof(t, 4, func(o opener) []*learn.Learner {
		l := machine(o)
		other := *l.Terms[0]
		l.Terms[0].Shares, other.Shares, other.Batch, other.Weight = 4, 4, 65, -0.5
		l.Terms = append(l.Terms, &other)
		return []*learn.Learner{l}
	})
}
