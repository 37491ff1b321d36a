package picture

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// Sweep draws every scalar observable over the first swept key, with a curve
// for each value of the second; beside what is derived what it should be the same as, and points of other
// works over all.
func Sweep(s *store.Sweep, with []*Overlay) ([]Picture, error) {
	var all []Picture
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
		all = append(all, Picture{Name: e.Name, Plot: p})
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
			c.marks = append(c.marks, Mark{x, e.Value[at], e.Stderr[at]})
			known.marks = append(known.marks, Mark{x, level, math.NaN()})
		}
		SortMarks(c.marks)
		SortMarks(known.marks)
		c.label, known.label = estimateLabel(c.marks), "exact"
		if len(s.Axes) == 2 {
			c.label = s.Axes[1].Name + " = " + s.Axes[1].Text(k)
			known.label = "exact, " + c.label
		}
		if !slices.ContainsFunc(c.marks, Mark.Seen) {
			continue
		}
		estimates = append(estimates, c)
		if slices.ContainsFunc(known.marks, Mark.Seen) {
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
			if !one.marks[i].Seen() {
				one.marks[i] = m
			}
			if m.Seen() && m.Y != one.marks[i].Y {
				return all
			}
		}
	}
	return []curve{one}
}

func sweepPlot(s *store.Sweep, e store.Swept, curves []curve) (*plot.Plot, error) {
	p := newPlot(e.Long, AxisLabel(s.Axes[0].Axis), Label(e.Name, e.Units))
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
