package flow

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Pairer is a Bijection whose density has weak derivatives, as core.WeakDeriver has them:
// in the order of its Params, with the values that these have.
type Pairer[T tensor.Real] interface {
	Bijection[T]
	Pairs(x, u []float64) (y, weight []float64, err error)
}

// Pairs implements core.WeakDeriver where the bijection is a Pairer.
func (m *Model[T]) Pairs(x, u []float64) (y, weight []float64, err error) {
	p, ok := m.bijection.(Pairer[T])
	if !ok {
		return nil, nil, core.RowPairs.Lacks(m.subject)
	}
	mustLen("u", len(u), len(x))
	return p.Pairs(x, u)
}
