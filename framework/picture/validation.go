package picture

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/vg"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// What training has overfitted shows where the loss on rows for validation rises while that of
// the rows it learns from falls on.

// validationCurve joins the looks at the loss on rows for validation, between which the
// history has NaN. One that found no finite loss is a gap.
func validationCurve(h *core.History) curve {
	var step []int64
	var loss []float64
	for i, v := range h.Column(core.ValidationLoss) {
		if !math.IsNaN(v) {
			step, loss = append(step, h.Step[i]), append(loss, v)
		}
	}
	marks := means(step, loss, nil, 1, func(i int) bool { return i > 0 })
	return curve{label: "validation loss", color: colors[1], marks: marks}
}

// chosenStep is the step whose parameters are evaluated, as a line from the value low to the
// value high.
func chosenStep(r *core.Results, low, high float64) []curve {
	step, _ := r.History.Least(core.ValidationLoss)
	if step == 0 {
		return nil
	}
	x := float64(step)
	return []curve{{label: fmt.Sprintf("evaluated: step %d", step), color: colors[4], dashes: []vg.Length{vg.Points(2), vg.Points(2)},
		marks: []Mark{{x, low, math.NaN()}, {x, high, math.NaN()}}}}
}
