package picture

import (
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// Covered is a row of a table of coverage.
type Covered struct {
	Name           string
	Scalar         bool // no entry of an array
	All, Unflagged stats.Coverage
	Flagged        bool // some repeats have a caution
}

// mostCovered are the rows that a picture has room for.
const mostCovered = 40

// Coverage draws the share of repeats within one and two errors of the reference, of all
// repeats and of those without a caution, with what it is for honest errors dashed. The picture
// is called as the file at path.
func Coverage(title, path string, rows []Covered) ([]Picture, error) {
	if len(rows) > mostCovered { // entries of arrays
		rows = slices.DeleteFunc(slices.Clone(rows), func(r Covered) bool { return !r.Scalar })
	}
	p := newPlot(title, "", "repeats within 1 and 2 errors (%)")
	curves := []curve{
		{label: "all repeats", color: colors[0], glyph: glyphs[0], apart: true},
		{label: "without a caution", color: colors[1], glyph: glyphs[1], apart: true},
		{label: "honest errors", color: exactColor, dashes: exactDashes},
	}
	labels := make([]string, len(rows))
	const beside = 0.12 // so that none hides another
	add := func(c *curve, x float64, s stats.Coverage) {
		for _, f := range []stats.Fraction{s.Within1, s.Within2} {
			c.marks = append(c.marks, Mark{x, 100 * f.Value, 50 * (f.High - f.Low)})
		}
	}
	for i, r := range rows {
		labels[i] = r.Name
		add(&curves[0], float64(i)-beside, r.All)
		if r.Flagged {
			add(&curves[1], float64(i)+beside, r.Unflagged)
		}
	}
	gap := math.NaN()
	right := float64(len(rows)) - 0.5
	for _, errors := range []float64{1, 2} {
		level := 100 * math.Erf(errors/math.Sqrt2)
		curves[2].marks = append(curves[2].marks, Mark{-0.5, level, gap}, Mark{right, level, gap}, Mark{gap, gap, gap})
	}
	if err := addCurves(p, curves...); err != nil {
		return nil, err
	}
	nominal(p, labels)
	return []Picture{{Name: strings.TrimSuffix(filepath.Base(path), ".h5"), Plot: p}}, nil
}
