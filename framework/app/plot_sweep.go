package app

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// drawSweep draws every scalar observable over the first swept key, with a curve
// for each value of the second; beside what is derived what it should be the same as, and points of other
// works over all.
func drawSweep(s *store.Sweep, with []*overlay) ([]picture, error) {
	var all []picture
	for _, e := range s.Observables {
		estimates, exact := sweptCurves(s, e)
		if len(estimates) == 0 {
			continue
		}
		if e.Way != "" && len(s.Axes) == 1 {
			estimates[0].label = strings.Replace(estimates[0].label, "estimate", e.Way, 1)
		}
		curves := append(append(estimates, besideCurves(s, e)...), exact...)
		p, err := sweepPlot(s, e, append(curves, overlayCurves(s, e, with, len(curves))...))
		if err != nil {
			return nil, err
		}
		all = append(all, picture{name: e.Name, Plot: p})
	}
	if len(all) == 0 {
		return nil, core.Errorf(core.Invalid, "plot", s.Name, "no point has a scalar observable")
	}
	return all, nil
}

// sweptCurves are the estimates and the exact values over the first swept key, in
// its order, with a gap where a point has none. Exact values that the second key
// does not change are one curve.
func sweptCurves(s *store.Sweep, e store.Swept) (estimates, exact []curve) {
	if len(e.Axes) > len(s.Axes) {
		return nil, nil
	}
	first, values := s.Axes[0], 1
	if len(s.Axes) == 2 {
		values = len(s.Axes[1].Values)
	}
	for k := range values {
		c := curve{color: colors[k%len(colors)], glyph: glyphs[k%len(glyphs)], apart: first.Labels != nil}
		known := curve{color: c.color, dashes: exactDashes, glyph: draw.RingGlyph{}, apart: c.apart}
		for i, x := range first.Values {
			at := i*values + k
			level := math.NaN()
			if e.Exact != nil {
				level = e.Exact[at]
			}
			c.marks = append(c.marks, mark{x, e.Value[at], e.Stderr[at]})
			known.marks = append(known.marks, mark{x, level, math.NaN()})
		}
		sortMarks(c.marks)
		sortMarks(known.marks)
		c.label, known.label = estimateLabel(c.marks), "exact"
		if len(s.Axes) == 2 {
			c.label = s.Axes[1].Name + " = " + axisText(s.Axes[1], k)
			known.label = "exact, " + c.label
		}
		if !slices.ContainsFunc(c.marks, mark.seen) {
			continue
		}
		estimates = append(estimates, c)
		if slices.ContainsFunc(known.marks, mark.seen) {
			exact = append(exact, known)
		}
	}
	return estimates, oneExact(exact)
}

// oneExact makes one curve of those that agree wherever two are known, in a
// colour of its own.
func oneExact(all []curve) []curve {
	if len(all) == 0 {
		return nil
	}
	one := all[0]
	one.marks = slices.Clone(one.marks)
	one.label, one.color = "exact", exactColor
	for _, c := range all[1:] {
		for i, m := range c.marks {
			if !one.marks[i].seen() {
				one.marks[i] = m
			}
			if m.seen() && m.y != one.marks[i].y {
				return all
			}
		}
	}
	return []curve{one}
}

func sweepPlot(s *store.Sweep, e store.Swept, curves []curve) (*plot.Plot, error) {
	p := newPlot(e.Long, axisLabel(s.Axes[0].Axis), named(e.Name, e.Units))
	labels := s.Axes[0].Labels
	if labels != nil {
		nominal(p, labels)
	}
	if err := addCurves(p, curves...); err != nil {
		return nil, err
	}
	if labels != nil {
		p.X.Min, p.X.Max = -0.5, float64(len(labels))-0.5
	}
	return p, nil
}
