package rbm

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

var _ core.Normaliser = (*Model)(nil)

// estimate is ln Z with its standard error.
type estimate struct{ value, stderr float64 }

// LogZ implements core.Normaliser.
func (m *Model) LogZ() (value, stderr float64, err error) {
	if m.logZ == nil {
		var z estimate
		if m.logZBy == exact {
			z.value = m.sum()
		} else {
			z = m.anneal(m.logZBy == reversed)
		}
		m.logZ = &z
	}
	return m.logZ.value, m.logZ.stderr, nil
}

// summed is a layer whose states are summed one by one, and the other one as it sees it.
type summed struct {
	units
	biases []float64
	weight func(s, k int) float64 // of unit s and unit k of the other layer
	other  int                    // units of that
	free   func(dst, u, work []float64)
}

// fewer is the layer with the fewest states.
func (m *Model) fewer() summed {
	if v, ok := m.layer.(*binary); ok && m.visible < m.hidden {
		return summed{v.units, v.a, func(s, k int) float64 { return m.w[s*m.hidden+k] }, m.hidden, m.free}
	}
	return summed{m.units, m.b, func(s, k int) float64 { return m.w[k*m.hidden+s] }, m.visible, m.layer.free}
}

// free writes ln sum_h exp(b.h + u.h) of each row, and changes u.
func (m *Model) free(dst, u, work []float64) {
	m.units.fields(u, m.b)
	m.units.free(dst, u, work)
}

// terms is how many terms the exact sum for ln Z has.
func (m *Model) terms() float64 {
	s := m.fewer()
	return math.Exp2(float64(len(s.biases))) * float64(s.other)
}

// lowest is how many units of a layer have a table of all their states.
const lowest = 8

// sum is
//
//	ln Z = ln sum_s exp(c.s + free energy of the other layer in the fields u = sM)
//
// over the states s of a layer with the biases c. The fields are those of the first few
// units, from a table, and those of all others, for each state of which there is a task.
func (m *Model) sum() float64 {
	l := m.fewer()
	n, low := l.other, min(lowest, len(l.biases))
	states := 1 << low
	// add adds to u and c.s the units from, ..., to-1, whose states are the bits of code.
	add := func(u []float64, from, to, code int) (bias float64) {
		for s := from; s < to; s++ {
			value := l.low + l.step*float64(code>>(s-from)&1)
			bias += value * l.biases[s]
			for k := range u {
				u[k] += value * l.weight(s, k)
			}
		}
		return bias
	}
	table, bias := make([]float64, states*n), make([]float64, states)
	for code := range states {
		bias[code] = add(table[code*n:(code+1)*n], 0, low, code)
	}
	parts := make([]float64, 1<<(len(l.biases)-low))
	par.For(len(parts), func(high int) {
		base, u, work, w := make([]float64, n), make([]float64, n*states), make([]float64, 2*n*states), make([]float64, states)
		all := add(base, low, len(l.biases), high)
		for code := range states {
			tensor.Add(u[code*n:(code+1)*n], table[code*n:(code+1)*n], base)
		}
		l.free(w, u, work)
		for code := range w {
			w[code] += bias[code] + all
		}
		parts[high] = logSumExp(w)
	})
	return logSumExp(parts)
}

// logSumExp is ln sum_i exp(x_i).
func logSumExp(x []float64) float64 {
	most := math.Inf(-1)
	for _, v := range x {
		most = max(most, v)
	}
	sum := 0.0
	for _, v := range x {
		sum += math.Exp(v - most)
	}
	return most + math.Log(sum)
}
