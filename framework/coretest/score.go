package coretest

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func (s *subject) scores(t *testing.T, x, times []float64) []float64 {
	t.Helper()
	v := nans(len(x))
	s.at(t, core.RowScore, x, times, func(c *core.Call) { core.Score.Put(c.Out, v) })
	return v
}

// modelScoreField tests that a score is one of its configuration and time alone.
func modelScoreField(t *testing.T, s *subject) {
	s.need(t, core.PowerScore)
	n := s.o.Large
	x, at := configurations(s.space, s.o.Draw, 74, n), instants(n)
	myX, myT := slices.Clone(x), slices.Clone(at)
	v := s.scores(t, myX, myT)
	same(t, "x after Score", myX, x)
	same(t, "t after Score", myT, at)
	i := n / 3
	near(t, "score alone and in a batch", s.scores(t, x[i*s.d:(i+1)*s.d], at[i:i+1]), v[i*s.d:(i+1)*s.d], s.o.Tolerance)
	s.scores(t, nil, nil)
}

// modelScorePull compares ScorePull with central differences of
// sum_i sbar_i . s(x_i, t_i).
func modelScorePull(t *testing.T, s *subject) {
	s.need(t, core.PowerScore)
	const n = 12
	x, at, sbar := configurations(s.space, s.o.Draw, 75, n), instants(n), weights(n*s.d, 75)
	mySbar, grad := slices.Clone(sbar), nans(len(s.theta))
	s.at(t, core.RowScorePull, x, at, func(c *core.Call) {
		core.Score.Put(c.Bar, mySbar)
		core.Gradient.Put(c.Out, grad)
	})
	same(t, "sbar after ScorePull", mySbar, sbar)
	s.differences().check(t, "ScorePull", 1, grad, func(direction []float64, step float64) []float64 {
		s.load(t, moved(s.theta, direction, step))
		return []float64{dot(sbar, s.scores(t, x, at))}
	})
}

// modelNoising compares f and g^2 with differences of a and sigma,
//
//	f = -d ln a/dt,   g^2 = -d sigma^2/dt - 2 f sigma^2,
//
// which with steps of 1e-4 are good to 1e-6 or so, where a and sigma change by factors of
// hundreds. sigma/a has to fall.
func modelNoising(t *testing.T, s *subject) {
	s.need(t, core.PowerScore)
	const n, step = 9, 1e-4
	at := func(shift float64) (a, sigma []float64) {
		times := make([]float64, n)
		for i := range times {
			times[i] = float64(i+1)/(n+1) + shift
		}
		a, sigma = nans(n), nans(n)
		s.at(t, core.RowNoising, nil, times, func(c *core.Call) {
			core.Signal.Put(c.Out, a)
			core.NoiseLevel.Put(c.Out, sigma)
		})
		return a, sigma
	}
	a, sigma := at(0)
	early, high := at(-step)
	late, low := at(step)
	f, g := nans(n), nans(n)
	times := make([]float64, n)
	for i := range times {
		times[i] = float64(i+1) / (n + 1)
	}
	s.at(t, core.RowDiffusion, nil, times, func(c *core.Call) {
		core.Drift.Put(c.Out, f)
		core.Diffusion.Put(c.Out, g)
	})
	for i := range n {
		if !(a[i] > 0) || !(sigma[i] > 0) || !(low[i]/late[i] < high[i]/early[i]) {
			t.Errorf("at t = %v a = %v and sigma = %v, and sigma/a goes from %v to %v", times[i], a[i], sigma[i], high[i]/early[i], low[i]/late[i])
		}
		drift := -math.Log(late[i]/early[i]) / (2 * step)
		diffusion := -(low[i]*low[i]-high[i]*high[i])/(2*step) - 2*drift*sigma[i]*sigma[i]
		if scale := 1 + math.Abs(drift); math.Abs(f[i]-drift) > 1e-5*scale {
			t.Errorf("f(%v) = %v, by differences %v", times[i], f[i], drift)
		}
		if math.Abs(g[i]-diffusion) > 1e-5*(diffusion+math.Abs(drift)*sigma[i]*sigma[i]) {
			t.Errorf("g^2(%v) = %v, by differences %v", times[i], g[i], diffusion)
		}
	}
}
