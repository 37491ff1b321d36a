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

// turned are scores with their divergences, or with their slopes along e.
func (s *subject) turned(t *testing.T, x, times, e []float64) (v, slope []float64) {
	t.Helper()
	v, slope = nans(len(x)), nans(len(times))
	row, out := core.RowScoreDiv, core.ScoreDiv
	if e != nil {
		row, out = core.RowScoreAlong, core.ScoreAlong
	}
	s.at(t, row, x, times, func(c *core.Call) {
		core.Along.Put(c.In, e)
		core.Score.Put(c.Out, v)
		out.Put(c.Out, slope)
	})
	return v, slope
}

// modelScoreSlope compares divergences, and slopes along directions, with central
// differences of the score in x.
func modelScoreSlope(t *testing.T, s *subject) {
	s.need(t, core.PowerScoreSlope)
	const n = 4
	x, at, e := configurations(s.space, s.o.Draw, 76, n), inner(n), weights(n*s.d, 76)
	of := func(along bool) (v, slope []float64) {
		if along {
			return s.turned(t, x, at, e)
		}
		return s.turned(t, x, at, nil)
	}
	for _, along := range []bool{false, true} {
		v, got := of(along)
		near(t, "score beside its slope", v, s.scores(t, x, at), s.o.Tolerance)
		for i := range n {
			want := 0.0
			for j := range s.d {
				toward := make([]float64, s.d)
				toward[j] = 1
				if along {
					copy(toward, e[i*s.d:(i+1)*s.d])
				}
				up, down := slices.Clone(x[i*s.d:(i+1)*s.d]), slices.Clone(x[i*s.d:(i+1)*s.d])
				for k := range toward {
					up[k] += s.o.Step * toward[k]
					down[k] -= s.o.Step * toward[k]
				}
				high, low := s.scores(t, up, at[i:i+1]), s.scores(t, down, at[i:i+1])
				want += (dot(toward, high) - dot(toward, low)) / (2 * s.o.Step)
				if along {
					break
				}
			}
			near(t, "slope of the score", got[i:i+1], []float64{want}, s.o.Slope)
		}
	}
}

// modelScoreSlopePull compares both pull-backs with central differences in theta.
func modelScoreSlopePull(t *testing.T, s *subject) {
	s.need(t, core.PowerScoreSlope)
	const n = 8
	x, at, sbar, bar := configurations(s.space, s.o.Draw, 77, n), inner(n), weights(n*s.d, 77), weights(n, 78)
	for _, c := range []struct {
		row *core.Row
		out *core.Quantity[float64]
		e   []float64
	}{{core.RowScoreDivPull, core.ScoreDiv, nil}, {core.RowScoreAlongPull, core.ScoreAlong, weights(n*s.d, 79)}} {
		s.load(t, s.theta)
		grad := nans(len(s.theta))
		s.at(t, c.row, x, at, func(call *core.Call) {
			core.Along.Put(call.In, c.e)
			core.Score.Put(call.Bar, sbar)
			c.out.Put(call.Bar, bar)
			core.Gradient.Put(call.Out, grad)
		})
		s.differences().check(t, c.row.Name, 1, grad, func(direction []float64, step float64) []float64 {
			s.load(t, moved(s.theta, direction, step))
			v, slope := s.turned(t, x, at, c.e)
			return []float64{dot(sbar, v) + dot(bar, slope)}
		})
	}
}

// inner are n times between the ends.
func inner(n int) []float64 {
	t := make([]float64, n)
	for i := range t {
		t[i] = float64(i+1) / float64(n+1)
	}
	return t
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
		times := inner(n)
		for i := range times {
			times[i] += shift
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
	times := inner(n)
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
