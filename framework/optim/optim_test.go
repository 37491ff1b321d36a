package optim

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"
)

func paperAdam() *Adam {
	return &Adam{Schedule: Constant(0.01), Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}
}

// along is the derivative that has a gradient and nothing else.
func along(grad []float64) core.Derivative { return core.Derivative{Gradient: grad} }

// Two steps of algorithm 1 by hand, with rate 0.1 and g = 1, -2:
//
//	mhat_1 = 1, vhat_1 = 1
//	m_2 = 0.9*0.1 - 0.1*2 = -0.11, mhat_2 = -0.11/0.19
//	v_2 = 0.999*0.001 + 0.001*4 = 0.004999, vhat_2 = 4.999/1.999
func TestAdamByHand(t *testing.T) {
	a := paperAdam()
	theta := []float64{0.5}
	a.move(theta, []float64{1}, 0.1)
	want := 0.5 - 0.1*1/(1+1e-8)
	if math.Abs(theta[0]-want) > 1e-15 {
		t.Errorf("after one step %v, want %v", theta[0], want)
	}
	a.move(theta, []float64{-2}, 0.1)
	want += 0.1 * (0.11 / 0.19) / (math.Sqrt(4.999/1.999) + 1e-8)
	if math.Abs(theta[0]-want) > 1e-14 {
		t.Errorf("after two steps %v, want %v", theta[0], want)
	}
}

// plainAdam is algorithm 1 of the paper, line by line.
func plainAdam(theta []float64, grads [][]float64, rate, beta1, beta2, epsilon float64) {
	m, v := make([]float64, len(theta)), make([]float64, len(theta))
	for step, g := range grads {
		t := float64(step + 1)
		for i := range theta {
			m[i] = beta1*m[i] + (1-beta1)*g[i]
			v[i] = beta2*v[i] + (1-beta2)*g[i]*g[i]
			mhat := m[i] / (1 - math.Pow(beta1, t))
			vhat := v[i] / (1 - math.Pow(beta2, t))
			theta[i] -= rate * mhat / (math.Sqrt(vhat) + epsilon)
		}
	}
}

func TestAdamEqualsItsPlainTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, a := range []*Adam{paperAdam(), {Beta1: 0, Beta2: 0.9, Epsilon: 0.1}} {
		grads := randomGradients(r, 50, 7)
		fast, plain := make([]float64, 7), make([]float64, 7)
		for _, g := range grads {
			a.move(fast, g, 0.01)
		}
		plainAdam(plain, grads, 0.01, a.Beta1, a.Beta2, a.Epsilon)
		for i := range fast {
			if math.Abs(fast[i]-plain[i]) > 1e-14 || fast[i] == 0 {
				t.Errorf("parameter %d is %v, the plain twin has %v", i, fast[i], plain[i])
			}
		}
	}
}

func randomGradients(r *rand.Rand, steps, n int) [][]float64 {
	grads := make([][]float64, steps)
	for s := range grads {
		grads[s] = make([]float64, n)
		for i := range grads[s] {
			grads[s][i] = r.NormFloat64() * math.Pow(10, float64(i%4))
		}
	}
	return grads
}

// On sum_i k_i (theta_i - c_i)^2 / 2, with stiffness k from 1 to 100.
func TestDescentReachesTheMinimum(t *testing.T) {
	k, c := []float64{1, 10, 100}, []float64{1, -2, 3}
	const steps = 2000
	adam := paperAdam()
	adam.Schedule = Cosine{Initial: 0.1, Steps: steps}
	for name, optimizer := range map[string]core.Optimizer{
		"adam":     adam,
		"sgd":      &SGD{Schedule: Constant(0.01)},
		"momentum": &SGD{Schedule: Constant(0.01), Momentum: 0.9},
	} {
		theta, grad := make([]float64, 3), make([]float64, 3)
		for step := range int64(steps) {
			for i := range theta {
				grad[i] = k[i] * (theta[i] - c[i])
			}
			if _, err := optimizer.Step(theta, along(grad), step+1); err != nil {
				t.Fatal(err)
			}
		}
		for i := range theta {
			if math.Abs(theta[i]-c[i]) > 1e-6 {
				t.Errorf("%s: parameter %d ended at %v, want %v", name, i, theta[i], c[i])
			}
		}
	}
}

// Under a constant gradient g, u_t = g (1 - mu^t)/(1 - mu), so that with
// mu = 1/2, rate 1 and g = 1 theta goes by 1, 3/2, 7/4.
func TestMomentumByHand(t *testing.T) {
	s := &SGD{Schedule: Constant(1), Momentum: 0.5}
	theta := []float64{0}
	for step, want := range []float64{-1, -2.5, -4.25} {
		rate, err := s.Step(theta, along([]float64{1}), int64(step+1))
		if theta[0] != want || rate != 1 || err != nil {
			t.Errorf("theta %v, want %v", theta[0], want)
		}
	}
}

// An optimiser rebuilt from its state goes on bit for bit, also when the state
// was taken before the first step, and is not tied to the one it came from.
func TestStateRoundTrip(t *testing.T) {
	const n = 5
	grads := randomGradients(rand.New(rand.NewPCG(3, 4)), 20, n)
	for name, fresh := range map[string]func() core.Optimizer{
		"adam": func() core.Optimizer { return paperAdam() },
		"sgd":  func() core.Optimizer { return &SGD{Schedule: Constant(0.01), Momentum: 0.9} },
	} {
		for _, stop := range []int{0, 1, 13} {
			whole, part, rest := fresh(), fresh(), fresh()
			want, got := make([]float64, n), make([]float64, n)
			for _, g := range grads {
				whole.Step(want, along(g), 1)
			}
			for _, g := range grads[:stop] {
				part.Step(got, along(g), 1)
			}
			state := part.State()
			part.Step(slices.Clone(got), along(grads[0]), 1) // must not reach the state
			rest.Step(make([]float64, n), along(grads[1]), 1)
			if err := rest.SetState(state); err != nil {
				t.Fatal(err)
			}
			for _, x := range state {
				x[0] = math.NaN() // it was copied
			}
			for _, g := range grads[stop:] {
				rest.Step(got, along(g), 1)
			}
			if !slices.Equal(got, want) || want[0] == 0 {
				t.Errorf("%s stopped after %d: %v, want %v", name, stop, got, want)
			}
		}
	}
}

func TestStateOfAnotherIsRefused(t *testing.T) {
	adam, sgd := paperAdam(), &SGD{Schedule: Constant(0.1), Momentum: 0.9}
	theta := []float64{1, 2}
	adam.Step(theta, along(theta), 1)
	sgd.Step(theta, along(theta), 1)
	before := adam.State()
	for name, state := range map[string]map[string][]float64{
		"sgd":      sgd.State(),
		"half":     {"step": {1}, "first_moment": {1, 2}},
		"lengths":  {"step": {1}, "first_moment": {1, 2}, "second_moment": {1}},
		"step":     {"step": {0.5}, "first_moment": {1}, "second_moment": {1}},
		"no step":  {"step": {}, "first_moment": {1}, "second_moment": {1}},
		"nan step": {"step": {math.NaN()}, "first_moment": {1}, "second_moment": {1}},
		"more":     {"step": {1}, "first_moment": {1}, "second_moment": {1}, "velocity": {1}},
	} {
		if err := adam.SetState(state); err == nil {
			t.Errorf("adam took the state %q", name)
		}
	}
	if err := sgd.SetState(before); err == nil {
		t.Error("sgd took adam's state")
	}
	for name, x := range adam.State() {
		if !slices.Equal(x, before[name]) {
			t.Errorf("a refused state changed %s to %v", name, x)
		}
	}
}

func TestLengthsMustAgree(t *testing.T) {
	for name, o := range map[string]core.Optimizer{"adam": paperAdam(), "sgd": &SGD{Schedule: Constant(1)}} {
		o.Step(make([]float64, 2), along(make([]float64, 2)), 1)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s took 3 parameters after 2", name)
				}
			}()
			o.Step(make([]float64, 3), along(make([]float64, 3)), 1)
		}()
	}
}

func TestStepsAllocateNothing(t *testing.T) {
	theta, grad := make([]float64, 1000), make([]float64, 1000)
	for name, o := range map[string]core.Optimizer{"adam": paperAdam(), "sgd": &SGD{Schedule: Constant(1)}} {
		o.Step(theta, along(grad), 1)
		if n := testing.AllocsPerRun(10, func() { o.Step(theta, along(grad), 1) }); n != 0 {
			t.Errorf("%s: %v allocations a step", name, n)
		}
	}
}

// What the keys say is what the optimiser does: the gradient (30, 40) is clipped to
// length 5, (3, 4), and the decay adds 0.5 theta; the rate is that of the schedule
// at step 3 of a warm-up of 6.
func TestPartsAreTheirKeys(t *testing.T) {
	for _, part := range Parts() {
		if part.Name == "sweep" {
			continue // it has none
		}
		s, problems := core.Complete(part.Params, core.Settings{"learning_rate": 2.0, "warmup": int64(6)})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		clips := part.Name == "adam" || part.Name == "sgd"
		if clips {
			s["clip"], s["weight_decay"] = 5.0, 0.5
		}
		o, err := part.NewOptimizer(s, 10)
		if err != nil {
			t.Fatal(err)
		}
		theta, d := []float64{2, -2}, core.Derivative{Gradient: []float64{30, 40}, Norm: 50, Direction: []float64{1e-9, 1e-9}}
		rate, err := o.Step(theta, d, 3)
		if err != nil || rate != 1 || theta[0] == 2 || (o.Spec().Direction == "") != clips {
			t.Errorf("%s: rate %v, theta %v, spec %+v, error %v", part.Name, rate, theta, o.Spec(), err)
		}
		if want := []float64{4, 3}; clips && math.Hypot(d.Gradient[0]-want[0], d.Gradient[1]-want[1]) > 1e-15 {
			t.Errorf("%s: shaped to %v, want %v", part.Name, d.Gradient, want)
		}
	}
}

func BenchmarkAdam(b *testing.B) {
	a := &Adam{Schedule: Constant(1e-3), Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}
	theta, grad := make([]float64, 800_000), make([]float64, 800_000)
	for i := range grad {
		grad[i] = float64(i%7) - 3
	}
	a.Step(theta, along(grad), 1)
	for range enginetest.Loop(b) {
		a.Step(theta, along(grad), 1)
	}
}
