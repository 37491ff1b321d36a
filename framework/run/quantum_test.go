package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// fewStates is the free energy of the density matrix of two fermions in a trap at
// beta = 1 in the space of the four determinants with up to two quanta above the
// lowest, whose energy is 1/2 + 3/2 = 2.
var fewStates = 2 - math.Log(1+math.Exp(-1)+2*math.Exp(-2))

// fermions are two of them in a trap in one dimension, and the model that
// contains their density matrix.
func fermions(t *testing.T, settings core.Settings) Parts {
	t.Helper()
	trap := coretest.Trap()
	of, _ := core.Complete(trap.Params, core.Settings{"N": int64(2)})
	energy, err := trap.NewEnergy(of)
	if err != nil {
		t.Fatal(err)
	}
	determinants := coretest.Determinants()
	settings, problems := core.Complete(determinants.Params, settings)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	model, err := determinants.NewModel(settings, energy.Spec().Space)
	if err != nil {
		t.Fatal(err)
	}
	return Parts{Model: model, Energy: energy, Estimators: []core.Estimator{&freeEnergy{beta: 1}}}
}

func fermionPlan(optimizer string, steps int) *plan.Plan {
	p := testPlan(steps)
	p.Beta, p.Model.Plugin, p.Energy.Plugin = 1, "determinants", "trap"
	p.Train.Anneal = 0
	given := core.Settings{"schedule": "cosine", "learning_rate": 0.05}
	if optimizer == "natural" {
		given["learning_rate"], given["max_norm"] = 1.0, 1e-2
	}
	p.Train.Optimizer, p.Optimizer = optimizer, partPlan(optim.Parts(), optimizer, given)
	p.Evaluate = plan.Evaluate{Samples: 1000, Batch: 300, KeepSamples: 400}
	return p
}

// Both optimisers, with independent draws and with chains of the model's own.
// At the solution the local energies of a state and ln p + beta E are constant,
// so that the noise of the gradients goes with the distance to it: what is left
// is what the last steps have not done.
func TestDensityMatrixReachesTheExactFreeEnergy(t *testing.T) {
	for _, c := range []struct {
		optimizer string
		walk      bool
		steps     int
	}{{"adam", false, 300}, {"natural", false, 100}, {"natural", true, 100}} {
		t.Run(fmt.Sprintf("%s, walk %v", c.optimizer, c.walk), func(t *testing.T) {
			parts := fermions(t, core.Settings{"scale": 0.5, "walk": c.walk})
			results, err := runPlan(context.Background(), fermionPlan(c.optimizer, c.steps), parts, &memory{}, &watcher{}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			f, start := results.Estimates[0].Value[0], results.History.Column("free_energy")[0]
			if math.Abs(f-fewStates) > 1e-6 || start-fewStates < 0.1 {
				t.Errorf("free energy %v after %v, exact %v", f, start, fewStates)
			}
		})
	}
}

// Natural gradients by conjugate gradients are those of the matrix that is factorised, up to the residual and what steps make of it: no
// more than the thousandth part of what the steps have moved. A single iteration is noted in the results, once, with the number of steps.
func TestConjugateGradients(t *testing.T) {
	const steps = 10
	trained := func(change core.Settings) *core.Results {
		t.Helper()
		parts, p := fermions(t, core.Settings{"scale": 0.5}), fermionPlan("natural", steps)
		maps.Copy(p.Optimizer.Settings, change)
		results, err := runPlan(context.Background(), p, parts, &memory{}, &watcher{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return results
	}
	fOf := func(r *core.Results) []float64 { return r.History.Column("free_energy") }
	want := trained(nil)
	if moved := fOf(want)[0] - last(fOf(want)); moved < 0.05 {
		t.Fatalf("free energy moved by %v: nothing to compare", moved)
	}
	solved := trained(core.Settings{"solver": "conjugate_gradients", "solver_tolerance": 1e-12})
	for k, f := range fOf(solved) {
		if math.Abs(f-fOf(want)[k]) > 1e-9 { // residual over damping of 1e-3
			t.Errorf("step %d: free energy %v, of the matrix that is factorised %v", k+1, f, fOf(want)[k])
		}
	}
	if len(solved.Run.Warnings) > 0 {
		t.Errorf("warnings %q", solved.Run.Warnings)
	}
	short := trained(core.Settings{"solver": "conjugate_gradients", "solver_iterations": int64(1)})
	if said := fmt.Sprintf("%s (count: %d)", unsolved, steps); !slices.Equal(short.Run.Warnings, []string{said}) {
		t.Errorf("warnings %q, want %q", short.Run.Warnings, said)
	}
	if f := fOf(short); last(f) >= f[0] {
		t.Errorf("free energy went from %v to %v: steps that were cut short do not go down", f[0], last(f))
	}
}

// The ground state: one determinant, and <E> is all.
func TestGroundStateOfDensityMatrix(t *testing.T) {
	parts := fermions(t, core.Settings{"excitation": int64(0), "scale": 0.5})
	p := fermionPlan("natural", 100)
	p.Beta = math.Inf(1)
	results, err := runPlan(context.Background(), p, parts, &memory{}, &watcher{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	energy := results.History.Column("energy")
	if math.Abs(last(energy)-2) > 1e-6 || energy[0] < 2.01 {
		t.Errorf("energy %v after %v, exact 2", last(energy), energy[0])
	}
}

// What estimators and the results get of a density matrix.
func TestLocalEnergies(t *testing.T) {
	parts := fermions(t, core.Settings{"scale": 0.5})
	watch := &seen{name: "either", powers: []core.Power{core.PowerSlope}}
	parts.Estimators = []core.Estimator{watch}
	results, err := runPlan(context.Background(), fermionPlan("adam", 0), parts, &memory{}, &watcher{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	turned := 0.0
	for _, b := range watch.batches {
		v, lap := make([]float64, b.N), make([]complex128, b.N)
		if err := errors.Join(parts.Energy.Eval(v, &b), parts.Model.(core.DensityMatrix).Laplacian(lap, &b)); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(b.Potential, v) || !slices.Equal(b.Lap, lap) || !slices.Equal(b.Slope, b.X) { // V = x^2/2
			t.Error("V, its slope or lap Psi/Psi are not those of the parts")
		}
		for i := range b.N {
			if b.E[i] != v[i]-0.5*real(lap[i]) || b.EIm[i] != -0.5*imag(lap[i]) {
				t.Errorf("sample %d: E %v + %vi of V %v and lap Psi/Psi %v", i, b.E[i], b.EIm[i], v[i], lap[i])
			}
			turned = max(turned, math.Abs(b.EIm[i]))
		}
	}
	if turned < 0.1 {
		t.Errorf("imaginary parts up to %v test nothing", turned)
	}
	kept, first := results.Samples, watch.batches[0]
	if kept.N != 400 || !slices.Equal(kept.K[:600], first.K) || len(kept.K) != 800 || !slices.Equal(kept.Potential[:300], first.Potential) || len(kept.Potential) != 400 {
		t.Errorf("kept %d draws, %d labels, %d potentials", kept.N, len(kept.K), len(kept.Potential))
	}
}

// broken is a model of fermions whose answers a test may change.
type broken struct {
	*watched
	laplacian func([]complex128)
	step      func([]float64)
}

// watched names the powers that broken needs of a model.
type watched struct {
	core.Model
	core.DensityMatrix
	core.NaturalPuller
}

func (m broken) Laplacian(dst []complex128, b *core.Batch) error {
	err := m.DensityMatrix.Laplacian(dst, b)
	m.laplacian(dst)
	return err
}

func (m broken) NaturalPull(grad, step []float64, b *core.Batch, w []float64, v []complex128, damping float64) error {
	err := m.NaturalPuller.NaturalPull(grad, step, b, w, v, damping)
	m.step(step)
	return err
}

func TestEveryNumberOfADensityMatrixIsWatched(t *testing.T) {
	fine, same := func([]complex128) {}, func([]float64) {}
	for want, m := range map[string]broken{
		"train: step 1: model determinants: sample 7: lap Psi/Psi is (+Inf+0i)": {
			laplacian: func(v []complex128) { v[7] = complex(math.Inf(1), 0) }, step: same},
		"train: step 1: model determinants: sample 8: lap Psi/Psi is (0+NaNi)": {
			laplacian: func(v []complex128) { v[8] = complex(0, math.NaN()) }, step: same},
		"train: step 1: optimizer natural: the natural gradient s has g.s = NaN": {
			laplacian: fine, step: func(s []float64) { s[1] = math.NaN() }},
		"train: step 1: optimizer natural: the natural gradient s has g.s = -": {
			laplacian: fine, step: func(s []float64) {
				for i := range s {
					s[i] = -s[i]
				}
			}},
	} {
		parts := fermions(t, nil)
		m.watched = &watched{parts.Model, parts.Model.(core.DensityMatrix), parts.Model.(core.NaturalPuller)}
		parts.Model = m
		p := fermionPlan("natural", 3)
		p.Train.NaN = "stop"
		_, err := runPlan(context.Background(), p, parts, &memory{}, &watcher{}, Options{})
		if core.KindOf(err) != core.Numeric || !strings.HasPrefix(fmt.Sprint(err), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	parts := fermions(t, nil)
	parts.Energy = noPotential{parts.Energy}
	p := fermionPlan("natural", 0)
	_, err := runPlan(context.Background(), p, parts, &memory{}, &watcher{}, Options{})
	if want := "after training: samples 0 to 300: energy trap: sample 5: V is NaN"; core.KindOf(err) != core.Numeric || fmt.Sprint(err) != want {
		t.Errorf("error %v, want %q", err, want)
	}
}

// noPotential is an energy without V of sample 5.
type noPotential struct{ core.Energy }

func (e noPotential) Eval(dst []float64, b *core.Batch) error {
	err := e.Energy.Eval(dst, b)
	dst[5] = math.NaN()
	return err
}
