package fermiflow

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// With x = f(z), S = ln|Phi_K(z)| and W = dz/dx = (df/dz)^-1,
//
//	ln|Psi| = S - l/2,   G = grad_x ln|Psi| = W^T (grad_z S - grad_z l/2).
//
// Let L = sum_p d^2 f and h = sum_p d^2 l be second derivatives along the lines z + s W_p,
// W_p the columns of W. Of the inverse function lap_x z = -W L, and so
//
//	lap ln|Psi| = tr(W W^T Hess_z S) - h/2 - G.L,
//	lap Psi/Psi = lap ln|Psi| + |G|^2.
//
// The path carries W_p, L and h from z to x (kernels.Lift). The steps are those of the draw:
// this is the exact Laplacian of the Psi that the integrator computes.

// liftWidth is the most configurations of a workspace: those whose state, and rates, stay in a
// cache (128 KiB each at most), but at least what fills a vector. Narrower ones have shorter
// rows, which cost more than a state in the first cache saves: 6 % for 6 fermions.
func liftWidth(d int) int {
	bytes := 8 * kernels.Lift{Size: d}.Rows()
	return max(1, min(8, 128<<10/bytes/kernels.Lanes)) * kernels.Lanes
}

// liftedRows is about how many numbers a workspace has for derivatives of a configuration:
// the state, those of its integration, and matrices.
func liftedRows(d int) int { return 9 * kernels.Lift{Size: d}.Rows() }

// Laplacian implements core.DensityMatrix.
func (m *Model) Laplacian(dst []complex128, b *core.Batch) error {
	const op = "evaluate the Laplacian"
	mustLen("the Laplacian", len(dst), b.N)
	if err := m.begin(op, b); err != nil {
		return err
	}
	defer m.release()
	m.call.lap = dst
	return m.run(op, par.RowsOf(b.Place()), (*Model).laplacian)
}

func (m *Model) laplacian(c *chunk, at par.Span) error {
	if err := m.follow(c, at); err != nil {
		return err
	}
	m.slopes(c, at)
	c.lifted()
	for j := range at.N {
		lap := c.combine(j, m.occupied(at.From+j))
		if math.IsNaN(lap) || math.IsInf(lap, 0) {
			return notFinite("the Laplacian", at.From+j, lap)
		}
		m.call.lap[at.From+j] = complex(lap, 0)
	}
	return nil
}

// lifted carries W_p, L and h to x. It follows turn.
func (c *chunk) lifted() {
	clear(c.state)
	copy(c.state, c.z)
	copy(c.state[len(c.one)*c.width:], c.inverse)
	c.lift.Carry(c.state, c.solver, c.steps, false)
}

// combine returns lap Psi/Psi of configuration j in a state, whose slope is at hand.
func (c *chunk) combine(j int, k []int32) float64 {
	d := len(c.one)
	z := c.column(c.z, j)
	for at := range c.jacobian {
		c.jacobian[at] = c.inverse[at*c.width+j]
	}
	for i := range d {
		for l := range i + 1 {
			v := dot(c.jacobian[i*d:(i+1)*d], c.jacobian[l*d:(l+1)*d])
			c.metric[i*d+l], c.metric[l*d+i] = v, v
		}
	}
	c.wave.at(z)
	c.wave.logPhi(k)
	lap := c.wave.hessianTrace(c.metric, k) - c.state[c.lift.HRow()*c.width+j]/2
	for i := range d {
		g := c.xbar[i*c.width+j]
		lap += g * (g - c.state[c.lift.LRow(i)*c.width+j])
	}
	return lap
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}
