package coretest

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// modelMass estimates the integral of p where it can be neither enumerated nor integrated, by
// Bennett's acceptance ratio (J. Comput. Phys. 22, 245 (1976)): with as many samples y of a normalised
// density q as samples x of p, the root c of
//
//	sum_y s(ln p(y) - ln q(y) - c) = sum_x s(ln q(x) - ln p(x) + c),   s(u) = 1/(1 + e^-u),
//
// is ln of the integral of p. q is what p looks like in its first two moments. Batches are independent, so the
// scatter of their c is the error, of which six are allowed. Where p and q meet too rarely for
// an error below 0.2, nothing is said.
func modelMass(t *testing.T, s *subject) {
	s.normalised(t)
	if s.has(core.PowerQuantum) || s.has(core.PowerWalk) {
		t.Skip("LogProb is not the density of independent draws")
	}
	if enumerate(s.space.Values(), s.o.MaxStates) != nil || s.space.Values() == nil && s.d <= 2 && s.space.Freedom() == s.d {
		t.Skip("the normalisation is tested to all digits")
	}
	const batches = 10
	n := max(50, s.o.Samples/(4*batches))
	q := beside(s.space, s.sample(t, 201, n).X)
	if q == nil {
		t.Skipf("no simple density is known on %v", s.space)
	}
	var mass moments
	for k := range uint64(batches) {
		x := s.sample(t, 202+k, n).X
		y := q.draw(rand.New(rand.NewPCG(k, 203)), n)
		c := bennett(minus(s.logProb(t, y), q.logP(y)), minus(s.logProb(t, x), q.logP(x)))
		if math.IsNaN(c) {
			t.Skip("samples of p and of the density beside it do not meet")
		}
		mass.add(c)
	}
	mean, stderr := mass.mean()
	if stderr > 0.2 {
		t.Skipf("samples meet too rarely: ln of the integral of p is %.2g +- %.2g", mean, stderr)
	}
	if !(math.Abs(mean) <= 6*stderr+s.o.Quadrature.Tolerance) {
		t.Errorf("ln of the integral of p is %.6g +- %.2g, want 0: LogProb is too large by that, or samples do not follow it", mean, stderr)
	}
}

// bennett finds the root, between the extremes of the differences ln p - ln q at samples y of q and x of p.
func bennett(atY, atX []float64) float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range append(append([]float64(nil), atY...), atX...) {
		if !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	if !(low <= high) {
		return math.NaN()
	}
	logistic := func(u float64) float64 { return 1 / (1 + math.Exp(-u)) }
	low, high = low-50, high+50
	for range 100 {
		c, balance := (low+high)/2, 0.0
		for _, v := range atY {
			balance += logistic(v - c)
		}
		for _, v := range atX {
			balance -= logistic(c - v)
		}
		if balance > 0 {
			low = c
		} else {
			high = c
		}
	}
	return (low + high) / 2
}

func minus(a, b []float64) []float64 {
	for i := range a {
		a[i] -= b[i]
	}
	return a
}

// simple is a normalised density.
type simple struct {
	draw func(r *rand.Rand, n int) []float64
	logP func(x []float64) []float64
}

// beside makes a simple density of the moments of samples, nil where none is known: independent values where
// there are finitely many, a normal density of real numbers without end, an even one of what has a finite measure.
func beside(space core.Space, x []float64) *simple {
	switch volume := space.LogVolume(); {
	case space.Values() != nil:
		return independent(space.Values(), x)
	case !math.IsInf(volume, 0):
		return even(space, volume)
	case space.Flat() && space.Freedom() == space.Size():
		return normal(space.Size(), x)
	}
	return nil
}

func even(space core.Space, volume float64) *simple {
	d := space.Size()
	return &simple{func(r *rand.Rand, n int) []float64 {
		y := make([]float64, n*d)
		for i := 0; i < len(y); i += d {
			space.Random(r, y[i:i+d])
		}
		return y
	}, func(x []float64) []float64 {
		l := make([]float64, len(x)/d)
		for i := range l {
			l[i] = -volume
		}
		return l
	}}
}

// independent has of each number the frequencies of the samples, and one more of each value.
func independent(values [][]float64, x []float64) *simple {
	d := len(values)
	p := make([][]float64, d)
	for j, v := range values {
		p[j] = make([]float64, len(v))
		n := float64(len(x)/d + len(v))
		for k := range v {
			p[j][k] = 1 / n
		}
		for i := j; i < len(x); i += d {
			p[j][place(v, x[i])] += 1 / n
		}
	}
	return &simple{func(r *rand.Rand, n int) []float64 {
		y := make([]float64, n*d)
		for i := range y {
			k, u := 0, r.Float64()
			for last := len(p[i%d]) - 1; k < last && u >= p[i%d][k]; k++ {
				u -= p[i%d][k]
			}
			y[i] = values[i%d][k]
		}
		return y
	}, func(x []float64) []float64 {
		l := make([]float64, len(x)/d)
		for i, v := range x {
			l[i/d] += math.Log(p[i%d][place(values[i%d], v)])
		}
		return l
	}}
}

func place(values []float64, v float64) int { return index([][]float64{values}, []float64{v}) }

// normal has the means and covariances of the samples, through the Cholesky factor L of the covariance.
func normal(d int, x []float64) *simple {
	n := len(x) / d
	mean, l := make([]float64, d), make([]float64, d*d)
	for i, v := range x {
		mean[i%d] += v / float64(n)
	}
	for i := range n {
		for j := range d {
			for k := range j + 1 {
				l[j*d+k] += (x[i*d+j] - mean[j]) * (x[i*d+k] - mean[k]) / float64(n)
			}
		}
	}
	logDet := 0.0
	for j := range d {
		for k := range j + 1 {
			for m := range k {
				l[j*d+k] -= l[j*d+m] * l[k*d+m]
			}
			if k < j {
				l[j*d+k] /= l[k*d+k]
			} else if l[j*d+j] = math.Sqrt(l[j*d+j]); !(l[j*d+j] > 0) {
				return nil // fewer samples than numbers
			}
		}
		logDet += math.Log(l[j*d+j])
	}
	return &simple{func(r *rand.Rand, n int) []float64 {
		y, z := make([]float64, n*d), make([]float64, d)
		for i := range n {
			for j := range z {
				z[j] = r.NormFloat64()
				y[i*d+j] = mean[j] + dot(l[j*d:j*d+j+1], z)
			}
		}
		return y
	}, func(x []float64) []float64 {
		logP, z := make([]float64, len(x)/d), make([]float64, d)
		for i := range logP {
			for j := range z {
				z[j] = (x[i*d+j] - mean[j] - dot(l[j*d:j*d+j], z)) / l[j*d+j]
			}
			logP[i] = logNormal(z) - logDet
		}
		return logP
	}}
}
