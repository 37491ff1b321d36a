package coretest

import "github.com/helmholtz-physics/helmholtz/framework/core"

// NaturalPull builds the whole matrix.
func (m *determinants) NaturalPull(grad, step []float64, b *core.Batch, w []float64, v []complex128, damping float64) error {
	scores := make([]float64, b.N*m.Spec().Scores)
	if err := m.NaturalScores(grad, scores, b, w, v); err != nil {
		return err
	}
	m.divide(step, grad, fisherRows(scores, b.N, len(grad), 0, len(grad)), damping)
	return nil
}

// NaturalScores has of each configuration grad ln p(K), and the real and the imaginary parts of grad ln Psi. The gradient is
// a sum over nodes.
func (m *determinants) NaturalScores(grad, scores []float64, b *core.Batch, w []float64, v []complex128) error {
	if v == nil {
		v = twice(w)
	}
	p := len(grad)
	o := make([]complex128, p)
	for i := range b.N {
		row := scores[3*p*i:][:3*p]
		m.scores(row[:p], o, b, i)
		for j, c := range o {
			row[p+j], row[2*p+j] = real(c), imag(c)
		}
	}
	return m.StatePull(grad, b, w, v)
}

// fisherRows are rows of the matrix of p parameters, without damping.
func fisherRows(scores []float64, n, p, from, to int) []float64 {
	fisher, mean := make([]float64, (to-from)*p), make([]float64, 3*p)
	each := 1 / float64(max(n, 1))
	for ; len(scores) > 0; scores = scores[3*p:] {
		for part := 0; part < 3*p; part += p {
			s := scores[part : part+p]
			for j, v := range s {
				mean[part+j] += each * v
				if from <= j && j < to {
					for k, u := range s {
						fisher[(j-from)*p+k] += each * v * u
					}
				}
			}
		}
	}
	for j := from; j < to; j++ {
		for k := range p {
			fisher[(j-from)*p+k] -= mean[p+j]*mean[p+k] + mean[2*p+j]*mean[2*p+k]
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

// NaturalTiles gives the rows of the matrix that are the share's.
func (m *determinants) NaturalTiles(b *core.Batch, _ []float64, _ []complex128, grad, scores []float64, share, shares int) ([]float64, error) {
	m.grad = append([]float64(nil), grad...)
	p := len(grad)
	return fisherRows(scores, b.N, p, share*p/shares, (share+1)*p/shares), nil
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

// nodePlace is that of a node.
type nodePlace struct{ from, n, total, shares int }

func placeOf(b *core.Batch) (p nodePlace) {
	p.from, p.n, p.total, p.shares = b.Place()
	return p
}

// NaturalKeep keeps the scores of a node.
func (m *determinants) NaturalKeep(grad, sums []float64, b *core.Batch, w []float64, v []complex128) error {
	scores := make([]float64, b.N*len(sums))
	if m.kept == nil {
		m.kept = map[nodePlace][]float64{}
	}
	m.kept[placeOf(b)] = scores
	if err := m.NaturalScores(grad, scores, b, w, v); err != nil {
		return err
	}
	b.Sum(sums, func(sum []float64, from, to int) {
		for i, s := range scores[from*len(sums) : to*len(sums)] {
			sum[i%len(sums)] += s
		}
	})
	return nil
}

// NaturalProduct subtracts the means of O, not those of grad ln p(K).
func (m *determinants) NaturalProduct(product, step, sums []float64, b *core.Batch) error {
	scores, kept := m.kept[placeOf(b)]
	if !kept {
		return core.Errorf(core.Invalid, "natural_product", "", "natural_keep comes before")
	}
	p, n := len(step), float64(placeOf(b).total)
	b.Sum(product, func(sum []float64, from, to int) {
		for i := 3 * from; i < 3*to; i++ { // a row of p numbers each
			o := append([]float64(nil), scores[i*p:(i+1)*p]...)
			if i%3 > 0 {
				for j := range o {
					o[j] -= sums[i%3*p+j] / n
				}
			}
			along := dot(o, step)
			for j, x := range o {
				sum[j] += along * x
			}
		}
	})
	return nil
}
