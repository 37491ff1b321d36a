package autoregressive

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

var _ core.Completer = (*Model[float64])(nil)

// given is what a draw starts from: configurations of which the first sites are known,
// and the random numbers by which the others are drawn. Without x nothing is known.
type given struct {
	x      []float64
	known  []int32
	chance []float64
}

// Complete implements core.Completer: the sites that are known come first.
func (m *Model[T]) Complete(y, x []float64, known []int32, u []float64) error {
	const op = "complete"
	if m.o.Z2 {
		return core.RowComplete.Lacks(m.o.Name)
	}
	sites := m.sites()
	mustLen("Complete: y", len(y), len(x))
	for i := range len(x) / sites {
		ended := false
		for j, v := range known[i*sites : (i+1)*sites] {
			if ended = ended || v == 0; ended && v != 0 {
				return &core.Error{Kind: core.Unsupported, Op: op, Subject: m.o.Name, Hint: "it draws site by site, and can only go on from the first ones",
					Err: fmt.Errorf("of configuration %d site %d is known, and one before it is not", i, j)}
			}
		}
	}
	m.given, m.x, m.logP = given{x, known, u}, y, make([]float64, len(x)/sites)
	defer m.release()
	m.held = held{}
	return m.slabs(par.All(len(x)/sites), m.draw, passing)
}

// uniform are the random numbers of site i for all samples of the chunk, of which at is the
// first.
func (c *chunk[T]) uniform(g given, i, at int) []float64 {
	sites := c.pass[0].X.Rows
	for j := range c.u {
		if g.x == nil {
			c.u[j] = unit(c.stream[j].Uint64())
		} else {
			c.u[j] = g.chance[(at+j)*sites+i]
		}
	}
	return c.u
}

// put writes what is known of site i over what was drawn.
func (c *chunk[T]) put(g given, i, at int) {
	row := c.pass[0].X.Row(i)
	for j := range row {
		if k := (at+j)*c.pass[0].X.Rows + i; g.known[k] != 0 {
			row[j] = T(g.x[k])
		}
	}
}
