package fermiflow

import (
	"math"
	"math/rand/v2"
	"sort"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// Sample implements core.Density. Configuration i reads its own stream: a number
// for K, then those of z.
func (m *Model) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, m.d)
	dst.K = core.Resize(dst.K, n*m.n)
	m.call = call{seed: seed, first: dst.From, k: dst.K, x: dst.X, logP: dst.LogP}
	defer m.release()
	d := &m.drawn
	d.n, d.x, d.z = 0, core.Resize(d.x, n*m.d), core.Resize(d.z, n*m.d)
	if err := m.run("draw", par.RowsOf(dst.Place()), (*Model).draw); err != nil {
		return err
	}
	copy(d.x, dst.X)
	d.from, d.n, d.theta = dst.From, n, m.theta
	dst.ID = rand.Uint64() | 1 // a name, which no result depends on
	return nil
}

func (m *Model) release() { m.call = call{} }

func (m *Model) draw(c *chunk, at par.Span) error {
	from, n := at.From, at.N
	c.forget()
	total := m.sum[len(m.sum)-1]
	if math.IsNaN(total) || math.IsInf(total, 0) {
		return notFinite("the sum of p(K)", from, total)
	}
	for j := range n {
		core.SeedStream(&c.pcg, m.call.seed, uint64(m.call.first+from+j))
		k := min(sort.SearchFloat64s(m.sum, c.random.Float64()*total), len(m.sum)-1)
		occupied := m.states.occupied[k]
		copy(m.call.k[(from+j)*m.n:], occupied)
		m.call.logP[from+j] = m.logP[k]
		c.place(j, occupied)
		copy(m.drawn.z[(from+j)*m.d:], c.one)
	}
	if err := m.carry(c, at); err != nil {
		return err
	}
	c.n, c.theta = n, m.theta
	return nil
}

// DrawStates implements core.StateDrawer.
func (m *Model) DrawStates(x []float64, k []int32, u []float64) error {
	m.call = call{x: x, k: k, u: u}
	defer m.release()
	return m.run("draw", par.All(len(x)/m.d), (*Model).drawGiven)
}

func (m *Model) drawGiven(c *chunk, at par.Span) error {
	c.forget()
	for j := range at.N {
		i := at.From + j
		core.SeedBy(&c.pcg, m.call.u[i*m.d:(i+1)*m.d])
		c.place(j, m.call.k[i*m.n:(i+1)*m.n])
	}
	return m.carry(c, at)
}

// place draws z of place j, in a state.
func (c *chunk) place(j int, occupied []int32) {
	c.dpp.Draw(c.one, occupied, c.random)
	for i, z := range c.one {
		c.one[i] = onGrid(z)
	}
	c.setColumn(c.z, j)
}

// carry writes where the flow takes z to the x of the call.
func (m *Model) carry(c *chunk, at par.Span) error {
	for j := at.N; j < c.width; j++ { // no numbers of another batch
		for i := range m.d {
			c.z[i*c.width+j] = 0
		}
	}
	c.forward(c.x)
	for j := range at.N {
		for i, x := range c.column(c.x, j) {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return notFinite("a coordinate", at.From+j, x)
			}
			m.call.x[(at.From+j)*m.d+i] = x
		}
	}
	return nil
}

// LogProb implements core.Density: ln <x|rho|x> by the sum over all states.
func (m *Model) LogProb(dst, x []float64) error {
	mustLen("x", len(x), len(dst)*m.d)
	m.call = call{x: x, logP: dst}
	defer m.release()
	return m.run("evaluate ln p", par.All(len(dst)), (*Model).diagonal)
}

func (m *Model) diagonal(c *chunk, at par.Span) error {
	if err := m.follow(c, at); err != nil {
		return err
	}
	for j := range at.N {
		c.wave.at(c.column(c.z, j))
		high, sum := math.Inf(-1), 0.0
		for k, occupied := range m.states.occupied {
			lnPhi, _ := c.wave.logPhi(occupied)
			switch l := m.logP[k] + 2*lnPhi; {
			case l > high:
				sum, high = sum*math.Exp(high-l)+1, l
			case l > math.Inf(-1):
				sum += math.Exp(l - high)
			}
		}
		logP := high + math.Log(sum) - c.l[j]
		if math.IsNaN(logP) || math.IsInf(logP, 1) {
			return notFinite("ln p", at.From+j, logP)
		}
		m.call.logP[at.From+j] = logP
	}
	return nil
}
