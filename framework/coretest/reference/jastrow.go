package reference

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Jastrow is a wave function of a ring of spins (Jastrow 1955, Phys. Rev. 98, 1479)
// with couplings of nearest and next-nearest neighbours,
//
//	ln Psi(s) = a_1 sum_i s_i s_{i+1} + a_2 sum_i s_i s_{i+2},
//
// on all configurations, or on those without magnetisation. It draws by enumeration,
// so its density is known exactly.
func Jastrow(balanced bool) core.Part {
	return model("jastrow", "wave function of two couplings on a ring of spins", func(space core.Space) core.Model {
		m := &jastrow{space: space, n: space.Size()}
		for code := range 1 << m.n {
			s, sum := make([]float64, m.n), 0.0
			for j := range s {
				s[j] = float64(1 - 2*(code>>j&1))
				sum += s[j]
			}
			if !balanced || sum == 0 {
				m.states = append(m.states, s...)
			}
		}
		m.cumulated = make([]float64, len(m.states)/m.n)
		return m
	})
}

type jastrow struct {
	space     core.Space
	n         int
	states    []float64 // all configurations
	theta     [2]float64
	cumulated []float64 // probabilities of the states up to each
	logZ      float64
	drawn     uint64
}

var (
	_ core.Model        = (*jastrow)(nil)
	_ core.WaveFunction = (*jastrow)(nil)
)

// Spec implements core.Model.
func (m *jastrow) Spec() core.ModelSpec {
	return core.ModelSpec{Space: m.space, Parameters: 2, Powers: []core.Power{core.PowerWave}}
}

// Init implements core.Model: the state in which all configurations are alike.
func (m *jastrow) Init(theta []float64, _ uint64) error {
	clear(theta)
	return nil
}

// bonds are the derivatives of ln Psi in a_1 and a_2.
func (m *jastrow) bonds(s []float64) (d [2]float64) {
	for i, v := range s {
		d[0] += v * s[(i+1)%m.n]
		d[1] += v * s[(i+2)%m.n]
	}
	return d
}

func (m *jastrow) logPsi(s []float64) float64 {
	d := m.bonds(s)
	return m.theta[0]*d[0] + m.theta[1]*d[1]
}

// Load implements core.Model.
func (m *jastrow) Load(theta []float64) error {
	copy(m.theta[:], theta)
	sum := 0.0
	for k := range m.cumulated {
		sum += math.Exp(2 * m.logPsi(m.states[k*m.n:(k+1)*m.n]))
		m.cumulated[k] = sum
	}
	m.logZ = math.Log(sum)
	return nil
}

// Sample implements core.Density.
func (m *jastrow) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, m.n)
	m.drawn++
	dst.ID = m.drawn
	var stream rand.PCG
	for i := range n {
		core.SeedStream(&stream, seed, uint64(dst.From+i))
		u, k := rand.New(&stream).Float64()*m.cumulated[len(m.cumulated)-1], 0
		for m.cumulated[k] <= u {
			k++
		}
		copy(dst.X[i*m.n:(i+1)*m.n], m.states[k*m.n:])
	}
	return m.LogProb(dst.LogP, dst.X)
}

// LogProb implements core.Density.
func (m *jastrow) LogProb(dst, x []float64) error {
	for i := range dst {
		dst[i] = 2*m.logPsi(x[i*m.n:(i+1)*m.n]) - m.logZ
	}
	return nil
}

// mean is the mean of the bonds, half the derivative of ln Z.
func (m *jastrow) mean() (d [2]float64) {
	before, total := 0.0, m.cumulated[len(m.cumulated)-1]
	for k, c := range m.cumulated {
		for j, v := range m.bonds(m.states[k*m.n : (k+1)*m.n]) {
			d[j] += v * (c - before) / total
		}
		before = c
	}
	return d
}

// Pull implements core.Model.
func (m *jastrow) Pull(grad []float64, b *core.Batch, w []float64) error {
	mean := m.mean()
	b.Sum(grad, func(sum []float64, from, to int) {
		for i := from; i < to; i++ {
			for j, v := range m.bonds(b.X[i*m.n : (i+1)*m.n]) {
				sum[j] += 2 * w[i] * (v - mean[j])
			}
		}
	})
	return nil
}

// Amplitude implements core.WaveFunction.
func (m *jastrow) Amplitude(logPsi []complex128, x []float64) error {
	for i := range logPsi {
		logPsi[i] = complex(m.logPsi(x[i*m.n:(i+1)*m.n]), 0)
	}
	return nil
}

// AmplitudePull implements core.WaveFunction.
func (m *jastrow) AmplitudePull(grad []float64, b *core.Batch, v []complex128) error {
	b.Sum(grad, func(sum []float64, from, to int) {
		for i := from; i < to; i++ {
			for j, d := range m.bonds(b.X[i*m.n : (i+1)*m.n]) {
				sum[j] += real(v[i]) * d
			}
		}
	})
	return nil
}
