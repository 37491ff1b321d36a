package flow

import "github.com/helmholtz-physics/helmholtz/framework/core"

// Pairer is a Bijection whose density has weak derivatives, as core.WeakDeriver has them:
// in the order of its Params, with the values that these have.
type Pairer interface {
	Bijection
	Pairs(x, u []float64) (y, weight []float64, err error)
}

// Pairs implements core.WeakDeriver where the bijection is a Pairer.
func (m *Model) Pairs(x, u []float64) (y, weight []float64, err error) {
	p, ok := m.bijection.(Pairer)
	if !ok {
		return nil, nil, core.RowPairs.Lacks(m.subject)
	}
	mustLen("u", len(u), len(x))
	return p.Pairs(x, u)
}
