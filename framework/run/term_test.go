package run

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/gaussian"
)

// wellAndData is a normal density of the mean m and the width s in the well
// k (x - a)^2/2, which fits data of the mean mu and the variance v with the weight w:
//
//	loss     = k ((m - a)^2 + s^2)/2 - ln s + w [ln s + (v + (m - mu)^2)/(2 s^2)] + const
//	0        = k (m - a) + w (m - mu)/s^2
//	0        = k s^2 - 1 + w [1 - (v + (m - mu)^2)/s^2].
//
// With k = 2, a = 1, w = 2, mu = -1, v = 1/2 that is m = 0, s = 1. There
// beta F = k (a^2 + 1)/2 - ln(2 pi e)/2, and -<ln p> of the data is
// ln(2 pi)/2 + (v + mu^2)/2.
func wellAndData(t *testing.T, steps int) (*plan.Plan, Parts) {
	t.Helper()
	settings, problems := core.Complete(gaussian.Part.Params, core.Settings{"dimension": int64(1), "stiffness": []float64{2}, "mean": []float64{1}})
	if len(problems) > 0 {
		t.Fatal(problems[0])
	}
	energy, err := gaussian.Part.NewEnergy(settings)
	if err != nil {
		t.Fatal(err)
	}
	normal := coretest.Gaussian()
	settings, _ = core.Complete(normal.Params, nil)
	model, err := normal.NewModel(settings, energy.Spec().Space)
	if err != nil {
		t.Fatal(err)
	}
	p := ringPlan("path_gradient", steps)
	p.Beta = 1
	p.Terms = []plan.Term{{Name: "data", Objective: "maximum_likelihood", Weight: 2, Batch: 500, Data: "x.csv",
		Part: partPlan(objective.Parts(), "maximum_likelihood", nil)}}
	parts := Parts{Model: model, Energy: energy, Estimators: []core.Estimator{&freeEnergy{beta: 1}}}
	parts.Terms = []Term{{Objective: &objective.MaximumLikelihood{}, Data: sample.Replacing{Given: sample.Array{X: []float64{-2, -1, -1, 0}, Size: 1}.All()}}}
	return p, parts
}

// The noise of the gradient in m is w times that of the mean of 500 rows, in all
// 2 sqrt(1/2/500) = 0.06; with a rate that ends at 0 a few hundredths of it are left.
func TestTwoTermsReachTheExactMinimum(t *testing.T) {
	p, parts := wellAndData(t, 600)
	rec, watched := &memory{}, Progress{}
	if _, err := runPlan(context.Background(), p, parts, rec, progressFunc(func(p Progress) {
		if p.Phase == Training {
			watched = p
		}
	}), Options{}); err != nil {
		t.Fatal(err)
	}
	theta := last(rec.checkpoints).Theta
	if math.Abs(theta[0]) > 0.02 || math.Abs(math.Exp(theta[1])-1) > 0.02 {
		t.Errorf("the mean is %v and the width %v, want 0 and 1", theta[0], math.Exp(theta[1]))
	}
	h := last(rec.checkpoints).History
	var names []string
	for _, c := range h.Columns {
		names = append(names, c.Name)
	}
	want := []string{"loss", "free_energy", "free_energy_stderr", "energy", "entropy", "data_loss", "data_loss_stderr", "total_loss", "beta", "learning_rate", "gradient_norm"}
	if !slices.Equal(names, want) {
		t.Errorf("columns %v", names)
	}
	// Five standard errors: of 200 draws of (x - 1)^2 - x^2/2, sqrt(4.5/200) = 0.15; of 500
	// rows of x^2/2, 0.75/sqrt(500) = 0.034.
	free, loss := 2-math.Log(2*math.Pi*math.E)/2, math.Log(2*math.Pi)/2+0.75
	row := last(rec.trained())
	if f, l := last(h.Column("free_energy")), last(h.Column("data_loss")); math.Abs(f-free) > 0.75 || math.Abs(l-loss) > 0.17 ||
		row["free_energy"] != f || row["data_loss"] != l {
		t.Errorf("free energy %v, want %v; loss of the data %v, want %v; row %v", f, free, l, loss, row)
	}
	// The total, with the weight 2, and not the free energy, which has an exact value that
	// is not aimed at.
	total := last(h.Column("loss")) + 2*last(h.Column("data_loss"))
	if got := last(h.Column("total_loss")); got != total || watched.Name != "total_loss" || watched.Value != got || row["total_loss"] != got {
		t.Errorf("the total is %v, want %v; progress %+v", got, total, watched)
	}
}

// A run of two terms that was cut goes on bit for bit, and one of other terms does not
// go on.
func TestTermsResume(t *testing.T) {
	p, parts := wellAndData(t, 30)
	whole := &memory{}
	if _, err := runPlan(context.Background(), p, parts, whole, &watcher{}, Options{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cut := &memory{}
	_, parts = wellAndData(t, 30)
	stop := &watcher{step: func(done int64) {
		if done == 11 {
			cancel()
		}
	}}
	if _, err := runPlan(ctx, p, parts, cut, stop, Options{}); core.KindOf(err) != core.Interrupted {
		t.Fatal(err)
	}
	_, parts = wellAndData(t, 30)
	if _, err := runPlan(context.Background(), p, parts, cut, &watcher{}, Options{Resume: true}); err != nil {
		t.Fatal(err)
	}
	a, b := last(whole.checkpoints), last(cut.checkpoints)
	if !slices.Equal(a.Theta, b.Theta) || len(a.History.Step) != 30 {
		t.Errorf("parameters %v and %v after %d steps", a.Theta, b.Theta, len(a.History.Step))
	}
	for i, c := range a.History.Columns {
		if !slices.Equal(c.Data, b.History.Columns[i].Data) {
			t.Errorf("column %s differs", c.Name)
		}
	}
	p.Terms[0].Weight = 3
	if _, err := runPlan(context.Background(), p, parts, cut, &watcher{}, Options{Resume: true}); core.KindOf(err) != core.Invalid {
		t.Errorf("with another weight: %v", err)
	}
}

// A step that fails in one term has no numbers of the other either, and the message
// names the term.
func TestTermsThatFail(t *testing.T) {
	p, parts := wellAndData(t, 3)
	failing := &inTurn{of: &objective.MaximumLikelihood{}, at: 2}
	parts.Terms[0].Objective = failing
	_, err := runPlan(context.Background(), p, parts, &memory{}, &watcher{}, Options{})
	if want := "train: step 2: data: objective maximum_likelihood: a weight is NaN (train.nan = \"skip\" or \"rollback\" continues the run in spite of it)"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	p.Train.NaN, failing.calls = "skip", 0
	rec := &memory{}
	if _, err := runPlan(context.Background(), p, parts, rec, &watcher{}, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range last(rec.checkpoints).History.Columns {
		if math.IsNaN(c.Data[0]) || !math.IsNaN(c.Data[1]) || math.IsNaN(c.Data[2]) {
			t.Errorf("column %s is %v", c.Name, c.Data)
		}
	}
}

// inTurn is an objective that fails in one of its calls.
type inTurn struct {
	of        core.Objective
	calls, at int
}

func (o *inTurn) Spec() core.ObjectiveSpec { return o.of.Spec() }

func (o *inTurn) Cotangents(bar, b, all *core.Batch, beta float64) ([]float64, error) {
	if o.calls++; o.calls == o.at {
		return nil, core.Errorf(core.Numeric, "", "", "a weight is NaN")
	}
	return o.of.Cotangents(bar, b, all, beta)
}
