package sample

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest/reference"
)

// ornstein is the process of Ornstein and Uhlenbeck for a time of 3 on normal variables of
// the variance 4: with u the time from the data on, v(u) = 1 + 3 exp(-2u).
func ornstein(t *testing.T, d int) core.Model {
	t.Helper()
	m, err := reference.Ornstein(duration).NewModel(nil, core.Space{Kind: core.Field, Shape: []int{d}})
	if err == nil {
		err = m.Load([]float64{0, math.Ln2})
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const duration = 3

func variance(u float64) float64 { return 1 + 3*math.Exp(-2*u) }

// rates are the drift, the diffusion and the slope of the score at a time.
func rates(t *testing.T, m core.Model, at float64) (f, g2, slope float64) {
	t.Helper()
	s, drift, diffusion, time := make([]float64, 1), make([]float64, 1), make([]float64, 1), []float64{at}
	field := m.(core.ScoreField)
	if err := field.Score(s, []float64{1}, time); err != nil {
		t.Fatal(err)
	}
	if err := field.Diffusion(drift, diffusion, time); err != nil {
		t.Fatal(err)
	}
	return drift[0], diffusion[0], s[0]
}

// reversed is the variance after k steps of Euler and Maruyama on the way back, by its
// recursion v <- (1 - h f + h g^2 s')^2 v + h g^2 of normal variables, s' the slope of s.
func reversed(t *testing.T, v float64, k int) float64 {
	m, h := ornstein(t, 1), 1/float64(k)
	for i := range k {
		f, g2, slope := rates(t, m, float64(i)*h)
		keep := 1 - h*f + h*g2*slope
		v = keep*keep*v + h*g2
	}
	return v
}

// The recursion in numbers that were computed with another program: 100 and 400 steps from
// the density that the noise has, and 100 from the standard normal one. Then draws, whose
// variance has the standard error v sqrt(2/n).
func TestReverseSDE(t *testing.T) {
	for _, c := range []struct {
		start float64
		steps int
		want  float64
	}{{variance(duration), 100, 3.9205151159}, {variance(duration), 400, 3.9797559936}, {1, 100, 3.9202498072}} {
		if got := reversed(t, c.start, c.steps); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%d steps from the variance %v end at %.10f, want %v", c.steps, c.start, got, c.want)
		}
	}
	const d, n, steps = 20, 10000, 20
	x := byScore(t, &ByScore{Model: ornstein(t, d).(core.ScoreField), Size: d, ScoreSteps: ScoreSteps{Steps: steps, Predict: true}}, n)
	_, got := moments(x)
	want := reversed(t, -math.Expm1(-2*duration), steps)
	if math.Abs(got-want) > 3*want*math.Sqrt(2.0/(d*n)) {
		t.Errorf("the variance of the draws is %v, want %v", got, want)
	}
}

func byScore(t *testing.T, s core.Sampler, n int) []float64 {
	t.Helper()
	var b core.Batch
	state, err := s.Init(5)
	if err == nil {
		_, err = s.Next(&b, state, n)
	}
	if err != nil {
		t.Fatal(err)
	}
	if b.N != n || len(b.LogP) > 0 {
		t.Fatalf("%d draws of %d with ln p of %d", b.N, n, len(b.LogP))
	}
	return b.X
}

func moments(x []float64) (mean, variance float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x))
	}
	return mean, variance
}

// flow follows dx/dt = -f x + g^2 s/2 of a linear score from x = 1, by Euler's method or
// that of Runge and Kutta, and returns x and the integral of the divergence.
func probabilityFlow(t *testing.T, from, to float64, steps int, fourth bool) (x, div float64) {
	m, h := ornstein(t, 1), (to-from)/float64(steps)
	slope := func(at float64) float64 {
		f, g2, s := rates(t, m, at)
		return -f + g2*s/2
	}
	x = 1
	for k := range steps {
		at := from + float64(k)*h
		first, middle, last := slope(at), 0.0, 0.0
		if !fourth {
			x += h * first * x
			continue
		}
		middle, last = slope(at+h/2), slope(at+h)
		k1 := first * x
		k2 := middle * (x + h/2*k1)
		k3 := middle * (x + h/2*k2)
		k4 := last * (x + h*k3)
		x += h / 6 * (k1 + 2*k2 + 2*k3 + k4)
		div += h / 6 * (first + 4*middle + last)
	}
	return x, div
}

// The probability flow of normal variables stretches them. Back from the noise to the data
// the variances were computed with another program; from the data on, the stretch is
// sqrt(v(u)/4), and ln p of the data is that of the noise less the divergence.
func TestProbabilityFlow(t *testing.T) {
	for _, c := range []struct {
		start  float64
		steps  int
		fourth bool
		want   float64
	}{{variance(duration), 100, false, 3.8762921550}, {variance(duration), 400, false, 3.9684058821}, {variance(duration), 100, true, 3.9999999957},
		{1, 100, false, 3.8476798208}, {1, 100, true, 3.9704745285}} {
		x, _ := probabilityFlow(t, 0, 1, c.steps, c.fourth)
		if got := c.start * x * x; math.Abs(got-c.want) > 2e-10*4 {
			t.Errorf("%d steps, of fourth order %v, from the variance %v end at %.10f, want %v", c.steps, c.fourth, c.start, got, c.want)
		}
	}
	for u, want := range map[float64]float64{0.5: 0.725196236, 1: 0.592875588, 3: 0.501855621} {
		x, div := probabilityFlow(t, 1, 1-u/duration, 100, true)
		if math.Abs(x-want) > 1e-6 || math.Abs(x-math.Sqrt(variance(u)/4)) > 1e-6 {
			t.Errorf("after a time of %v all is stretched by %v, want %v", u, x, want)
		}
		const at = 1.7
		normal := func(x, v float64) float64 { return -x*x/(2*v) - math.Log(2*math.Pi*v)/2 }
		if got := normal(at*x, variance(u)) + div; math.Abs(got-normal(at, 4)) > 1e-6 {
			t.Errorf("ln p of the data from a time of %v is %v, want %v", u, got, normal(at, 4))
		}
	}
}

// plane is the score of a mixture of normal variables in the plane, of the variance one
// about (m, m), with noise of sigma = low (high/low)^(1-t):
//
//	s = sum_k r_k (m_k - x)/(1 + sigma^2),   r_k = w_k N_k(x)/sum w N.
type plane struct {
	core.Model
	weight, mean []float64
	low, high    float64
}

func (p plane) sigma(t float64) float64 { return p.low * math.Pow(p.high/p.low, 1-t) }

func (p plane) Score(s, x, t []float64) error {
	for i, at := range t {
		v := 1 + p.sigma(at)*p.sigma(at)
		sum, share := 0.0, make([]float64, len(p.weight))
		for k, m := range p.mean { // relative to the first, so that none is lost far away
			share[k] = p.weight[k] * math.Exp((m-p.mean[0])*(x[2*i]+x[2*i+1]-m-p.mean[0])/v)
			sum += share[k]
		}
		s[2*i], s[2*i+1] = 0, 0
		for k, m := range p.mean {
			for j := 2 * i; j < 2*i+2; j++ {
				s[j] += share[k] / sum * (m - x[j]) / v
			}
		}
	}
	return nil
}

func (plane) ScorePull([]float64, *core.Batch, []float64) error { return nil }

func (p plane) Noising(signal, noise, t []float64) error {
	for i, at := range t {
		signal[i], noise[i] = 1, p.sigma(at)
	}
	return nil
}

func (p plane) Diffusion(drift, diffusion, t []float64) error {
	for i, at := range t {
		drift[i], diffusion[i] = 0, 2*p.sigma(at)*p.sigma(at)*math.Log(p.high/p.low)
	}
	return nil
}

func (plane) Spec() core.ModelSpec {
	return core.ModelSpec{Space: core.Space{Kind: core.Field, Shape: []int{2}}, Powers: []core.Power{core.PowerScore}}
}

// A step of Langevin's equation leaves normal variables of the variance v, here 1 and the
// noise, at v/(1 - alpha/(2v)), and 100 steps forget where they began. The least noise is
// so small, and a step in its units so large, that v = 1 to 1e-6: the numbers are those of
// the closed form, alpha = 0.05 and 0.1.
func TestStepsOfLangevin(t *testing.T) {
	const n, low = 30000, 1e-3
	for alpha, want := range map[float64]float64{0.05: 1.0256410256, 0.1: 1.0526315789} {
		still := plane{weight: []float64{1}, mean: []float64{0}, low: low, high: low}
		x := byScore(t, &ByScore{Model: still, Size: 2, ScoreSteps: ScoreSteps{Steps: 1, Corrections: 50, StepSize: alpha / (low * low)}}, n)
		if _, got := moments(x); math.Abs(got-want) > 3*want*math.Sqrt(1.0/n) {
			t.Errorf("alpha = %v: the variance is %v, want %v", alpha, got, want)
		}
	}
}

// upper is the share of the draws in the upper mode.
func upper(x []float64) (share float64) {
	for i := 0; i < len(x); i += 2 {
		if x[i]+x[i+1] > 0 {
			share += 2 / float64(len(x))
		}
	}
	return share
}

// The two modes of Song and Ermon (2019, section 3.2.1), of 0.8 and 0.2. From the noise of 20
// to that of 1 without a level between, a draw stays on the side where the noise has put it,
// 0.8 Phi(x) + 0.2 Phi(-x) of them above, x = 5 sqrt 2/sqrt 401. By ten levels they find the
// weights. 0.03 are four standard errors and the errors of the steps. The other samplers
// rely on the density at t = 0, which for this noise differs from that of the noise alone:
// with 200 in the place of 20 it does not.
func TestWeightsOfModes(t *testing.T) {
	const n = 3000
	at := func(low, high float64) plane {
		return plane{weight: []float64{0.8, 0.2}, mean: []float64{5, -5}, low: low, high: high}
	}
	for _, c := range []struct {
		method string
		field  plane
		keys   core.Settings
		want   float64
	}{
		{"annealed_langevin", at(1, 20), core.Settings{"steps": int64(1)}, 0.583},
		{"annealed_langevin", at(1, 20), nil, 0.8},
		{"reverse_sde", at(1, 200), nil, 0.8},
		{"predictor_corrector", at(1, 200), nil, 0.8},
	} {
		part := named(t, c.method)
		keys, problems := core.Complete(part.Params, c.keys)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		s, err := part.NewSampler(keys, core.Target{Model: c.field})
		if err != nil {
			t.Fatal(err)
		}
		if got := upper(byScore(t, s, n)); math.Abs(got-c.want) > 0.03 {
			t.Errorf("%s %v from %v to %v: %v in the upper mode, want %v", c.method, c.keys, c.field.high, c.field.low, got, c.want)
		}
	}
}

func named(t *testing.T, name string) core.Part {
	t.Helper()
	all := Parts()
	i := slices.IndexFunc(all, func(p core.Part) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("no sampler %s", name)
	}
	return all[i]
}

// At its end a draw with noise has the variance v + sigma^2, and the mean of the data that
// belong to it v^2/(v + sigma^2).
func TestDenoise(t *testing.T) {
	const n = 5000
	one := plane{weight: []float64{1}, mean: []float64{0}, low: 1, high: 20}
	for denoise, want := range map[bool]float64{false: 2, true: 0.5} {
		_, got := moments(byScore(t, &ByScore{Model: one, Size: 2, ScoreSteps: ScoreSteps{Steps: 200, Predict: true, Denoise: denoise}}, n))
		if math.Abs(got-want) > 0.05*want {
			t.Errorf("denoise = %v: the variance is %v, want %v", denoise, got, want)
		}
	}
}

// A draw of a state is that of the configurations with their numbers, and what is not a
// number is an error.
func TestDrawsByScore(t *testing.T) {
	s := &ByScore{Model: ornstein(t, 2).(core.ScoreField), Size: 2, ScoreSteps: ScoreSteps{Steps: 5, Corrections: 2, StepSize: 0.1, Predict: true}}
	whole := byScore(t, s, 10)
	part := core.Batch{From: 4}
	next, err := s.Next(&part, core.SamplerState{Seed: 5}, 3)
	if err != nil || !slices.Equal(part.X, whole[8:14]) || next.Drawn != 1 {
		t.Errorf("draws 4 to 6 are %v, in the whole %v; %v", part.X, whole[8:14], err)
	}
	if _, err := s.Next(&part, next, 3); err != nil || slices.Equal(part.X, whole[8:14]) {
		t.Errorf("the next draws are the same; %v", err)
	}
	s.StepSize = 1e200
	if _, err := s.Next(&part, next, 3); core.KindOf(err) != core.Numeric {
		t.Errorf("error %v", err)
	}
}
