package fermiflow

import "math/rand/v2"

// places are the orbitals of one particle, as det.Process draws with them.
type places struct {
	*orbitals
	lines []*line // of all quantum numbers; they are read only
	h     []float64
}

func newPlaces(o *orbitals, lines []*line) *places {
	return &places{orbitals: o, lines: lines, h: make([]float64, o.dim*(o.top+1))}
}

// Propose implements det.Orbitals: the density of one of the orbitals.
func (p *places) Propose(z []float64, k []int32, r *rand.Rand) {
	for c, q := range p.quanta[k[r.IntN(len(k))]] {
		z[c] = p.lines[q].draw(r)
	}
}

// Evaluate implements det.Orbitals, but for the common factor exp(-z^2/2).
func (p *places) Evaluate(phi []float64, z []float64, k []int32) {
	m := p.top + 1
	for c, x := range z {
		hermite(p.h[c*m:(c+1)*m], x)
	}
	for j, orbital := range k {
		v := 1.0
		for c, q := range p.quanta[orbital] {
			v *= p.h[c*m+q]
		}
		phi[j] = v
	}
}
