package run

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
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
