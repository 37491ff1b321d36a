package rbm

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// The gradient of the log-weight,
//
//	dw/db_j = <h_j>_v,   dw/dW_ij = y_i(v) <h_j>_v,
//
// and that of the visible layer, is summed by tiles: some visible units each with their rows
// of W, and one for the hidden biases.

// tileUnits is how many visible units a tile has: their rows of W stay in the cache while a
// batch goes by.
const tileUnits = 64

// WeightPull implements core.Weigher.
func (m *Model) WeightPull(grad []float64, b *core.Batch, bar []float64) error {
	if !slices.Equal(b.X, m.kept.x) {
		if err := m.LogWeight(make([]float64, b.N), b.X); err != nil {
			return err
		}
	}
	m.kept.means = core.Resize(m.kept.means, b.N*m.hidden)
	m.call = call{x: b.X, bar: bar, grad: grad}
	defer func() { m.call = call{} }()
	cut := par.CutBy(par.RowsOf(b.Place()), chunk)
	if err := m.pool.Each(cut, m.average); err != nil {
		return err
	}
	cut.Lay(&m.cut)
	par.For(len(m.sums), m.sumTile)
	return nil
}

// averageChunk makes <h> times the cotangents.
func (m *Model) averageChunk(_ *workspace, at par.Span) error {
	means := m.rows(m.kept.means, at, m.hidden)
	m.units.means(means, m.rows(m.kept.fields, at, m.hidden))
	for i, bar := range m.call.bar[at.From : at.From+at.N] {
		for j := i * m.hidden; j < (i+1)*m.hidden; j++ {
			means[j] *= bar
		}
	}
	return nil
}

// tile sums a tile of the gradient over the batch.
func (m *Model) tile(k int) {
	if k == len(m.sums)-1 {
		m.sumBiases(m.call.grad[m.own():m.own()+m.hidden], k)
		return
	}
	stack, first := &m.sums[k], k*tileUnits
	kinds, n := m.own()/m.visible, min(tileUnits, m.visible-first)
	size := n * (kinds + m.hidden)
	for _, s := range m.cut.Segments {
		top := stack.Top(s, size)
		at := m.cut.Chunks[s.Chunk].From + s.From
		means := m.kept.means[at*m.hidden : (at+s.N)*m.hidden]
		m.layer.pull(top[:kinds*n], tile{first: first, units: n, of: m.visible, v: m.call.x[at*m.visible:], bar: m.call.bar[at : at+s.N], u: func() []float64 {
			u := make([]float64, s.N*n)
			tensor.Gemm(false, true, s.N, n, m.hidden, 1, means, m.hidden, m.w[first*m.hidden:], m.hidden, 0, u, n)
			return u
		}})
		tensor.Gemm(true, false, n, m.hidden, s.N, 1, m.kept.y[at*m.visible+first:], m.visible, means, m.hidden, 1, top[kinds*n:], m.hidden)
		stack.Merge(s, size)
	}
	sum, grad := stack.Take(size), m.call.grad
	for kind := range kinds {
		copy(grad[kind*m.visible+first:], sum[kind*n:(kind+1)*n])
	}
	copy(grad[m.own()+m.hidden+first*m.hidden:], sum[kinds*n:])
}

// sumBiases sums the gradient of the hidden biases.
func (m *Model) sumBiases(grad []float64, k int) {
	stack := &m.sums[k]
	for _, s := range m.cut.Segments {
		top := stack.Top(s, m.hidden)
		at := m.cut.Chunks[s.Chunk].From + s.From
		for i := at; i < at+s.N; i++ {
			tensor.Add(top, top, m.kept.means[i*m.hidden:(i+1)*m.hidden])
		}
		stack.Merge(s, m.hidden)
	}
	copy(grad, stack.Take(m.hidden))
}
