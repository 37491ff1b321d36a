package coretest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// toy is the density of real numbers x = m + e^s z of normal z, with the energy [ (x.x)^2/4 + sum_j x_j ]/10, whose mean
// changes with the parameters about as much as that of ln p.
type toy struct{ m, s float64 }

// fill makes of z whatever is known about the toy; what is as long as a configuration has its room.
func (p toy) fill(b *core.Batch, z []float64) {
	d := len(z) / b.N
	clear(b.LogP)
	for i := range b.N {
		x, square, sum := b.X[i*d:(i+1)*d], 0.0, 0.0
		for j, v := range z[i*d : (i+1)*d] {
			x[j] = p.m + math.Exp(p.s)*v
			square, sum = square+x[j]*x[j], sum+x[j]
		}
		if len(b.LogP) > 0 {
			b.LogP[i] = logNormal(z[i*d:(i+1)*d]) - float64(d)*p.s
		}
		if len(b.E) > 0 {
			b.E[i] = (square*square/4 + sum) / 10
		}
		for j, v := range x {
			if len(b.Slope) > 0 {
				b.Slope[i*d+j] = (square*v + 1) / 10
			}
			if g := core.LogPSlope.Of(b); len(g) > 0 {
				g[i*d+j] = -z[i*d+j] * math.Exp(-p.s)
			}
		}
	}
}

// known are the columns of the toy.
var known = []core.Column{core.X, core.LogP, core.E, core.Slope, core.LogPSlope}

// descent tests, for objectives of draws of a model and of its energy, that the mean over batches of
//
//	sum_i [ xbar_i . dx_i + lbar_i d ln p(x_i) ]
//
// is along the gradient of the mean of the first number, which is found by common random numbers. Else an optimiser descends
// another loss than the one that is reported, or goes up. How long it is, is a matter of units: F or beta F. x stands still
// where only ln p has cotangents.
func (j judged) descent(t *testing.T) {
	s := j.Spec()
	toys := func(columns []core.Column) bool {
		return !slices.ContainsFunc(columns, func(c core.Column) bool { return !slices.Contains(known, c) })
	}
	if j.space.Kind != core.Field || len(s.Numbers) == 0 || len(s.Bars) == 0 || !toys(s.Wants) || !toys(s.Bars) || !slices.Contains(s.Wants, core.Column(core.E)) {
		t.Skip("it is about more than draws of a model of real numbers and its energy")
	}
	const batches, h = 60, 1e-4
	n, d := 4*j.options.Size, j.space.Size()
	r := rand.New(rand.NewPCG(9, 10))
	here := [2]float64{0.3, 0.2}
	var gradients [batches][2]float64
	var slopes [2]moments
	var slope [2]float64
	for k := range batches {
		z := make([]float64, n*d)
		for i := range z {
			z[i] = r.NormFloat64()
		}
		at := func(p [2]float64) (*core.Batch, answer) {
			b := j.batch(1, n)
			toy{p[0], p[1]}.fill(b, z)
			return b, j.of(t, b, 0, n)
		}
		_, a := at(here)
		gradients[k] = j.alongToy(a.bar, z, here[1])
		for c := range here {
			up, down := here, here
			up[c], down[c] = up[c]+h, down[c]-h
			_, above := at(up)
			_, below := at(down)
			slopes[c].add((above.numbers[0] - below.numbers[0]) / (2 * h))
		}
	}
	seen := false
	for c := range slope {
		mean, stderr := slopes[c].mean()
		slope[c] = mean
		seen = seen || math.Abs(mean) > 5*stderr
	}
	if !seen {
		t.Skip("the first number does not change with the toy's parameters")
	}
	var along, beside moments
	length := math.Hypot(slope[0], slope[1])
	for _, g := range gradients {
		along.add((g[0]*slope[0] + g[1]*slope[1]) / length)
		beside.add((g[1]*slope[0] - g[0]*slope[1]) / length)
	}
	mean, stderr := along.mean()
	off, offStderr := beside.mean()
	switch name := s.Numbers[0].Name; {
	case mean < -5*stderr:
		t.Errorf("the cotangents have the wrong sign: along the gradient of %s, %.4g by differences, they make %.4g +- %.2g", name, length, mean, stderr)
	case math.Abs(off) > 5*offStderr+0.05*math.Abs(mean): // a loss of means in logarithms is off by one over the batch
		t.Errorf("the cotangents make the gradient of something else: along that of %s they have %.4g +- %.2g, and across it, where nothing should be, %.4g +- %.2g",
			name, mean, stderr, off, offStderr)
	}
}

// alongToy pulls cotangents back to m and s. With x = m + e^s z, at fixed z d ln p/ds = -d; at
// fixed x, d ln p/dm = e^-s sum_j z_j and d ln p/ds = sum_j z_j^2 - d.
func (j judged) alongToy(bar *core.Batch, z []float64, s float64) (g [2]float64) {
	d := j.space.Size()
	path := slices.Contains(j.Spec().Bars, core.Column(core.X))
	for i, v := range z {
		if path {
			g[0] += bar.X[i]
			g[1] += bar.X[i] * math.Exp(s) * v
		}
		if len(bar.LogP) == 0 {
			continue
		}
		if l := bar.LogP[i/d]; path {
			g[1] -= l
		} else {
			g[0] += l * math.Exp(-s) * v
			g[1] += l * (v*v - 1)
		}
	}
	return g
}
