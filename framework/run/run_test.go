package run

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// fields is the model of independent spins, p(s) = prod_i sigmoid(2 theta_i s_i):
// exact for spins in a field, where theta_i = beta h is the optimum.
type fields struct {
	n     int
	theta []float64
}

func (m *fields) Spec() core.ModelSpec {
	return core.ModelSpec{Space: core.Space{Kind: core.Spins, Shape: []int{m.n}}, Parameters: m.n, Blocks: []core.Block{{Name: "theta", Shape: []int{m.n}}}}
}

func (m *fields) Init(theta []float64, seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 0))
	for i := range theta {
		theta[i] = 0.1 * r.NormFloat64()
	}
	return nil
}

func (m *fields) Load(theta []float64) error {
	m.theta = append(m.theta[:0], theta...)
	return nil
}

func (m *fields) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, m.n)
	var stream rand.PCG
	for i := range n {
		core.SeedStream(&stream, seed, uint64(dst.From+i))
		r := rand.New(&stream)
		for j, t := range m.theta {
			dst.X[i*m.n+j] = -1
			if r.Float64() < 1/(1+math.Exp(-2*t)) {
				dst.X[i*m.n+j] = 1
			}
		}
	}
	return m.LogProb(dst.LogP, dst.X)
}

func (m *fields) LogProb(dst, x []float64) error {
	for i := range dst {
		dst[i] = 0
		for j, t := range m.theta {
			dst[i] -= math.Log1p(math.Exp(-2 * t * x[i*m.n+j]))
		}
	}
	return nil
}

func (m *fields) Pull(grad []float64, b *core.Batch, w []float64) error {
	b.Sum(grad, func(sum []float64, from, to int) {
		for i := from; i < to; i++ {
			for j, t := range m.theta {
				sum[j] += w[i] * (b.X[i*m.n+j] - math.Tanh(t))
			}
		}
	})
	return nil
}

// inField is E = -h sum_i s_i. fail, when set, may spoil a call; those that ask again are not counted.
type inField struct {
	n, calls int
	h        float64
	fail     func(call int, dst []float64) error
}

func (e *inField) Spec() core.EnergySpec {
	return core.EnergySpec{Space: core.Space{Kind: core.Spins, Shape: []int{e.n}}, Units: "J"}
}

func (e *inField) Eval(dst []float64, b *core.Batch) error {
	if len(dst) > asked {
		e.calls++
	}
	for i := range dst {
		dst[i] = 0
		for _, s := range b.X[i*e.n : (i+1)*e.n] {
			dst[i] -= e.h * s
		}
	}
	if e.fail != nil && len(dst) > asked {
		return e.fail(e.calls, dst)
	}
	return nil
}

// freeEnergy is a plain estimator of <E + T ln p>.
type freeEnergy struct {
	beta, sum, squares float64
	n                  int64
}

func (f *freeEnergy) Spec() core.EstimatorSpec {
	return core.EstimatorSpec{Observables: []core.Observable{{Name: "free_energy", Extensive: true}}}
}

func (f *freeEnergy) Add(b *core.Batch) error {
	for i := range b.N {
		x := b.E[i] + b.LogP[i]/f.beta
		f.sum, f.squares, f.n = f.sum+x, f.squares+x*x, f.n+1
	}
	return nil
}

func (f *freeEnergy) Report() ([]core.Estimate, error) {
	mean := f.sum / float64(f.n)
	stderr := math.Sqrt((f.squares/float64(f.n) - mean*mean) / float64(f.n-1))
	e := core.Scalar("free_energy", "", mean, stderr, "J", f.n)
	e.Extensive = true
	return []core.Estimate{e}, nil
}

func (f *freeEnergy) State() core.EstimatorState {
	return core.EstimatorState{"sums": {f.sum, f.squares, float64(f.n)}}
}

func (f *freeEnergy) Restore(state core.EstimatorState) error {
	s := state["sums"]
	f.sum, f.squares, f.n = s[0], s[1], int64(s[2])
	return nil
}

func (f *freeEnergy) Merge(core.EstimatorState) error { panic("not merged") }

// memory is a recorder that keeps everything.
type memory struct {
	checkpoints []*core.Checkpoint
	results     []*core.Results
	rows        []map[string]any
	glimpses    []core.Glimpse
}

func (m *memory) SaveResults(r *core.Results) error {
	c := *r
	c.Estimates = slices.Clone(r.Estimates)
	m.results = append(m.results, &c)
	return nil
}

func (m *memory) SaveCheckpoint(c *core.Checkpoint, keep int) error {
	d := *c
	d.Theta = slices.Clone(c.Theta)
	d.Optimizer = maps.Clone(c.Optimizer)
	if c.Rollback != nil {
		d.Rollback = &core.Snapshot{Theta: slices.Clone(c.Rollback.Theta), Optimizer: maps.Clone(c.Rollback.Optimizer)}
	}
	if c.History != nil {
		h := core.History{Step: slices.Clone(c.History.Step)}
		for _, column := range c.History.Columns {
			column.Data = slices.Clone(column.Data)
			h.Columns = append(h.Columns, column)
		}
		d.History = &h
	}
	if c.Evaluation != nil {
		e := *c.Evaluation
		d.Evaluation = &e
	}
	m.checkpoints = append(m.checkpoints, &d)
	return nil
}

func (m *memory) LatestCheckpoint() (*core.Checkpoint, []string, error) {
	if len(m.checkpoints) == 0 {
		return nil, nil, nil
	}
	return m.checkpoints[len(m.checkpoints)-1], nil, nil
}

func (m *memory) AppendProgress(row any) error {
	m.rows = append(m.rows, row.(map[string]any))
	return nil
}
func (m *memory) TruncateProgress(int64) error { return nil }

// trained are the rows of progress of the training.
func (m *memory) trained() (rows []map[string]any) {
	for _, row := range m.rows {
		if row["phase"] == Training {
			rows = append(rows, row)
		}
	}
	return rows
}

func (m *memory) SaveGlimpse(g core.Glimpse) error {
	m.glimpses = append(m.glimpses, g)
	return nil
}

// watcher calls a function at every step of the training.
type watcher struct {
	step  func(done int64)
	notes []string
}

func (w *watcher) Progress(p Progress) {
	if w.step != nil && p.Phase == Training {
		w.step(p.Done)
	}
}
func (w *watcher) Note(text string) { w.notes = append(w.notes, text) }

const (
	sites = 6
	field = 0.4
	beta  = 0.7
)

// exactF is the free energy of independent spins: -T N ln(2 cosh beta h).
var exactF = -sites * math.Log(2*math.Cosh(beta*field)) / beta

func testPlan(steps int) *plan.Plan {
	return &plan.Plan{Name: "test", Seed: 3, Beta: beta, Model: plan.PartPlan{Plugin: "fields"}, Energy: plan.PartPlan{Plugin: "well"},
		Train:      plan.Train{Objective: "reverse_kl", Optimizer: "adam", Steps: steps, Batch: 200, Anneal: 0.9},
		Objective:  partPlan(objective.Parts(), "reverse_kl", nil),
		Optimizer:  partPlan(optim.Parts(), "adam", core.Settings{"learning_rate": 0.05, "clip": 1.0}),
		Sampler:    partPlan(sample.Parts(), "direct", nil),
		Evaluate:   plan.Evaluate{Samples: 1000, Batch: 300, KeepSamples: 400},
		Checkpoint: plan.Checkpoint{Every: 7, Keep: 2},
	}
}

// partPlan names a part and completes its settings.
func partPlan(parts []core.Part, name string, given core.Settings) plan.PartPlan {
	part := partNamed(parts, name)
	full, problems := core.Complete(part.Params, given)
	if len(problems) > 0 {
		panic(problems[0])
	}
	return plan.PartPlan{Plugin: name, Settings: full, Source: part.Source}
}

func partNamed(parts []core.Part, name string) core.Part {
	return parts[slices.IndexFunc(parts, func(p core.Part) bool { return p.Name == name })]
}

// runPlan is Run with the objective, the optimizer and the sampler that the plan
// names.
func runPlan(ctx context.Context, p *plan.Plan, parts Parts, rec Recorder, mon Monitor, opt Options) (*core.Results, error) {
	var err, err2 error
	if parts.Model != nil {
		setting := core.Setting{Beta: p.Beta, Energy: parts.Energy.Spec(), Model: parts.Model.Spec()}
		if parts.Objective == nil {
			parts.Objective, err = partNamed(objective.Parts(), p.Objective.Plugin).NewObjective(p.Objective.Settings, setting)
		}
		parts.Optimizer, err2 = partNamed(optim.Parts(), p.Optimizer.Plugin).NewOptimizer(p.Optimizer.Settings, int64(p.Train.Steps))
	}
	if err = cmp.Or(err, err2); err != nil {
		return nil, err
	}
	if parts.Sampler, err = partNamed(sample.Parts(), p.Sampler.Plugin).NewSampler(p.Sampler.Settings, core.Target{Model: parts.Model, Energy: parts.Energy, Beta: p.Beta}); err != nil {
		return nil, err
	}
	return Run(ctx, p, parts, rec, mon, opt)
}

func testParts() (Parts, *inField) {
	energy := &inField{n: sites, h: field}
	return Parts{Model: &fields{n: sites}, Energy: energy, Estimators: []core.Estimator{&freeEnergy{beta: beta}},
		Exact: &core.Exact{Values: map[string]float64{"free_energy": exactF}, Source: "independent spins"}}, energy
}

func TestTrainingReachesTheExactFreeEnergy(t *testing.T) {
	p := testPlan(400)
	perSite := exactF / sites
	p.Expect = []plan.Expectation{{Observable: "free_energy_per_site", Value: &perSite, Tolerance: 1e-4, Sigma: 5, Bound: "upper", Source: "closed form"}}
	parts, _ := testParts()
	parts.Estimators = append(parts.Estimators, &trace{name: "free_energy_reweighted"}) // which is known by that name, too
	rec := &memory{}
	results, err := runPlan(context.Background(), p, parts, rec, &watcher{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range Judge(p, results) {
		if v.Failed() {
			t.Errorf("%s: %s", v.Observable, v.Text)
		}
	}
	if results.Run.Status != core.Done || results.Samples.N != 400 || len(results.Samples.X) != 400*sites {
		t.Errorf("status %s, %d samples kept", results.Run.Status, results.Samples.N)
	}
	if got := results.Exact["free_energy_reweighted"]; got != exactF {
		t.Errorf("exact free_energy_reweighted %g, want %g", got, exactF)
	}
	if n := len(results.History.Step); n != 400 || results.History.Step[n-1] != 400 {
		t.Errorf("history has %d rows", n)
	}
}

// Whatever ends a run, the steps before are kept, and a run without the fault
// goes on from there.
func TestFaultKeepsWhatWasComputed(t *testing.T) {
	for name, c := range map[string]struct {
		fail func(call int, dst []float64) error
		kind core.Kind
		text string
	}{
		"crash": {func(call int, _ []float64) error {
			if call == 11 {
				return core.Errorf(core.Plugin, "eval", "energy test", "exit status 2")
			}
			return nil
		}, core.Plugin, "step 11"},
		"NaN": {func(call int, dst []float64) error {
			if call == 11 {
				dst[17] = math.NaN()
			}
			return nil
		}, core.Numeric, "17"},
	} {
		t.Run(name, func(t *testing.T) {
			rec := &memory{}
			parts, energy := testParts()
			energy.fail = c.fail
			results, err := runPlan(context.Background(), testPlan(30), parts, rec, &watcher{}, Options{Resume: true})
			if core.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.text) {
				t.Errorf("error %v, want kind %v with %q", err, c.kind, c.text)
			}
			if results.Run.Status != core.Failed || last(rec.checkpoints).Step != 10 || len(last(rec.results).History.Step) != 10 {
				t.Fatalf("status %s, checkpoint of step %d", results.Run.Status, last(rec.checkpoints).Step)
			}
			parts, _ = testParts()
			watch := &watcher{}
			if _, err := runPlan(context.Background(), testPlan(30), parts, rec, watch, Options{Resume: true}); err != nil {
				t.Fatal(err)
			}
			if len(watch.notes) != 1 || !strings.Contains(watch.notes[0], "resumed at step 10") {
				t.Errorf("notes %v", watch.notes)
			}
			whole := &memory{}
			parts, _ = testParts()
			if _, err := runPlan(context.Background(), testPlan(30), parts, whole, &watcher{}, Options{}); err != nil {
				t.Fatal(err)
			}
			sameState(t, last(rec.checkpoints), last(whole.checkpoints))
		})
	}
}

// full is a recorder whose disk is full from the first checkpoint on.
type full struct{ memory }

func (*full) SaveCheckpoint(*core.Checkpoint, int) error {
	return core.Errorf(core.Storage, "write", "checkpoint", "no space left on device")
}

// A run that could not be saved is not one that waits to be continued, and one
// fault is reported once.
func TestUnsaved(t *testing.T) {
	for name, c := range map[string]struct {
		stop bool
		fail error
		kind core.Kind
		text string
	}{
		"at the end":    {false, nil, core.Storage, "write: checkpoint: no space left on device"},
		"on a signal":   {true, nil, core.Storage, "write: checkpoint: no space left on device"},
		"after a crash": {false, errors.New("exit status 2"), core.Plugin, "train: step 1: energy well: exit status 2\nwrite: checkpoint: no space left on device"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(context.Background())
			defer cancel(nil)
			p := testPlan(5)
			parts, energy := testParts()
			energy.fail = func(int, []float64) error { return c.fail }
			if c.stop {
				cancel(errors.New("signal: test"))
			}
			_, err := runPlan(ctx, p, parts, &full{}, &watcher{}, Options{})
			if core.KindOf(err) != c.kind || err.Error() != c.text {
				t.Errorf("%v error %q, want %v error %q", core.KindOf(err), err, c.kind, c.text)
			}
		})
	}
}
