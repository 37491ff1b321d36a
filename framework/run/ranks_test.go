package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/ranks"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// rankRun is a run on several ranks, of which one gets a signal after so many reports of rank 0.
type rankRun struct {
	ranks     int
	build     evaluationCase
	reports   int // -1: no signal
	signalled int // the rank
}

// on makes the run, and returns what each rank does.
func (c rankRun) on(t *testing.T, rec *memory) (results []*core.Results, notes []string, errs []error) {
	t.Helper()
	results, errs = make([]*core.Results, c.ranks), make([]error, c.ranks)
	plans, parts := make([]*plan.Plan, c.ranks), make([]Parts, c.ranks)
	for rank := range c.ranks {
		plans[rank], parts[rank] = c.build(t)
	}
	monitor := &stopAfter{left: c.reports}
	var group sync.WaitGroup
	for rank, comm := range ranks.Together(c.ranks) {
		ctx, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		if rank == c.signalled {
			monitor.cancel = cancel
		}
		group.Add(1)
		go func() {
			defer group.Done()
			opt := Options{Resume: true, Ranks: comm}
			if rank == 0 {
				results[0], errs[0] = runPlan(ctx, plans[0], parts[0], rec, monitor, opt)
				return
			}
			results[rank], errs[rank] = runPlan(ctx, plans[rank], parts[rank], nil, nil, opt)
		}()
	}
	group.Wait()
	return results, monitor.notes, errs
}

// sameResults compares estimates and samples that are kept, bit for bit.
func sameResults(t *testing.T, what string, got, want *core.Results) {
	t.Helper()
	if len(got.Estimates) != len(want.Estimates) {
		t.Fatalf("%s: %d estimates, want %d", what, len(got.Estimates), len(want.Estimates))
	}
	for i, e := range got.Estimates {
		if w := want.Estimates[i]; e.Name != w.Name || !slices.EqualFunc(e.Value, w.Value, sameBits) || !slices.EqualFunc(e.Stderr, w.Stderr, sameBits) || e.N != w.N {
			t.Errorf("%s: %s is %v +- %v of %d, want %v +- %v of %d", what, e.Name, e.Value, e.Stderr, e.N, w.Value, w.Stderr, w.N)
		}
	}
	if got.Samples == nil || want.Samples == nil {
		if got.Samples != want.Samples {
			t.Errorf("%s: samples are kept on one side alone", what)
		}
		return
	}
	for _, c := range slices.Concat(core.Kept, want.Columns) {
		if !slices.EqualFunc(c.Reals(got.Samples), c.Reals(want.Samples), sameBits) {
			t.Errorf("%s: column %s of the samples differs", what, c.Info().Name)
		}
	}
}

// rankCases are runs of all kinds of draws, optimisers and objectives.
func rankCases() map[string]evaluationCase {
	cases := evaluationCases()
	cases["trained by adam"] = func(*testing.T) (*plan.Plan, Parts) {
		parts, _ := testParts()
		p := testPlan(12)
		p.Train.Batch = rankBatch
		return p, parts
	}
	cases["trained by natural gradients"] = func(t *testing.T) (*plan.Plan, Parts) {
		parts := fermions(t, nil)
		return fermionPlan("natural", 12), parts
	}
	cases["natural gradients of chains"] = func(t *testing.T) (*plan.Plan, Parts) {
		p, parts := walkingFermions(t)
		p.Train.Steps, p.Train.Batch = 12, rankBatch
		return p, parts
	}
	cases["estimators that ask the parts"] = func(t *testing.T) (*plan.Plan, Parts) {
		p, parts := evaluationCases()["model, then hmc"](t)
		parts.Calls = &ranks.Calls{}
		a := &asking{trace: trace{name: "asking"}}
		a.model = core.ViewModel(parts.Calls.Of(core.InstanceOf(parts.Model)), parts.Model.Spec())
		a.energy = core.ViewEnergy(parts.Calls.Of(core.InstanceOf(parts.Energy)), parts.Energy.Spec())
		parts.Estimators = append(parts.Estimators, a)
		return p, parts
	}
	for _, name := range []string{"trained by natural gradients", "natural gradients of chains"} {
		cases[name+", by products"] = func(t *testing.T) (*plan.Plan, Parts) {
			p, parts := cases[name](t)
			p.Optimizer.Settings["solver"] = "conjugate_gradients"
			return p, parts
		}
	}
	for _, name := range []string{"trained by adam", "trained by natural gradients", "natural gradients of chains", "natural gradients of chains, by products"} {
		cases[name+", in 32 shares"] = func(t *testing.T) (*plan.Plan, Parts) {
			p, parts := cases[name](t)
			p.Train.Shares = 32
			return p, parts
		}
	}
	cases["learning from draws of chains"] = learningFromChains
	for _, policy := range []string{"skip", "rollback"} {
		cases["chains with failing steps, "+policy] = func(t *testing.T) (*plan.Plan, Parts) {
			p, parts := walkingFermions(t)
			p.Train.Steps, p.Train.Batch, p.Train.NaN = 12, rankBatch, policy
			parts.Energy = farOut{parts.Energy}
			return p, parts
		}
	}
	cases["early stopping"] = func(t *testing.T) (*plan.Plan, Parts) {
		p, parts, _ := learning(t, 3)
		p.Train.Batch = 200
		return p, parts
	}
	return cases
}

// learningFromChains fits a normal density to 200 draws of 8 chains whose step adapts in the burn-in.
func learningFromChains(t *testing.T) (*plan.Plan, Parts) {
	parts := ring(t)
	p := chainPlan("hmc")
	p.Train.Steps, p.Train.Batch, p.Train.Objective, p.Train.From = 6, rankBatch, "maximum_likelihood", "chains"
	p.Objective = partPlan(objective.Parts(), "maximum_likelihood", nil)
	part := sample.Parts()[slices.IndexFunc(sample.Parts(), func(p core.Part) bool { return p.Name == "hmc" })]
	sampler, err := part.NewSampler(p.Sampler.Settings, core.Target{Energy: parts.Energy, Beta: p.Beta})
	if err != nil {
		t.Fatal(err)
	}
	pool := &sample.Pool{Sampler: sampler, Seed: PoolSeed(p.Seed), N: 200, Size: parts.Energy.Spec().Space.Size(), Group: 8}
	parts.Data, parts.Pools = sample.Epochs{Given: pool.All()}, []*sample.Pool{pool}
	parts.Estimators = []core.Estimator{&trace{name: "model", source: core.OfModel}}
	p.Evaluate = plan.Evaluate{Samples: 100, Batch: 30}
	return p, parts
}

// asking is an estimator that asks the model about each configuration that it sees, and the energy
// about the last one when it reports.
type asking struct {
	trace
	model  core.Density
	energy core.Energy
	x      []float64
}

func (a *asking) Add(b *core.Batch) error {
	a.x = slices.Clone(b.X)
	logP := make([]float64, b.N)
	if err := a.model.LogProb(logP, a.x); err != nil {
		return err
	}
	for _, l := range logP {
		a.sum = a.sum*0.99 + l
	}
	a.n += float64(b.N)
	return nil
}

func (a *asking) Report() ([]core.Estimate, error) {
	b := core.Batch{N: len(a.x) / a.energy.Spec().Space.Size(), X: a.x}
	energies := make([]float64, b.N)
	if err := a.energy.Eval(energies, &b); err != nil {
		return nil, err
	}
	all, err := a.trace.Report()
	for _, e := range energies {
		all[0].Value[0] += e
	}
	return all, err
}

// rankBatch has four shares of 64 configurations.
const rankBatch = 256

// farthest is where one particle of 256 pairs is in some of twelve steps: |Psi|^2 is of the order of exp(-x^2).
const farthest = 3.0

// farOut is an energy whose V is NaN where a particle is farther out, in a batch of
// training.
type farOut struct{ core.Energy }

func (e farOut) Eval(dst []float64, b *core.Batch) error {
	err := e.Energy.Eval(dst, b)
	if cmp.Or(b.Total, b.N) != rankBatch {
		return err
	}
	for i, x := range b.X {
		if x > farthest {
			dst[i/2] = math.NaN()
		}
	}
	return err
}

// A run on 2, 3 and 4 ranks ends with the parameters, the estimates and the samples of one
// process, bit for bit.
func TestRanksAreBitwise(t *testing.T) {
	for name, build := range rankCases() {
		t.Run(name, func(t *testing.T) {
			whole := &memory{}
			want, _, err := process(t, build, whole, -1)
			if err != nil {
				t.Fatal(err)
			}
			if failed := want.History != nil && slices.ContainsFunc(want.History.Columns[0].Data, math.IsNaN); failed != strings.Contains(name, "failing") {
				t.Errorf("steps that fail: %v, losses %v", failed, want.History.Columns[0].Data)
			}
			for _, n := range []int{2, 3, 4} {
				rec := &memory{}
				results, _, errs := rankRun{n, build, -1, 0}.on(t, rec)
				for rank, err := range errs {
					if err != nil {
						t.Fatalf("rank %d of %d: %v", rank, n, err)
					}
				}
				what := fmt.Sprintf("%d ranks", n)
				sameResults(t, what, results[0], want)
				if !reflect.DeepEqual(results[0].Run.Warnings, want.Run.Warnings) {
					t.Errorf("%s: warnings %q, want %q", what, results[0].Run.Warnings, want.Run.Warnings)
				}
				if n := len(whole.checkpoints); n > 0 && whole.checkpoints[n-1].History != nil {
					sameState(t, last(rec.checkpoints), last(whole.checkpoints))
				}
			}
		})
	}
}

// With as many shares, 32 ranks train together, and none of them is idle.
func TestManyRanks(t *testing.T) {
	for name, build := range rankCases() {
		if !strings.Contains(name, "32 shares") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			whole := &memory{}
			want, _, err := process(t, build, whole, -1)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range []int{11, 32} {
				results, notes, errs := rankRun{n, build, -1, 0}.on(t, &memory{})
				if err := errors.Join(errs...); err != nil {
					t.Fatal(err)
				}
				if slices.ContainsFunc(notes, func(s string) bool { return strings.Contains(s, "train.shares") }) {
					t.Errorf("%d ranks: %q", n, notes)
				}
				sameResults(t, fmt.Sprintf("%d ranks", n), results[0], want)
			}
			fewer := &memory{}
			_, _, err = process(t, rankCases()[strings.TrimSuffix(name, ", in 32 shares")], fewer, -1)
			if err != nil || slices.EqualFunc(last(fewer.checkpoints).Theta, last(whole.checkpoints).Theta, sameBits) {
				t.Errorf("%v, or the shares change no digit of theta", err)
			}
		})
	}
}

// A run that a signal to any of its ranks stops goes on, on another number of them, as if
// nothing had been.
func TestRanksResume(t *testing.T) {
	for name, build := range rankCases() {
		t.Run(name, func(t *testing.T) {
			whole := &memory{}
			want, _, err := process(t, build, whole, -1)
			if err != nil {
				t.Fatal(err)
			}
			for first := 1; first < 14; first += 3 {
				rec := &memory{}
				for k, leg := range []rankRun{{3, build, first, 2}, {2, build, 4, 1}, {1, build, 2, 0}, {4, build, -1, 0}} {
					results, _, errs := leg.on(t, rec)
					kind := core.KindOf(errs[0])
					for rank, err := range errs {
						if core.KindOf(err) != kind || (err == nil) != (errs[0] == nil) {
							t.Fatalf("leg %d: rank %d ends with %v, rank 0 with %v", k, rank, err, errs[0])
						}
					}
					if errs[0] == nil {
						sameResults(t, fmt.Sprintf("first stop %d", first), results[0], want)
						break
					}
					if kind != core.Interrupted && kind != core.Stalled {
						t.Fatal(errs[0])
					}
					if text := errs[0].Error(); leg.ranks > 1 && !strings.Contains(text, fmt.Sprintf("rank %d", leg.signalled)) {
						t.Errorf("the message %q does not name rank %d", text, leg.signalled)
					}
				}
				if n := len(whole.checkpoints); n > 0 && whole.checkpoints[n-1].History != nil {
					sameState(t, last(rec.checkpoints), last(whole.checkpoints))
				}
			}
		})
	}
}

// What goes wrong on one rank ends all with one message, and a checkpoint of the steps before.
func TestFaultOfARank(t *testing.T) {
	whole := &memory{}
	build := rankCases()["trained by adam"]
	want, _, err := process(t, build, whole, -1)
	if err != nil {
		t.Fatal(err)
	}
	for _, ill := range []int{0, 2} {
		built := 0
		spoilt := func(t *testing.T) (*plan.Plan, Parts) {
			p, parts := build(t)
			if built == ill {
				parts.Energy.(*inField).fail = func(call int, _ []float64) error {
					if call == 8 {
						return core.Errorf(core.Plugin, "eval", "energy test", "exit status 2")
					}
					return nil
				}
			}
			built++
			return p, parts
		}
		rec := &memory{}
		_, _, errs := rankRun{3, spoilt, -1, 0}.on(t, rec)
		for rank, err := range errs {
			text := fmt.Sprintf("train: step 8: rank %d: energy well: eval: exit status 2", ill)
			if core.KindOf(err) != core.Plugin || !strings.Contains(fmt.Sprint(err), fmt.Sprintf("train: step 8: rank %d: ", ill)) || !strings.Contains(fmt.Sprint(err), "exit status 2") {
				t.Errorf("rank %d: error %v, want %q", rank, err, text)
			}
		}
		if c := last(rec.checkpoints); c.Step != 7 || last(rec.results).Run.Status != core.Failed {
			t.Errorf("the checkpoint is of step %d", c.Step)
		}
		results, notes, errs := rankRun{6, build, -1, 0}.on(t, rec)
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if want := "train.shares: a batch has 4 shares, so 2 of 6 ranks have nothing to do in training; a run that begins with train.shares = 8 has work for all"; !slices.Contains(notes, want) {
			t.Errorf("notes %q, want %q", notes, want)
		}
		sameResults(t, "after the fault", results[0], want)
	}
}

// Parameters that differ on a rank are found, and are in no checkpoint.
func TestOtherParametersOnARank(t *testing.T) {
	built := 0
	rec := &memory{}
	_, _, errs := rankRun{3, func(t *testing.T) (*plan.Plan, Parts) {
		p, parts := rankCases()["trained by adam"](t)
		if built == 2 {
			parts.Model = leaning{parts.Model.(*fields)}
		}
		built++
		return p, parts
	}, -1, 0}.on(t, rec)
	for rank, err := range errs {
		if !strings.Contains(fmt.Sprint(err), "the parameters after step 0: those of rank 2 are not those of rank 0") {
			t.Errorf("rank %d: error %v", rank, err)
		}
	}
	if len(rec.checkpoints) > 0 {
		t.Errorf("a checkpoint of step %d was written", last(rec.checkpoints).Step)
	}
}

// leaning is a model whose memory is at fault: it moves the parameters that it is given.
type leaning struct{ *fields }

func (m leaning) Load(theta []float64) error {
	theta[0] = math.Nextafter(theta[0], 1)
	return m.fields.Load(theta)
}
