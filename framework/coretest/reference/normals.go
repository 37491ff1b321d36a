package reference

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// normals are independent variables of the density N(m, s^2); theta is m and ln s.
type normals struct {
	space core.Space
	d     int
	m, s  float64
	drawn uint64
}

func normalsOn(space core.Space) normals { return normals{space: space, d: space.Size()} }

// Init implements core.Model: the standard normal density.
func (m *normals) Init(theta []float64, _ uint64) error {
	clear(theta)
	return nil
}

// Load implements core.Model.
func (m *normals) Load(theta []float64) error {
	m.m, m.s = theta[0], math.Exp(theta[1])
	return nil
}

// Sample implements core.Density.
func (m *normals) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, m.d)
	m.drawn++
	dst.ID = m.drawn
	var stream rand.PCG
	for i := range n {
		core.SeedStream(&stream, seed, uint64(dst.From+i))
		random := rand.New(&stream)
		for j := range m.d {
			dst.X[i*m.d+j] = m.m + m.s*random.NormFloat64()
		}
	}
	return m.LogProb(dst.LogP, dst.X)
}

// LogProb implements core.Density.
func (m *normals) LogProb(dst, x []float64) error {
	for i := range dst {
		dst[i] = -float64(m.d) * (math.Log(2*math.Pi)/2 + math.Log(m.s))
		for _, v := range x[i*m.d : (i+1)*m.d] {
			z := (v - m.m) / m.s
			dst[i] -= z * z / 2
		}
	}
	return nil
}

// Pull implements core.Model.
func (m *normals) Pull(grad []float64, b *core.Batch, w []float64) error {
	b.Sum(grad, func(sum []float64, from, to int) {
		for k := from * m.d; k < to*m.d; k++ {
			z := (b.X[k] - m.m) / m.s
			sum[0] += w[k/m.d] * z / m.s
			sum[1] += w[k/m.d] * (z*z - 1)
		}
	})
	return nil
}
