package app

import (
	"math"
	"path/filepath"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// mostCovered are the rows that a picture has room for.
const mostCovered = 40

// drawCoverage draws the share of repeats within one and two errors of the reference, of all
// repeats and of those without a caution, with what it is for honest errors dashed. The picture
// is called as the file at path.
func drawCoverage(t *coverageTable, path string) ([]picture, error) {
	lines := t.lines
	if len(lines) > mostCovered { // entries of arrays
		lines = nil
		for _, l := range t.lines {
			if l.scalar() {
				lines = append(lines, l)
			}
		}
	}
	p := newPlot(t.Name, "", "repeats within 1 and 2 errors (%)")
	curves := []curve{
		{label: "all repeats", color: colors[0], glyph: glyphs[0], apart: true},
		{label: "without a caution", color: colors[1], glyph: glyphs[1], apart: true},
		{label: "honest errors", color: exactColor, dashes: exactDashes},
	}
	labels := make([]string, len(lines))
	const beside = 0.12 // so that none hides another
	add := func(c *curve, x float64, s stats.Coverage) {
		for _, f := range []stats.Fraction{s.Within1, s.Within2} {
			c.marks = append(c.marks, mark{x, 100 * f.Value, 50 * (f.High - f.Low)})
		}
	}
	for i, l := range lines {
		labels[i] = l.Name
		add(&curves[0], float64(i)-beside, l.all)
		if l.flagged.N+l.flagged.Bare > 0 {
			add(&curves[1], float64(i)+beside, l.unflagged)
		}
	}
	gap := math.NaN()
	right := float64(len(lines)) - 0.5
	for _, errors := range []float64{1, 2} {
		level := 100 * math.Erf(errors/math.Sqrt2)
		curves[2].marks = append(curves[2].marks, mark{-0.5, level, gap}, mark{right, level, gap}, mark{gap, gap, gap})
	}
	if err := addCurves(p, curves...); err != nil {
		return nil, err
	}
	nominal(p, labels)
	return []picture{{name: strings.TrimSuffix(filepath.Base(path), ".h5"), Plot: p}}, nil
}
