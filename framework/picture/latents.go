package picture

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"gonum.org/v1/plot"
)

// latentMap draws a point for each configuration at its latent variables, the two that vary
// most, in the colour of its class where there are some.
func latentMap(e core.Estimate) (*plot.Plot, error) {
	rows, latents := e.Axes[0], e.Axes[1].Values
	q := len(latents)
	first, second := mostVaried(e.Value, q)
	classes := map[float64][]Mark{}
	for i, label := range rows.Values {
		if rows.Name != core.AxisLabel {
			label = 0
		}
		classes[label] = append(classes[label], Mark{e.Value[i*q+first], e.Value[i*q+second], math.NaN()})
	}
	var curves []curve
	for k, label := range slices.Sorted(maps.Keys(classes)) {
		curves = append(curves, curve{label: strconv.FormatFloat(label, 'g', -1, 64), marks: classes[label], apart: true,
			color: colors[k%len(colors)], glyph: glyphs[k/len(colors)%len(glyphs)]})
	}
	if rows.Name != core.AxisLabel {
		curves[0].label = "configurations"
	}
	name := func(k int) string { return fmt.Sprintf("z[%v]", latents[k]) }
	p := newPlot(e.Long, name(first), name(second))
	return p, addCurves(p, curves...)
}

// mostVaried are the two columns of largest variance, in their order.
func mostVaried(x []float64, columns int) (first, second int) {
	variance := make([]float64, columns)
	for k := range columns {
		var n, sum, square float64
		for i := k; i < len(x); i += columns {
			if drawable(x[i]) {
				n, sum, square = n+1, sum+x[i], square+x[i]*x[i]
			}
		}
		variance[k] = square/max(n, 1) - sum*sum/max(n*n, 1)
	}
	order := make([]int, columns)
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(variance[b], variance[a]) })
	return min(order[0], order[1]), max(order[0], order[1])
}
