package fermiflow

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/fisher"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// Products with the Fisher matrix of scores that stay here: O of each configuration, and behind it the number of its state K.
// Of that, with the unit u of the logits, the score is s = u (delta_K - p), and
//
//	sum_i s_i (s_i . v) = u^2 [ sum_i c_i delta_Ki - p sum_i c_i ],   c_i = v_Ki - p . v.

// products is the memory of products.
type products struct {
	flow   fisher.Products
	logits fisher.Shares
	theta  int // number of the parameters that they are of
}

// NaturalKeep implements core.NaturalMultiplier.
func (m *Model) NaturalKeep(grad, sums []float64, b *core.Batch, w []float64, v []complex128) error {
	mustLen("the gradient", len(grad), m.spec.Parameters)
	mustLen("the sums", len(sums), m.spec.Scores)
	mustLen("the weights", len(w), b.N)
	if err := m.begin(opNatural, b); err != nil {
		return err
	}
	defer m.release()
	p, rows, flow := &m.products, par.RowsOf(b.Place()), m.params.Size()
	if p.theta != m.theta {
		p.flow.Forget()
		p.theta = m.theta
	}
	scores := p.flow.Keep(rows)
	m.natural.to, m.natural.stride = scores, flow+1
	if err := m.run(opNatural, rows, (*Model).scorePsi); err != nil {
		return err
	}
	for i, k := range m.number {
		scores[i*(flow+1)+flow] = float64(k)
	}
	p.flow.Weighted(grad[len(m.logits):], rows, m.realParts(w, v))
	m.pullStates(grad, b, w)
	p.flow.Sums(sums, rows)
	return nil
}

// NaturalProduct implements core.NaturalMultiplier.
func (m *Model) NaturalProduct(product, step, sums []float64, b *core.Batch) error {
	p, rows, logits := &m.products, par.RowsOf(b.Place()), len(m.logits)
	if p.theta != m.theta || !p.flow.Multiply(product[logits:], step[logits:], rows, sums) {
		return core.Errorf(core.Invalid, "natural_product", name, "the scores of these configurations are not kept: natural_keep comes before, with the same parameters")
	}
	if logits > 0 {
		m.multiplyLogits(product[:logits], step[:logits], rows)
	}
	return nil
}

// multiplyLogits is the product in the logits.
func (m *Model) multiplyLogits(product, step []float64, rows par.Rows) {
	scores, size := m.products.flow.Kept(rows), m.params.Size()+1
	mean, square := 0.0, m.unit*m.unit
	for k, l := range m.logP {
		mean += math.Exp(l) * step[k]
	}
	m.products.logits.Sum(product, rows, func(sum []float64, from, to int) {
		total := 0.0
		for i := from; i < to; i++ {
			k := int(scores[(i+1)*size-1])
			c := square * (step[k] - mean)
			sum[k] += c
			total += c
		}
		for k, l := range m.logP {
			sum[k] -= total * math.Exp(l)
		}
	})
}
