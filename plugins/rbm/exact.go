package rbm

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// estimate is ln Z with its standard error.
type estimate struct{ value, stderr float64 }

// LogZ implements core.Normaliser.
func (m *Model) LogZ() (value, stderr float64, err error) {
	if m.logZ == nil {
		var z estimate
		switch m.LogZBy {
		case exact:
			z = estimate{value: m.sum()}
		default:
			z = m.anneal(m.LogZBy == reversed)
		}
		m.logZ = &z
	}
	return m.logZ.value, m.logZ.stderr, nil
}

// lowest is how many units of the smaller layer have a table of all their states.
const lowest = 8

// sum is
//
//	ln Z = ln sum_s exp(c.s + sum_k ln sum_t exp(t (d_k + (sM)_k)))
//
// over the states s of the smaller layer, with the biases c of that and d of the other
// layer. The fields are those of the first few units, from a table, and those of all
// others, for each state of which there is a task.
func (m *Model) sum() float64 {
	c, d, weight := m.a, m.b, func(s, k int) float64 { return m.w[s*m.hidden+k] }
	if m.hidden < m.visible {
		c, d, weight = m.b, m.a, func(s, k int) float64 { return m.w[k*m.hidden+s] }
	}
	n, low := len(d), min(lowest, len(c))
	states := 1 << low
	// add adds the states of the units from, from+1, ..., bits of code, to fields and c.s.
	add := func(g []float64, from, to, code int) (bias float64) {
		for s := from; s < to; s++ {
			value := m.low + m.step*float64(code>>(s-from)&1)
			bias += value * c[s]
			for k := range g {
				g[k] += m.step * value * weight(s, k)
			}
		}
		return bias
	}
	table, bias := make([]float64, states*n), make([]float64, states)
	for code := range states {
		bias[code] = add(table[code*n:(code+1)*n], 0, low, code)
	}
	parts := make([]float64, 1<<(len(c)-low))
	par.For(len(parts), func(high int) {
		base, g, work, minus, w := make([]float64, n), make([]float64, n*states), make([]float64, n*states), make([]float64, n*states), make([]float64, states)
		for k, v := range d {
			base[k] = m.step * v
		}
		all := add(base, low, len(c), high)
		for code := range states {
			tensor.Add(g[code*n:(code+1)*n], table[code*n:(code+1)*n], base)
		}
		for i := range minus {
			minus[i] = -1
		}
		m.free(w, g, work, minus)
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
