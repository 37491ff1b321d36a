package fermiflow

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels/lanes"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// The path of a configuration is the one from z to x by the steps of the integrator,
//
//	x = f(z),   l = ln|det dx/dz| = int_0^1 div v dt,
//
// and z(x) is the inverse of that function f, not an integration back in time: Psi is
// evaluated on the very path that the draw made, and x has the density |Psi|^2 to rounding,
// whatever the error of the integrator. A path needs z. That of a batch that was drawn is
// remembered, with the stages of the path as far as memory goes; that of other
// configurations is found by Newton's method,
//
//	z -> z + (dx/dz)^-1 (x - f(z)),
//
// from the integration back. z is drawn on a grid, far finer than what anything depends on,
// so that the z that is found can be moved to the grid: where x follows from it bit for bit,
// it is the z that was drawn, and no number depends on what is remembered.
const (
	grid = 1.0 / (1 << 36)
	// mostIterations of Newton's method. From the integration back, of relative error 1e-5,
	// two reach rounding.
	mostIterations = 20
	// near is the relative error of x whose square is rounding.
	near = 1e-9
)

// onGrid is the grid's point next to z.
func onGrid(z float64) float64 { return math.RoundToEven(z/grid) * grid }

// drawn is the last draw: all its x with their z, which hold until theta changes.
type drawn struct {
	from, n, theta int
	x, z           []float64
}

// find writes the z of which x, configuration i of the batch at hand, was drawn, if it was.
func (d *drawn) find(z []float64, x []float64, i, theta int) bool {
	i -= d.from
	if d.theta != theta || i < 0 || i >= d.n {
		return false
	}
	size := len(z)
	for k, v := range d.x[i*size : (i+1)*size] {
		if math.Float64bits(v) != math.Float64bits(x[k]) {
			return false
		}
	}
	copy(z, d.z[i*size:])
	return true
}

// follow makes the path of the configurations of the call that are at, unless it is at hand.
func (m *Model) follow(c *chunk, at par.Span) error {
	x := m.call.x
	if c.holds(x, at, m.theta) {
		return nil
	}
	c.forget()
	c.load(c.x, x, at)
	unknown := 0
	for j := range c.width {
		i := at.From + min(j, at.N-1) // beyond, the last one again
		c.known[j] = m.drawn.find(c.one, x[i*m.d:(i+1)*m.d], m.call.first+i, m.theta)
		if !c.known[j] {
			unknown++
			continue
		}
		c.setColumn(c.z, j)
	}
	if unknown > 0 {
		if err := c.invert(at); err != nil {
			return err
		}
	} else {
		c.forward(c.end)
	}
	c.n, c.theta = at.N, m.theta
	return nil
}

// holds tells whether the path at hand is that of these configurations.
func (c *chunk) holds(x []float64, at par.Span, theta int) bool {
	if c.n != at.N || c.theta != theta {
		return false
	}
	d := len(c.one)
	for i := range d {
		for j, v := range c.x[i*c.width:][:at.N] {
			if math.Float64bits(v) != math.Float64bits(x[(at.From+j)*d+i]) {
				return false
			}
		}
	}
	return true
}

// forget drops the path.
func (c *chunk) forget() { c.n, c.turned = 0, false }

// forward makes the path from z, and writes its end.
func (c *chunk) forward(end []float64) {
	c.turned = false
	c.solver.Solve(end, c.l, c.z, 0, 1)
}

// invert finds z of the configurations whose z is not known, and makes the path of all.
func (c *chunk) invert(at par.Span) error {
	c.solver.Solve(c.zbar, c.lbar, c.x, 1, 0)
	copyUnknown := func(to, from []float64) {
		for i, v := range from {
			if !c.known[i%c.width] {
				to[i] = v
			}
		}
	}
	copyUnknown(c.z, c.zbar)
	if err := c.newton(at); err != nil {
		return err
	}
	copy(c.zbar, c.z)
	for i, z := range c.z {
		if !c.known[i%c.width] {
			c.z[i] = onGrid(z)
		}
	}
	c.forward(c.end)
	missed := false
	for j, known := range c.known {
		if !known {
			c.known[j] = c.missing(j) == 0
			missed = missed || !c.known[j]
		}
	}
	if missed {
		copyUnknown(c.z, c.zbar)
		c.forward(c.end)
	}
	return nil
}

// newton makes f(z) = x to rounding for each configuration by itself: what it finds does not
// depend on the others. Once an end is near, one more step, of quadratic convergence, does.
func (c *chunk) newton(at par.Span) error {
	for j, known := range c.known {
		if c.left[j] = math.Inf(1); known {
			c.left[j] = 0
		}
	}
	for range mostIterations {
		c.forward(c.end)
		c.turn()
		busy := false
		for j, left := range c.left {
			if left == 0 {
				continue
			}
			if left = c.missing(j); left <= near {
				left = 0
			}
			c.left[j] = left
			busy = busy || left != 0
			c.step(j)
		}
		if !busy {
			return nil
		}
	}
	for j, left := range c.left[:at.N] {
		if left != 0 {
			return fmt.Errorf("no z is found for configuration %d: the flow takes the nearest one to %.2g of it; more steps may help", at.From+j, left)
		}
	}
	return nil // those beyond repeat the last one
}

// missing is the relative distance of the end of configuration j's path from x.
func (c *chunk) missing(j int) float64 {
	most := 0.0
	for i := j; i < len(c.x); i += c.width {
		if v := math.Abs(c.end[i]-c.x[i]) / (1 + math.Abs(c.x[i])); !(v <= most) {
			most = v
		}
	}
	return most
}

// step is one of Newton's method.
func (c *chunk) step(j int) {
	d := len(c.one)
	for i := range d {
		sum := 0.0
		for p := range d {
			sum += c.inverse[(i*d+p)*c.width+j] * (c.x[p*c.width+j] - c.end[p*c.width+j])
		}
		c.z[i*c.width+j] += sum
	}
}

// turn carries J = dx/dz and grad_z l along the path, and inverts J.
func (c *chunk) turn() {
	d, n := len(c.one), c.width
	clear(c.state)
	copy(c.state, c.z)
	for i := range d {
		row := c.state[c.lift.JRow(i, i)*n:][:n]
		for j := range row {
			row[j] = 1
		}
	}
	c.lift.Carry(c.state, c.solver, c.steps, true)
	copy(c.gradL, c.state[c.lift.GRow(0)*n:])
	for from := 0; from < n; from += lanes.Width {
		for at := range d * d {
			copy(c.eight[at*lanes.Width:(at+1)*lanes.Width], c.state[(d+at)*n+from:])
		}
		lanes.Invert(c.eightInverse, c.lnDet[:], c.sign[:], d, c.eight)
		for at := range d * d {
			copy(c.inverse[at*n+from:][:lanes.Width], c.eightInverse[at*lanes.Width:])
		}
	}
	c.turned = true
}

// slopes writes G = grad ln|Psi| of the configurations of the path at hand to xbar,
//
//	G = (dz/dx)^T (grad_z ln|Phi_K| - grad_z l/2).
func (m *Model) slopes(c *chunk, at par.Span) {
	if !c.turned {
		c.turn()
	}
	for j := range at.N {
		c.slopeIn(j, m.occupied(at.From+j))
	}
}

// slopeIn writes that of configuration j in a state.
func (c *chunk) slopeIn(j int, k []int32) {
	d, z := len(c.one), c.column(c.z, j)
	c.wave.at(z)
	c.wave.logPhi(k)
	c.wave.gradient(c.slope, z, k)
	for p := range d {
		sum := 0.0
		for i, s := range c.slope {
			sum += c.inverse[(i*d+p)*c.width+j] * (s - c.gradL[i*c.width+j]/2)
		}
		c.xbar[p*c.width+j] = sum
	}
}
