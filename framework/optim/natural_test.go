package optim

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// With F + damping = diag(4, 1) and g = (4, 3), s is (1, 3) and g.s = 13: a
// limit of 13/4 halves the step, one of 13 or none leaves it.
func TestLimit(t *testing.T) {
	for _, c := range []struct {
		limit float64
		want  []float64
	}{{13.0 / 4, []float64{0.5, 1.5}}, {13, []float64{1, 3}}, {0, []float64{1, 3}}} {
		step, grad := []float64{1, 3}, []float64{4, 3}
		if err := Limit(step, grad, c.limit); err != nil || !slices.Equal(step, c.want) || grad[0] != 4 {
			t.Errorf("limit %v: step %v, want %v; gradient %v, error %v", c.limit, step, c.want, grad, err)
		}
	}
	zero := []float64{0}
	if err := Limit(zero, zero, 1); err != nil || zero[0] != 0 {
		t.Errorf("at the minimum: step %v, error %v", zero, err)
	}
}

func TestLimitRefusesWhatDoesNotDescend(t *testing.T) {
	for _, step := range [][]float64{{-1, 0}, {math.NaN(), 1}, {1, math.Inf(1)}, {math.Inf(1), math.Inf(-1)}} {
		before := slices.Clone(step)
		if err := Limit(step, []float64{1, 1}, 1e-3); err == nil || !slices.EqualFunc(step, before, func(a, b float64) bool { return a == b || a != a && b != b }) {
			t.Errorf("step %v became %v without an error", before, step)
		}
	}
}

// On theta.M theta/2 with M = diag(1, 10000) a natural gradient with F = M needs one
// step of rate 1 where gradient descent needs thousands; limited, it goes
// straight to the minimum by equal lengths sqrt(1e-2) in the metric of M.
func TestLimitedNaturalDescent(t *testing.T) {
	stiffness := []float64{1, 10000}
	theta, grad, step := []float64{1, -0.01}, make([]float64, 2), make([]float64, 2)
	start := math.Sqrt2 // the length of theta in the metric
	natural := &Natural{Schedule: Constant(1), MaxNorm: 1e-2}
	for k := 1; k <= 15; k++ {
		for i := range theta {
			grad[i] = stiffness[i] * theta[i]
			step[i] = theta[i]
		}
		if _, err := natural.Step(theta, core.Derivative{Gradient: grad, Direction: step}, int64(k)); err != nil {
			t.Fatal(err)
		}
		want := max(0, 1-float64(k)*0.1/start)
		if math.Abs(theta[0]-want) > 1e-12 || math.Abs(theta[1]+0.01*want) > 1e-12 {
			t.Errorf("step %d: theta %v, want %v of the start", k, theta, want)
		}
	}
}

// Parts whose Fisher matrices are apart have a limit each: a long step of one does not shorten
// that of the other.
func TestFactorsAreLimitedApart(t *testing.T) {
	natural := &Natural{Schedule: Constant(1), MaxNorm: 1}
	theta := []float64{0, 0, 0}
	d := core.Derivative{Gradient: []float64{0.5, 30, 40}, Direction: []float64{0.5, 30, 40}, Factors: []int{1, 2}}
	if _, err := natural.Step(theta, d, 1); err != nil || !slices.Equal(theta, []float64{-0.5, -0.6, -0.8}) {
		t.Errorf("theta %v, error %v", theta, err)
	}
}

// The first part, p(K) of a density matrix, may have a limit of its own: g.s is 64 and 2500, and 16 and 1 are allowed.
func TestStatesAreLimitedByTheirOwn(t *testing.T) {
	natural := &Natural{Schedule: Constant(1), MaxNorm: 1, MaxNormStates: 16}
	theta := []float64{0, 0, 0}
	d := core.Derivative{Gradient: []float64{8, 30, 40}, Direction: []float64{8, 30, 40}, Factors: []int{1, 2}}
	if _, err := natural.Step(theta, d, 1); err != nil || !slices.Equal(theta, []float64{-4, -0.6, -0.8}) {
		t.Errorf("theta %v, error %v", theta, err)
	}
	whole := core.Derivative{Gradient: []float64{8, 0, 0}, Direction: []float64{8, 0, 0}}
	theta = []float64{0, 0, 0}
	if _, err := natural.Step(theta, whole, 1); err != nil || theta[0] != -1 {
		t.Errorf("a model of one part: theta %v, error %v", theta, err)
	}
}

// A step that does not descend leaves theta alone, and is a numeric error.
func TestNaturalRefusesWhatDoesNotDescend(t *testing.T) {
	theta := []float64{1, 2}
	_, err := (&Natural{Schedule: Constant(1)}).Step(theta, core.Derivative{Gradient: []float64{1, 1}, Direction: []float64{-1, 0}}, 1)
	if core.KindOf(err) != core.Numeric || !slices.Equal(theta, []float64{1, 2}) {
		t.Errorf("theta %v, error %v", theta, err)
	}
}

// There is no state; the velocity that earlier versions wrote is passed over, and
// what another optimiser wrote is not.
func TestNaturalHasNoState(t *testing.T) {
	n := &Natural{}
	if err := n.SetState(map[string][]float64{"velocity": {1, 2}}); err != nil || len(n.State()) > 0 {
		t.Errorf("state %v, error %v", n.State(), err)
	}
	if err := n.SetState(map[string][]float64{"step": {1}}); err == nil {
		t.Error("it took another's state")
	}
}
