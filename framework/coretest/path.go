package coretest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func (s *subject) pathPull(t *testing.T, b *core.Batch, xbar, lbar []float64) []float64 {
	t.Helper()
	grad := nans(len(s.theta))
	if err := s.Model.(core.PathPuller).PathPull(grad, b, xbar, lbar); err != nil {
		t.Fatal(err)
	}
	return grad
}

// modelPath compares PathPull with central differences, at a fixed seed, of
//
//	sum_i [ xbar_i . x_i(theta) + lbar_i ln p(x_i(theta); theta) ].
func modelPath(t *testing.T, s *subject) {
	s.need(t, core.PowerPath)
	const seed, n = 31, 12
	xbar, lbar := weights(n*s.d, 31), weights(n, 32)
	myXbar, myLbar := slices.Clone(xbar), slices.Clone(lbar)
	grad := s.pathPull(t, s.sample(t, seed, n), myXbar, myLbar)
	same(t, "xbar after PathPull", myXbar, xbar)
	same(t, "lbar after PathPull", myLbar, lbar)
	s.differences().check(t, "PathPull", 1, grad, func(direction []float64, step float64) []float64 {
		s.load(t, moved(s.theta, direction, step))
		b := s.sample(t, seed, n)
		return []float64{dot(xbar, b.X) + dot(lbar, b.LogP)}
	})
}

// modelPathInUse tests that what happens between the draw and PathPull changes
// nothing, nor does the size of the batch.
func modelPathInUse(t *testing.T, s *subject) {
	s.need(t, core.PowerPath)
	const seed, n = 33, 40
	xbar, lbar := weights(n*s.d, 33), weights(n, 34)
	want := s.pathPull(t, s.sample(t, seed, n), xbar, lbar)

	b := s.sample(t, seed, n)
	x := configurations(s.space, s.o.Draw, 35, 7)
	s.logProb(t, x)
	s.pull(t, &core.Batch{N: 7, X: x}, weights(7, 35))
	s.pull(t, b, lbar)
	if s.has(core.PowerSlope) {
		s.slope(t, x)
	}
	if s.has(core.PowerMap) {
		s.mapped(t, x)
		s.inverse(t, x)
		s.mapPull(t, x, x, weights(7, 36))
	}
	got := s.pathPull(t, b, xbar, lbar)
	near(t, "PathPull after other calls", got, want, s.o.Tolerance)
	s.again(t, "PathPull once more", s.pathPull(t, b, xbar, lbar), got)

	large := s.sample(t, seed, s.o.Large)
	first := s.pathPull(t, large, pad(xbar, s.o.Large*s.d), pad(lbar, s.o.Large))
	near(t, "PathPull of the first of a large batch", first, want, s.o.Tolerance)
	for i, g := range s.pathPull(t, s.sample(t, seed, 0), nil, nil) {
		if g != 0 {
			t.Fatalf("component %d of PathPull of an empty batch is %v", i, g)
		}
	}
}

// pad returns v with zeros up to length n.
func pad(v []float64, n int) []float64 { return append(slices.Clone(v), make([]float64, n-len(v))...) }

// modelLostNoise tests that PathPull takes no batch but the last.
func modelLostNoise(t *testing.T, s *subject) {
	s.need(t, core.PowerPath)
	const n = 5
	xbar, lbar, grad := weights(n*s.d, 37), weights(n, 38), make([]float64, len(s.theta))
	refused := func(what string, b *core.Batch) {
		t.Helper()
		if err := s.Model.(core.PathPuller).PathPull(grad, b, xbar, lbar); core.KindOf(err) != core.Invalid {
			t.Errorf("PathPull of %s: error %v, want one of kind %v", what, err, core.Invalid)
		}
	}
	old := s.sample(t, 37, n)
	b := s.sample(t, 38, n)
	refused("the batch before the last", old)
	refused("a batch without an ID", &core.Batch{N: n, X: b.X, LogP: b.LogP})
	refused("a batch nobody drew", &core.Batch{ID: 1 << 60, N: n, X: b.X, LogP: b.LogP})
	s.pathPull(t, b, xbar, lbar)
	s.load(t, s.parameters(t, 2))
	refused("a batch drawn with other parameters", b)
}

// modelScore compares the two ways to differentiate a mean,
//
//	d/dtheta E[f(x)] = E[ PathPull of f ] = E[ f(x) grad ln p(x) ],
//
// for f(x) = sum_j sin(x_j + phi_j), up to 5 standard errors of the difference
// over independent batches, in some directions of parameter space. The first
// two, taken from a batch of their own, are those of the gradient itself.
func modelScore(t *testing.T, s *subject) {
	s.need(t, core.PowerPath)
	if len(s.theta) == 0 {
		t.Skip("no parameters")
	}
	const batches = 40
	n := max(1, s.o.Samples/batches)
	phase := phases(s.d, 39)
	mean := 0.0 // subtracting it changes no expectation, and makes errors smaller
	gradients := func(seed uint64) (path, score []float64) {
		b := s.sample(t, seed, n)
		xbar, f := make([]float64, n*s.d), make([]float64, n)
		for k, x := range b.X {
			sin, cos := math.Sincos(x + phase[k%s.d])
			xbar[k] = cos / float64(n)
			f[k/s.d] += sin / float64(n)
		}
		for i := range f {
			f[i] -= mean / float64(n)
		}
		// b.ID would let Pull reuse the noise, too.
		return s.pathPull(t, b, xbar, make([]float64, n)), s.pull(t, &core.Batch{N: n, X: b.X}, f)
	}
	for k, x := range s.sample(t, 40, n).X {
		mean += math.Sin(x+phase[k%s.d]) / float64(n)
	}
	path, score := gradients(41)
	directions := [][]float64{path, score}
	for k := range uint64(4) {
		directions = append(directions, weights(len(path), 42+k))
	}
	difference, along := make([]moments, len(directions)), moments{}
	for k := range uint64(batches) {
		path, score := gradients(50 + k)
		for j, u := range directions {
			difference[j].add((dot(path, u) - dot(score, u)) / math.Sqrt(dot(u, u)))
		}
		along.add(dot(path, directions[0]))
	}
	if mean, stderr := along.mean(); !(mean > 5*stderr) {
		t.Errorf("E[PathPull of f] is not seen to differ from zero: %.4g +- %.2g", mean, stderr)
	}
	for j := range difference {
		if mean, stderr := difference[j].mean(); !(math.Abs(mean) <= 5*stderr) {
			t.Errorf("E[PathPull of f] - E[f grad ln p] in direction %d is %.4g +- %.2g", j, mean, stderr)
		}
	}
}

// phases are in (0, pi/2): sin(x_j + phi_j) then has an even and an odd part
// of the same signs for all j, whose means no symmetry makes vanish.
func phases(d int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 4))
	phase := make([]float64, d)
	for j := range phase {
		phase[j] = math.Pi / 2 * r.Float64()
	}
	return phase
}

// moments gather independent numbers.
type moments struct{ n, sum, squares float64 }

func (m *moments) add(v float64) { m.n, m.sum, m.squares = m.n+1, m.sum+v, m.squares+v*v }

// mean returns the mean and its standard error.
func (m *moments) mean() (mean, stderr float64) {
	mean = m.sum / m.n
	return mean, math.Sqrt(math.Max(0, m.squares/m.n-mean*mean) / (m.n - 1))
}
