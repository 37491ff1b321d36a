package run

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// ring is a free field on four sites, and the model that contains its
// Boltzmann density.
func ring(t *testing.T) Parts {
	t.Helper()
	field := coretest.FreeField()
	settings, problems := core.Complete(field.Params, core.Settings{"L": int64(4)})
	energy, err := field.NewEnergy(settings)
	if len(problems) > 0 || err != nil {
		t.Fatal(problems, err)
	}
	gaussian := coretest.Gaussian()
	settings, _ = core.Complete(gaussian.Params, nil)
	model, err := gaussian.NewModel(settings, energy.Spec().Space)
	if err != nil {
		t.Fatal(err)
	}
	exact, err := energy.(core.Exacter).Exact(beta)
	if err != nil {
		t.Fatal(err)
	}
	return Parts{Model: model, Energy: energy, Exact: &exact, Estimators: []core.Estimator{&freeEnergy{beta: beta}}}
}

func ringPlan(gradient string, steps int) *plan.Plan {
	p := testPlan(steps)
	p.Train.Anneal = 0
	p.Objective.Settings["gradient"] = gradient
	p.Optimizer.Settings["clip"], p.Optimizer.Settings["schedule"] = 0.0, "cosine"
	return p
}

// All gradients of the reverse divergence reach the normal modes' free energy.
// At the solution ln p + beta E is constant, so that F is exact to rounding
// but for what is left to train: with the path gradient, whose noise vanishes
// there, nothing; with the others, noise times the last learning rates.
func TestTrainingThroughTheSample(t *testing.T) {
	for gradient, tolerance := range map[string]float64{"score": 1e-2, "pathwise": 1e-2, "path_gradient": 1e-6} {
		t.Run(gradient, func(t *testing.T) {
			parts := ring(t)
			results, err := runPlan(context.Background(), ringPlan(gradient, 600), parts, &memory{}, &watcher{}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			f, exact := results.Estimates[0].Value[0], parts.Exact.Values["free_energy"]
			start := results.History.Column("free_energy")[0]
			if math.Abs(f-exact) > tolerance || start-exact < 0.5 {
				t.Errorf("free energy %v after %v, exact %v", f, start, exact)
			}
		})
	}
}

// The ground state of <E> along the sample: all weight goes to the lowest energy,
// 0; the steps are enough for some 1 % of the start.
func TestGroundStateThroughTheSample(t *testing.T) {
	for _, gradient := range []string{"pathwise", "path_gradient"} {
		parts := ring(t)
		p := ringPlan(gradient, 400)
		p.Beta = math.Inf(1)
		results, err := runPlan(context.Background(), p, parts, &memory{}, &watcher{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		energy := results.History.Column("energy")
		if e := last(energy); e > 2e-2*energy[0] || energy[0] < 1 {
			t.Errorf("%s: energy %v after %v", gradient, e, energy[0])
		}
	}
}

// The most likely normal density of data has their mean and covariance, for
// which -<ln p> = 1/2 ln det(2 pi e C). Here C = 4 1 and the mean is 3, exactly.
func TestMaximumLikelihood(t *testing.T) {
	var x []float64
	for corner := range 16 {
		for j := range 4 {
			x = append(x, 3+2*float64(2*(corner>>j&1)-1))
		}
	}
	parts, rec := ring(t), &memory{}
	parts.Data = sample.Replacing{Given: sample.Array{X: x, Size: 4}.All()}
	p := ringPlan("score", 1500)
	p.Train.Objective, p.Train.Data = "maximum_likelihood", "x.csv"
	p.Objective = partPlan(objective.Parts(), "maximum_likelihood", nil)
	watched := Progress{}
	if _, err := runPlan(context.Background(), p, parts, rec, progressFunc(func(p Progress) {
		if p.Phase == Training {
			watched = p
		}
	}), Options{}); err != nil {
		t.Fatal(err)
	}
	want := 2 * math.Log(2*math.Pi*math.E*4)
	h := last(rec.checkpoints).History
	if loss := last(h.Column("loss")); math.Abs(loss-want) > 0.05 || h.Column("loss")[0] < want+1 {
		t.Errorf("loss %v after %v, want %v", loss, h.Column("loss")[0], want)
	}
	for k, theta := range last(rec.checkpoints).Theta { // mean 3, ln 2 on the diagonal, 0 below
		if want := []float64{3, math.Ln2, 0}[min(k/4, 2)]; math.Abs(theta-want) > 0.1 {
			t.Errorf("parameter %d is %v, want %v", k, theta, want)
		}
	}
	if watched.Name != "loss" || watched.Value != last(h.Column("loss")) || watched.Stderr != last(h.Column("loss_stderr")) || h.Column("free_energy") != nil {
		t.Errorf("progress %+v", watched)
	}
	if row := last(rec.trained()); row["loss"] != watched.Value || row["free_energy"] != nil {
		t.Errorf("progress row %+v", row)
	}
}

// progressFunc is a monitor.
type progressFunc func(Progress)

func (f progressFunc) Progress(p Progress) { f(p) }
func (progressFunc) Note(string)           {}

// seen is an estimator that keeps what it was given.
type seen struct {
	name    string
	source  core.Source
	powers  []core.Power
	batches []core.Batch
}

func (s *seen) Spec() core.EstimatorSpec {
	return core.EstimatorSpec{Observables: []core.Observable{{Name: s.name}}, Source: s.source, EnergyPowers: s.powers}
}

func (s *seen) Add(b *core.Batch) error {
	c := *b
	c.X, c.E, c.Slope, c.LogP = slices.Clone(b.X), slices.Clone(b.E), slices.Clone(b.Slope), slices.Clone(b.LogP)
	c.K, c.Lap, c.Potential, c.EIm = slices.Clone(b.K), slices.Clone(b.Lap), slices.Clone(b.Potential), slices.Clone(b.EIm)
	s.batches = append(s.batches, c)
	return nil
}

func (s *seen) Report() ([]core.Estimate, error) {
	if len(s.batches) == 0 {
		return nil, errors.New("asked before it had seen anything")
	}
	return []core.Estimate{core.Scalar(s.name, "", 1, 1, "1", 1)}, nil
}

func (s *seen) State() core.EstimatorState {
	return core.EstimatorState{"batches": make([]float64, len(s.batches))}
}

func (s *seen) Restore(state core.EstimatorState) error {
	s.batches = make([]core.Batch, len(state["batches"]))
	return nil
}

func (s *seen) Merge(core.EstimatorState) error { panic("not merged") }

// chainParts are a ring with one estimator of each source, in an order that is
// not that of the phases; the second needs the slope.
func chainParts(t *testing.T) (Parts, []*seen) {
	all := []*seen{{name: "chains", source: core.OfChains}, {name: "either", powers: []core.Power{core.PowerSlope}}, {name: "model", source: core.OfModel}}
	parts := ring(t)
	parts.Estimators = nil
	for _, s := range all {
		parts.Estimators = append(parts.Estimators, s)
	}
	return parts, all
}

func chainPlan(method string) *plan.Plan {
	p := ringPlan("score", 1)
	given := core.Settings{}
	if method != "direct" {
		given["chains"], given["burn_in"] = int64(8), int64(100)
	}
	if method == "hmc" {
		given["leapfrog"] = int64(3)
	}
	p.Sampler = partPlan(sample.Parts(), method, given)
	p.Evaluate = plan.Evaluate{Sampler: method, Samples: 100, Batch: 30, KeepSamples: 50}
	return p
}

// Who sees draws from where, with what in them; the results have the order of
// the estimators.
func TestPhases(t *testing.T) {
	for _, c := range []struct {
		method  string
		model   bool
		draws   [3]int // that each estimator saw
		ordered []string
	}{
		{"direct", true, [3]int{0, 100, 100}, []string{"either", "model"}},
		{"hmc", true, [3]int{104, 104, 100}, []string{"chains", "either", "model"}}, // 13 draws of 8 chains
		{"metropolis", false, [3]int{104, 104, 0}, []string{"chains", "either"}},
	} {
		t.Run(c.method, func(t *testing.T) {
			parts, all := chainParts(t)
			if !c.model {
				parts.Model = nil
			}
			p := chainPlan(c.method)
			phases := map[Phase]bool{}
			rec := &memory{}
			results, err := runPlan(context.Background(), p, parts, rec, progressFunc(func(p Progress) { phases[p.Phase] = true }), Options{Resume: true})
			if err != nil {
				t.Fatal(err)
			}
			for i, s := range all {
				checkSeen(t, s, parts.Energy, c.draws[i], i < 2 && p.UsesChains())
			}
			var names []string
			for _, e := range results.Estimates {
				names = append(names, e.Name)
			}
			if !slices.Equal(names, c.ordered) {
				t.Errorf("observables %v, want %v", names, c.ordered)
			}
			if phases[Burning] != p.UsesChains() || phases[Sampling] != p.UsesChains() || phases[Evaluating] != c.model || phases[Training] != c.model {
				t.Errorf("phases %v", phases)
			}
			kept := results.Samples
			if kept.N != 50 || !slices.Equal(kept.X[:4], all[1].batches[0].X[:4]) || (len(kept.LogP) == 50) != (c.method == "direct") || len(kept.E) != 50 {
				t.Errorf("kept %d configurations, %d ln p, %d energies", kept.N, len(kept.LogP), len(kept.E))
			}
			if (len(rec.checkpoints) > 0) != c.model || (results.History != nil) != c.model {
				t.Errorf("%d checkpoints, history %v", len(rec.checkpoints), results.History)
			}
		})
	}
}

// checkSeen holds energies and slopes against the energy's own.
func checkSeen(t *testing.T, s *seen, energy core.Energy, draws int, chains bool) {
	t.Helper()
	n := 0
	for _, b := range s.batches {
		n += b.N
		slope, e := make([]float64, len(b.X)), make([]float64, b.N)
		if err := energy.(core.EnergySloper).Slope(slope, e, &b); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(b.E, e) || len(s.powers) > 0 && !slices.Equal(b.Slope, slope) {
			t.Errorf("%s: E or dE/dx of a batch are not the energy's", s.name)
		}
		if (b.Chains > 0) != chains {
			t.Errorf("%s saw %d chains", s.name, b.Chains)
		}
	}
	if n != draws {
		t.Errorf("%s saw %d draws, want %d", s.name, n, draws)
	}
}

// A run is decided by its seed, and one that was stopped in its burn-in or
// between its draws gives the same results when it is started again.
func TestChainsAreDecidedBySeed(t *testing.T) {
	run := func(stopIn Phase, seed uint64) ([]float64, error) {
		parts, all := chainParts(t)
		parts.Model = nil
		p := chainPlan("hmc")
		p.Seed = seed
		ctx, cancel := context.WithCancelCause(context.Background())
		defer cancel(nil)
		_, err := runPlan(ctx, p, parts, &memory{}, progressFunc(func(p Progress) {
			if p.Phase == stopIn {
				cancel(errors.New("signal: test"))
			}
		}), Options{Resume: true})
		var x []float64
		for _, b := range all[1].batches {
			x = append(x, b.X...)
		}
		return x, err
	}
	whole, err := run("", 3)
	again, err2 := run("", 3)
	other, err3 := run("", 4)
	if err != nil || err2 != nil || err3 != nil || !slices.Equal(whole, again) || slices.Equal(whole, other) {
		t.Fatal("draws are not decided by the seed", err, err2, err3)
	}
	for phase, text := range map[Phase]string{Burning: "in the burn-in of the chains, piece 2 of 10", Sampling: "after 64 of 104 samples"} {
		if _, err := run(phase, 3); core.KindOf(err) != core.Interrupted || !strings.Contains(fmt.Sprint(err), text) {
			t.Errorf("error %v, want %q", err, text)
		}
	}
}
