package electronflow

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/fisher"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// Products with the Fisher matrix of scores that stay here, as NaturalScores has them: grad ln p(K), the real parts of O, the
// imaginary parts. O is centred.

// pieces are what the scores of a configuration belong to.
func (m *Model) pieces() []fisher.Piece {
	at, params := m.split(), m.params.Size()
	return []fisher.Piece{
		{Cols: at},
		{At: at, Param: at, Cols: params, Centred: true},
		{At: at + params, Param: at, Cols: params, Centred: true},
	}
}

// NaturalKeep implements core.NaturalMultiplier.
func (m *Model) NaturalKeep(grad, sums []float64, b *core.Batch, w []float64, v []complex128) error {
	m.mustFit(b)
	rows, at, size := par.RowsOf(b.Place()), m.split(), m.scoreSize()
	scores := m.products.Keep(rows)
	if err := m.flowScores(b, scoring{to: scores, stride: size, real: at, imag: at + m.params.Size()}); err != nil {
		return err
	}
	if v == nil {
		v = m.double(w)
	}
	re, im := m.splitParts(v)
	m.products.Weighted(grad, rows, nil, re, im)
	if err := m.stateScores(grad[:at], scores, size, b, w); err != nil {
		return err
	}
	m.products.Sums(sums, rows)
	return nil
}

// NaturalProduct implements core.NaturalMultiplier.
func (m *Model) NaturalProduct(product, step, sums []float64, b *core.Batch) error {
	if !m.products.Multiply(product, step, par.RowsOf(b.Place()), sums) {
		return core.Errorf(core.Invalid, "natural_product", name, "the scores of these configurations are not kept: natural_keep comes before, with the same parameters")
	}
	return nil
}
