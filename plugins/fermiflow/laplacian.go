package fermiflow

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
	"github.com/helmholtz-physics/helmholtz/framework/engine/ode"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/flow/manybody"
)

// The path from x to z carries J = dz/dx, L = lap_x z, l, g = grad_x l and
// h = lap_x l (kernels.Lift). With S = ln|Phi_K| at its end, ln|Psi| = S + l/2 has
//
//	grad ln|Psi| = J^T grad_z S + g/2,
//	lap ln|Psi|  = tr(J J^T Hess_z S) + (grad_z S) . L + h/2,
//	lap Psi/Psi  = lap ln|Psi| + |grad ln|Psi||^2.
//
// The steps are those of the density: this is the exact Laplacian of the Psi that
// the integrator computes.

// lifted carries derivatives for some configurations.
type lifted struct {
	lift     *manybody.Lift
	solver   *ode.Solver[float64]
	from, to []float64 // states at x and z
	l        []float64
	jacobian []float64 // J of one configuration
	metric   []float64 // J J^T
	slope    []float64 // grad_z S
}

// liftWidth is the number of configurations whose state, and rates, fit into the
// first cache (32 KiB each at most), but at least what fills a vector.
func liftWidth(d int) int {
	bytes := 8 * kernels.Lift{Size: d}.Rows()
	return max(1, min(4, 32<<10/bytes/kernels.Lanes)) * kernels.Lanes
}

func (m *Model) newLifted() *chunk {
	n := m.lifts.width
	lift := m.velocity.Lift(n)
	rows := lift.Rows()
	w := &lifted{lift: lift, from: make([]float64, rows*n), to: make([]float64, rows*n), l: make([]float64, n),
		jacobian: make([]float64, m.d*m.d), metric: make([]float64, m.d*m.d), slope: make([]float64, m.d)}
	w.solver = ode.NewSolver(ode.Options{Method: ode.RK4, Steps: m.steps, Keep: 1}, lift, rows, n)
	return &chunk{width: n, one: make([]float64, m.d), wave: newWave(m.orbitals, m.n), lifted: w}
}

// Laplacian implements core.DensityMatrix.
func (m *Model) Laplacian(dst []complex128, b *core.Batch) error {
	const op = "evaluate the Laplacian"
	mustLen("the Laplacian", len(dst), b.N)
	if err := m.begin(op, b); err != nil {
		return err
	}
	defer m.release()
	m.call.lap = dst
	return m.run(&m.lifts, op, b.N, (*Model).laplacian)
}

func (m *Model) laplacian(c *chunk, at par.Span) error {
	w := c.lifted
	clear(w.from)
	c.load(w.from, m.call.x, at)
	for i := range m.d {
		row := w.from[w.lift.JRow(i, i)*c.width:][:c.width]
		for j := range row {
			row[j] = 1
		}
	}
	w.solver.Solve(w.to, w.l, w.from, 1, 0)
	for j := range at.N {
		lap := c.combine(j, m.occupied(at.From+j))
		if math.IsNaN(lap) || math.IsInf(lap, 0) {
			return notFinite("the Laplacian", at.From+j, lap)
		}
		m.call.lap[at.From+j] = complex(lap, 0)
	}
	return nil
}

// combine returns lap Psi/Psi of configuration j.
func (c *chunk) combine(j int, k []int32) float64 {
	w, d := c.lifted, len(c.one)
	z := c.column(w.to, j)
	for at := range w.jacobian {
		w.jacobian[at] = w.to[(d+at)*c.width+j]
	}
	c.wave.at(z)
	c.wave.logPhi(k)
	c.wave.gradient(w.slope, z, k)
	for i := range d {
		for l := range i + 1 {
			v := dot(w.jacobian[i*d:(i+1)*d], w.jacobian[l*d:(l+1)*d])
			w.metric[i*d+l], w.metric[l*d+i] = v, v
		}
	}
	lap := c.wave.hessianTrace(w.metric, k) + w.to[w.lift.HRow()*c.width+j]/2
	for i, s := range w.slope {
		lap += s * w.to[w.lift.LRow(i)*c.width+j]
	}
	for p := range d {
		g := w.to[w.lift.GRow(p)*c.width+j] / 2
		for i, s := range w.slope {
			g += s * w.jacobian[i*d+p]
		}
		lap += g * g
	}
	return lap
}
