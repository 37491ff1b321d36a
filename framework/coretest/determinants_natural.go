package coretest

import "github.com/helmholtz-physics/helmholtz/framework/core"

// fisher is the whole matrix of p parameters, without damping.
func (m *determinants) fisher(b *core.Batch, p int) []float64 {
	fisher, score, o, mean := make([]float64, p*p), make([]float64, p), make([]complex128, p), make([]complex128, p)
	each := 1 / float64(max(b.N, 1))
	for i := range b.N {
		m.scores(score, o, b, i)
		for j := range p {
			mean[j] += o[j] * complex(each, 0)
			for k := range p {
				fisher[j*p+k] += each * (score[j]*score[k] + real(o[j])*real(o[k]) + imag(o[j])*imag(o[k]))
			}
		}
	}
	for j := range p {
		for k := range p {
			fisher[j*p+k] -= real(mean[j])*real(mean[k]) + imag(mean[j])*imag(mean[k])
		}
	}
	return fisher
}

// divide writes (fisher + damping)^-1 grad, and overwrites fisher.
func (m *determinants) divide(step, grad, fisher []float64, damping float64) {
	for j := range grad {
		fisher[j*len(grad)+j] += damping
	}
	copy(step, grad)
	solve(fisher, step)
}

// cutRows are the rows of the matrix that each share has.
func cutRows(p, share, shares int) (from, to int) {
	return share * p / shares, (share + 1) * p / shares
}

// NaturalTiles gives the rows of the matrix that are the share's.
func (m *determinants) NaturalTiles(b *core.Batch, w []float64, v []complex128, share, shares int) ([]float64, error) {
	if v == nil {
		v = twice(w)
	}
	m.grad = make([]float64, m.Spec().Parameters)
	p := len(m.grad)
	from, to := cutRows(p, share, shares)
	return m.fisher(b, p)[from*p : to*p], m.StatePull(m.grad, b, w, v)
}

func (m *determinants) NaturalSolve(grad, step []float64, damping float64, tiles []float64, _ int) error {
	p := len(grad)
	if len(m.grad) != p || len(tiles) != p*p {
		return core.Errorf(core.Invalid, "natural_solve", "", "%d numbers are not the matrix of %d parameters", len(tiles), p)
	}
	copy(grad, m.grad)
	m.divide(step, grad, append([]float64(nil), tiles...), damping)
	return nil
}
