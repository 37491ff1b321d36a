package mixture

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// ranges are the rows for training, validation and test, one after the other.
func (c Config) ranges() (all []core.Range) {
	from := 0
	for _, r := range []struct {
		name string
		n    int
	}{{"train", c.Train}, {"validation", c.Validation}, {"test", c.Test}} {
		if r.n > 0 {
			all = append(all, core.Range{Name: r.name, From: from, To: from + r.n})
		}
		from += r.n
	}
	return all
}

// Rows implements core.Given. Row n is made of the outputs n (1 + 2 d), ... of the stream
// that the seed names: of the first, u = floor(a/2^11)/2^53 picks the first component k
// with u < w_1 + ... + w_k, and pairs of the others give the normal z_j in
// x_j = mu_kj + sigma_k z_j.
func (m *Mixture) Rows(x []float64, number []int32) error {
	for i, n := range number {
		s := m.start.Skip(uint64(n) * uint64(1+2*m.d))
		u := float64(s.Uint64()>>11) / (1 << 53)
		k, sum := 0, m.weight[0]
		for u >= sum && k < len(m.weight)-1 {
			k++
			sum += m.weight[k]
		}
		for j, mean := range m.mean[k*m.d : (k+1)*m.d] {
			x[i*m.d+j] = mean + m.width[k]*s.Normal()
		}
	}
	return nil
}
