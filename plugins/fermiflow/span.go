package fermiflow

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

var _ core.StateSpanner = (*Model)(nil)

// SpanPsi implements core.StateSpanner. The path, the derivatives that it carries, and W do not know
// the state: of many at one x they are computed once (laplacian.go). Any orbitals of the model will do,
// in states beyond its excitation too.
func (m *Model) SpanPsi(logPsi, lap []complex128, x []float64, states []int32) error {
	n := len(x) / m.d
	mustLen("ln Psi", len(logPsi), n*(len(states)/m.n))
	mustLen("the Laplacian", len(lap), len(logPsi))
	m.call = call{x: x, k: states, logPsi: logPsi, lap: lap}
	defer m.release()
	return m.run("evaluate ln Psi of many states", par.All(n), (*Model).spanned)
}

func (m *Model) spanned(c *chunk, at par.Span) error {
	if err := m.follow(c, at); err != nil {
		return err
	}
	if !c.turned {
		c.turn()
	}
	c.lifted()
	n := len(m.call.x) / m.d
	for s := range len(m.call.k) / m.n {
		k := m.call.k[s*m.n : (s+1)*m.n]
		for j := range at.N {
			c.slopeIn(j, k)
			logPsi, lap := c.logPsi(j, k), c.combine(j, k)
			if re := real(logPsi); math.IsNaN(re) || math.IsInf(re, 1) {
				return notFinite("ln Psi", at.From+j, re)
			}
			if math.IsNaN(lap) || math.IsInf(lap, 0) {
				return notFinite("the Laplacian", at.From+j, lap)
			}
			m.call.logPsi[s*n+at.From+j], m.call.lap[s*n+at.From+j] = logPsi, complex(lap, 0)
		}
	}
	return nil
}
