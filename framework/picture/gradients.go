package picture

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// Gradients draws the variance of every estimator over the last swept key, in a picture
// for each value of the first where two are swept; of a single point by parameter.
func Gradients(s *store.Gradients) ([]Picture, error) {
	if len(s.Axes) == 0 {
		p, err := gradientsPlot(s.Name, core.Axis{Name: "parameter"}, nil, curvesByParameter(s.Points[0]))
		return []Picture{{Name: s.Name + "-gradients", Plot: p}}, err
	}
	var all []Picture
	inner := s.Axes[len(s.Axes)-1]
	for from := 0; from < len(s.Points); from += len(inner.Values) {
		title, name := s.Name, s.Name+"-gradients"
		if len(s.Axes) == 2 {
			value := s.Axes[0].Text(from / len(inner.Values))
			title, name = fmt.Sprintf("%s, %s = %s", title, s.Axes[0].Name, value), fmt.Sprintf("%s-%d", name, from/len(inner.Values))
		}
		p, err := gradientsPlot(title, inner.Axis, inner.Labels, curvesByPoint(inner, s.Points[from:from+len(inner.Values)]))
		if err != nil {
			return nil, err
		}
		all = append(all, Picture{Name: name, Plot: p})
	}
	return all, nil
}

func gradientsPlot(title string, x core.Axis, labels []string, curves []curve) (*plot.Plot, error) {
	p := newPlot(title, AxisLabel(x), "log10 of the variance of one sample")
	if labels != nil {
		nominal(p, labels)
	}
	return p, addCurves(p, curves...)
}

// estimatorCurve is the curve of an estimator, number k of them.
func estimatorCurve(name string, k int) curve {
	return curve{label: name, color: colors[k%len(colors)], glyph: glyphs[k%len(glyphs)]}
}

// logMark is the logarithm of a variance with its error.
func logMark(x, variance, stderr float64) Mark {
	return Mark{x, math.Log10(variance), stderr / variance / math.Ln10}
}

// curvesByPoint has a gap where an estimator does not fit a point.
func curvesByPoint(axis store.SweptAxis, points [][]store.GradientEstimate) []curve {
	var names []string
	var curves []curve
	for _, estimates := range points {
		for _, e := range estimates {
			if !slices.Contains(names, e.Name) {
				curves = append(curves, estimatorCurve(e.Name, len(names)))
				names = append(names, e.Name)
			}
		}
	}
	for k := range curves {
		for i, estimates := range points {
			m := Mark{axis.Values[i], math.NaN(), math.NaN()}
			if at := slices.IndexFunc(estimates, func(e store.GradientEstimate) bool { return e.Name == names[k] }); at >= 0 {
				m = logMark(axis.Values[i], estimates[at].Total, estimates[at].TotalStderr)
			}
			curves[k].marks = append(curves[k].marks, m)
		}
		curves[k].apart = axis.Labels != nil
		SortMarks(curves[k].marks)
	}
	return curves
}

// curvesByParameter are means over consecutive parameters where they are more than a
// picture can show.
func curvesByParameter(estimates []store.GradientEstimate) []curve {
	curves := make([]curve, len(estimates))
	for k, e := range estimates {
		curves[k] = estimatorCurve(e.Name, k)
		piece := (len(e.Variance) + MostMarks - 1) / MostMarks
		if piece > 1 {
			curves[k].glyph = nil
		}
		for i := 0; i < len(e.Variance); i += piece {
			sum, square, n := 0.0, 0.0, min(piece, len(e.Variance)-i)
			for j := i; j < i+n; j++ {
				sum += e.Variance[j]
				square += e.VarianceStderr[j] * e.VarianceStderr[j]
			}
			curves[k].marks = append(curves[k].marks, logMark(float64(i)+float64(n-1)/2, sum/float64(n), math.Sqrt(square)/float64(n)))
		}
	}
	return curves
}
