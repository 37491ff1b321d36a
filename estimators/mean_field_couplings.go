package estimators

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// couplings are E_0, h_i and the J_ij that are not 0.
type couplings struct {
	constant float64
	field    []float64
	pairs    [][]coupling // of each spin, those with all others
}

// coupling is J_ij of a spin with spin to; back is its place among those of spin to.
type coupling struct {
	to, back int
	j        float64
}

// together is how many configurations are evaluated at once.
const together = 1 << 9

// newCouplings reads the couplings off energies of configurations in which no spin, one spin and two
// spins are down,
//
//	J_ij = (E_i + E_j - E_ij - E_up)/4,   h_i = (E_i - E_up)/2 - sum_j J_ij,
//
// and looks at random configurations whether that is all; pairs is false if not.
func newCouplings(energy core.Energy, n int, seed uint64) (c *couplings, pairs bool, err error) {
	e := &evaluation{energy: energy, n: n}
	e.add()
	for i := range n {
		e.add(i)
	}
	all, err := e.values()
	if err != nil {
		return nil, false, err
	}
	up, down := all[0], all[1:]
	c = &couplings{field: make([]float64, n), pairs: make([][]coupling, n)}
	scale := math.Abs(up)
	for _, v := range down {
		scale = max(scale, math.Abs(v))
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			e.add(i, j)
		}
		row, err := e.values()
		if err != nil {
			return nil, false, err
		}
		for k, both := range row {
			j := i + 1 + k
			// a difference of rounded energies is no coupling
			if v := (down[i] + down[j] - both - up) / 4; math.Abs(v) > 1e-13*scale {
				c.pairs[i] = append(c.pairs[i], coupling{j, len(c.pairs[j]), v})
				c.pairs[j] = append(c.pairs[j], coupling{i, len(c.pairs[i]) - 1, v})
			}
		}
	}
	c.constant = up
	for i := range n {
		c.field[i] = (down[i] - up) / 2
		for _, p := range c.pairs[i] {
			c.field[i] -= p.j
			c.constant += p.j / 2
		}
		c.constant += c.field[i]
	}
	pairs, err = c.explain(energy, n, seed, scale)
	return c, pairs, err
}

// explain tells whether E of random configurations follows from the couplings.
func (c *couplings) explain(energy core.Energy, n int, seed uint64, scale float64) (bool, error) {
	const tried = 64
	r := rand.New(rand.NewPCG(seed, 1))
	b := core.Batch{N: tried, X: make([]float64, tried*n)}
	for i := range b.X {
		b.X[i] = float64(2*r.IntN(2) - 1)
	}
	got := make([]float64, tried)
	if err := energy.Eval(got, &b); err != nil {
		return false, err
	}
	for i, e := range got {
		if want := c.energy(b.X[i*n : (i+1)*n]); !(math.Abs(e-want) <= 1e-9*(scale+math.Abs(e))) {
			return false, nil
		}
	}
	return true, nil
}

// energy is E(s), and of independent spins with the means s its mean.
func (c *couplings) energy(s []float64) float64 {
	e := c.constant
	for i, m := range s {
		e -= m * c.field[i]
		for _, p := range c.pairs[i] {
			e -= m * p.j * s[p.to] / 2
		}
	}
	return e
}

// evaluation collects configurations, all up but some spins, and evaluates them.
type evaluation struct {
	energy core.Energy
	n      int
	x      []float64 // of those that wait
	done   []float64
	err    error
}

func (e *evaluation) add(down ...int) {
	at := len(e.x)
	for range e.n {
		e.x = append(e.x, 1)
	}
	for _, i := range down {
		e.x[at+i] = -1
	}
	if len(e.x) == together*e.n {
		e.flush()
	}
}

func (e *evaluation) flush() {
	b := core.Batch{N: len(e.x) / e.n, X: e.x}
	if b.N == 0 {
		return
	}
	at := len(e.done)
	e.done = append(e.done, make([]float64, b.N)...)
	if err := e.energy.Eval(e.done[at:], &b); err != nil && e.err == nil {
		e.err = err
	}
	e.x = e.x[:0]
}

// values are those of all that was added since the last call.
func (e *evaluation) values() ([]float64, error) {
	e.flush()
	all := e.done
	e.done = nil
	return all, e.err
}
