package run

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// gradientsOf binds a plan of the ring's free field and starts it.
func gradientsOf(t *testing.T, gradient string) (*plan.Plan, Parts, []float64) {
	t.Helper()
	parts, p := ring(t), ringPlan(gradient, 10)
	p.Beta = 3                              // else f has nearly the mean zero, and a baseline takes nothing
	p.Train.Batch, p.Train.Anneal = 16, 0.9 // no annealing is seen
	var err error
	parts.Objective, err = partNamed(objective.Parts(), "reverse_kl").NewObjective(p.Objective.Settings,
		core.Setting{Beta: p.Beta, Energy: parts.Energy.Spec(), Model: parts.Model.Spec()})
	if err != nil {
		t.Fatal(err)
	}
	theta, err := Start(p, parts)
	if err != nil {
		t.Fatal(err)
	}
	return p, parts, theta
}

// The estimates of one gradient agree in the mean, and scatter less the more of what has
// mean zero is taken from them.
func TestGradientsOfOneDensity(t *testing.T) {
	const repeats = 400
	all := map[string]*stats.Gradients{}
	var err error
	for _, name := range []string{"score_raw", "score", "pathwise", "path_gradient"} {
		p, parts, theta := gradientsOf(t, name)
		if all[name], err = Gradients(context.Background(), p, parts, theta, repeats); err != nil {
			t.Fatal(err)
		}
	}
	p, parts, theta := gradientsOf(t, "score_raw")
	scores, err := Scores(context.Background(), p, parts, theta, repeats)
	if err != nil {
		t.Fatal(err)
	}
	all["optimal"] = all["score_raw"].Controlled(scores)
	for _, pair := range [][2]string{{"score_raw", "score"}, {"score_raw", "optimal"}, {"pathwise", "path_gradient"}} {
		more, _ := all[pair[0]].Total()
		less, stderr := all[pair[1]].Total()
		if less > more-4*stderr {
			t.Errorf("variance %v of %s, %v(%v) of %s", more, pair[0], less, stderr, pair[1])
		}
	}
	for name, g := range all {
		if _, z := g.Distance(all["path_gradient"]); math.Abs(z) > 4 {
			t.Errorf("z = %v of %s from the path gradient", z, name)
		}
	}
	zero := stats.NewGradients(len(theta), repeats)
	for range repeats {
		zero.Add(make([]float64, len(theta)))
	}
	if _, z := scores.Distance(zero); math.Abs(z) > 4 {
		t.Errorf("z = %v of the scores from zero", z)
	}
	if _, z := all["score"].Distance(zero); z < 10 {
		t.Errorf("z = %v of the gradient from zero: there is nothing to compare", z)
	}
}

func TestGradientsStop(t *testing.T) {
	p, parts, theta := gradientsOf(t, "score")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Gradients(ctx, p, parts, theta, 3); core.KindOf(err) != core.Interrupted {
		t.Errorf("error %v", err)
	}
	if _, err := Gradients(context.Background(), p, parts, theta, 1<<50); err == nil || !strings.Contains(err.Error(), "fewer --repeats") {
		t.Errorf("error %v", err)
	}
}

// coin is the energy (b - 0.499)^2 of one spin, b = (1 + s)/2.
type coin struct{}

func (coin) Spec() core.EnergySpec {
	return core.EnergySpec{Space: core.Space{Kind: core.Spins, Shape: []int{1}}, Units: "1"}
}

func (coin) Eval(dst []float64, b *core.Batch) error {
	for i, s := range b.X {
		dst[i] = ((1+s)/2 - 0.499) * ((1+s)/2 - 0.499)
	}
	return nil
}

// Of a coin with p(s) = exp(theta s)/(2 cosh theta) all is known: f is f_1 = 0.251001 with the
// probability p = (1 + t)/2, t = tanh theta, else f_0 = 0.249001, and the score is 1 - t or
// -1 - t. The baseline that is the best takes all variance, as a straight line goes through two
// points, and so do weak derivatives, whose pairs are the two faces.
func TestGradientsOfACoin(t *testing.T) {
	const theta, n, repeats = 0.3, 16, 4000
	th := math.Tanh(theta)
	p, q, f1, f0 := (1+th)/2, (1-th)/2, 0.251001, 0.249001
	mean, slope := p*f1+q*f0, (f1-f0)*(1-th*th)/2
	variance := func(b float64) float64 {
		return p*(f1-b)*(f1-b)*(1-th)*(1-th) + q*(f0-b)*(f0-b)*(1+th)*(1+th) - slope*slope
	}
	others := (slope*slope + p*q*(f1-f0)*(f1-f0)*(1-th*th)) / (n - 1) // see TestVariancesOfFunctions in framework/app
	all := map[string]*stats.Gradients{}
	for _, name := range []string{"score_raw", "score", "measure_valued"} {
		plan := testPlan(10)
		plan.Beta, plan.Train.Batch, plan.Objective.Settings["gradient"] = math.Inf(1), n, name
		model, err := coretest.Product().NewModel(core.Settings{"scale": 1.0}, coin{}.Spec().Space)
		if err != nil {
			t.Fatal(err)
		}
		parts := Parts{Model: model, Energy: coin{}}
		parts.Objective, err = partNamed(objective.Parts(), "reverse_kl").NewObjective(plan.Objective.Settings,
			core.Setting{Beta: plan.Beta, Energy: coin{}.Spec(), Model: model.Spec()})
		if err != nil {
			t.Fatal(err)
		}
		if all[name], err = Gradients(context.Background(), plan, parts, []float64{theta}, repeats); err != nil {
			t.Fatal(err)
		}
		if name != "score_raw" {
			continue
		}
		scores, err := Scores(context.Background(), plan, parts, []float64{theta}, repeats)
		if err != nil {
			t.Fatal(err)
		}
		all["optimal"] = all[name].Controlled(scores)
	}
	for name, want := range map[string]float64{"score_raw": variance(0), "score": variance(mean) + others, "optimal": 0, "measure_valued": 0} {
		got, stderr := all[name].Total()
		if math.Abs(n*got-want) > 4*n*stderr+1e-15 {
			t.Errorf("%s: variance %v(%v), want %v", name, n*got, n*stderr, want)
		}
		if got := all[name].Mean()[0]; math.Abs(got-slope) > 4*math.Sqrt(want/n/repeats)+1e-15 {
			t.Errorf("%s: derivative %v, want %v", name, got, slope)
		}
	}
}
