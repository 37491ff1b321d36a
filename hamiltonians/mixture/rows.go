package mixture

// Rows implements core.Given. Row n is made of the outputs n (1 + 2 d), ... of the stream
// that the seed names: of the first, u = floor(a/2^11)/2^53 picks the first component k
// with u < w_1 + ... + w_k, and pairs of the others give the normal z_j in
// x_j = mu_kj + sigma_k z_j.
func (m *Mixture) Rows(x []float64, number []int32) error {
	for i, n := range number {
		s := m.start.Skip(uint64(n) * uint64(1+2*m.d))
		u := s.Uniform()
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
