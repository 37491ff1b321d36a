package rbm

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// The gradient of the log-weight,
//
//	dw/da_i = v_i,   dw/db_j = <h_j>_v,   dw/dW_ij = v_i <h_j>_v,
//
// is summed by tiles: some rows of W with their visible biases each, and one for the
// hidden biases.

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
	if err := m.pool.Each(cut, m.meansOf); err != nil {
		return err
	}
	cut.Lay(&m.layout)
	par.For(len(m.stacks), m.tile)
	return nil
}

// chunkMeans makes <h> times the cotangents.
func (m *Model) chunkMeans(_ *workspace, at par.Span) error {
	from, to := at.From*m.hidden, (at.From+at.N)*m.hidden
	means := m.kept.means[from:to]
	m.means(means, m.kept.fields[from:to])
	for i, bar := range m.call.bar[at.From : at.From+at.N] {
		for j := i * m.hidden; j < (i+1)*m.hidden; j++ {
			means[j] *= bar
		}
	}
	return nil
}

// gradTile sums a tile of the gradient over the batch.
func (m *Model) gradTile(k int) {
	stack, grad := &m.stacks[k], m.call.grad
	if k == len(m.stacks)-1 {
		for _, s := range m.layout.Segments {
			top := stack.Top(s, m.hidden)
			at := m.layout.Chunks[s.Chunk].From + s.From
			for i := at; i < at+s.N; i++ {
				tensor.Add(top, top, m.kept.means[i*m.hidden:(i+1)*m.hidden])
			}
			stack.Merge(s, m.hidden)
		}
		copy(grad[m.visible:m.visible+m.hidden], stack.Take(m.hidden))
		return
	}
	first := k * tileRows
	rows := min(tileRows, m.visible-first)
	size := rows * (m.hidden + 1)
	for _, s := range m.layout.Segments {
		top := stack.Top(s, size)
		a, w := top[:rows], top[rows:]
		at := m.layout.Chunks[s.Chunk].From + s.From
		for i := at; i < at+s.N; i++ {
			for j, v := range m.call.x[i*m.visible+first : i*m.visible+first+rows] {
				a[j] += m.call.bar[i] * v
			}
		}
		tensor.Gemm(true, false, rows, m.hidden, s.N, 1, m.call.x[at*m.visible+first:], m.visible, m.kept.means[at*m.hidden:], m.hidden, 1, w, m.hidden)
		stack.Merge(s, size)
	}
	sum := stack.Take(size)
	copy(grad[first:first+rows], sum[:rows])
	copy(grad[m.visible+m.hidden+first*m.hidden:], sum[rows:])
}
