package flow

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

// round copies src to dst, rounded where dst has the shorter type.
func round[D, S tensor.Real](dst []D, src []S) {
	for i, v := range src {
		dst[i] = D(v)
	}
}

// transpose writes the cols x rows matrix y = x^T of a rows x cols matrix, rounded where y
// has the shorter type: batches are float64.
func transpose[D, S tensor.Real](y []D, ldy int, x []S, rows, cols, ldx int) {
	if same, ok := any(x).([]D); ok {
		tensor.Transpose(y, ldy, same, rows, cols, ldx)
		return
	}
	for r := range rows {
		for c, v := range x[r*ldx : r*ldx+cols] {
			y[c*ldy+r] = D(v)
		}
	}
}
