package learn

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/recipe"
)

// Completion is the calls by which batches that have some columns get others.
type Completion struct {
	calls []*call
	slabs [2]int // calls from the first to before the second are made slab by slab
	all   family
	slab  family
	own   []core.Column // of the batch itself, that these calls take or give
}

// Complete finds them. The error, of kind Mismatch, says what is missing.
func Complete(want, have []core.Column, parts []*Part) (*Completion, error) {
	givers := make([]*recipe.Giver, len(parts))
	for i, p := range parts {
		givers[i] = p.Giver
	}
	steps, err := recipe.Find(want, have, givers)
	if err != nil {
		return nil, &core.Error{Kind: core.Mismatch, Op: "bind", Subject: "the run", Err: err}
	}
	c := &Completion{}
	c.calls, c.all.children = bind(steps, have, parts)
	c.slab = family{&core.Batch{}, c.all.children}
	for i, k := range c.calls {
		if !k.children() {
			continue
		}
		if c.slabs[1] == 0 {
			c.slabs[0] = i
		}
		c.slabs[1] = i + 1
	}
	for _, k := range c.calls[c.slabs[0]:c.slabs[1]] {
		for _, at := range slices.Concat(k.in, k.out) {
			if at.child == "" {
				c.own = append(c.own, at.column)
			}
		}
	}
	return c, nil
}

// children tells whether the call makes or takes children.
func (c *call) children() bool {
	for _, p := range c.in {
		if p.child != "" {
			return true
		}
	}
	return c.row.Children != ""
}

// slabRows is how many configurations have their children in memory at a time: each
// may have thousands.
const slabRows = 256

// Of makes the calls on b. Numbers that a rule of the host goes on with, and with all
// set every one, have to be finite: the error, of kind Numeric, names part and sample.
func (c *Completion) Of(b *core.Batch, all bool) error {
	c.all.Batch = b
	begin, end := c.slabs[0], c.slabs[1]
	if err := run(c.calls[:begin], c.all, all); err != nil {
		return err
	}
	if end > begin {
		if err := c.bySlabs(c.calls[begin:end], b, all); err != nil {
			return err
		}
	}
	return run(c.calls[end:], c.all, all)
}

func run(calls []*call, f family, all bool) error {
	for _, c := range calls {
		if err := c.make(f); err != nil {
			return err
		}
		if !all && !c.ruled {
			continue
		}
		if err := c.finite(f); err != nil {
			return err
		}
	}
	return nil
}

// bySlabs makes calls on some configurations after the others.
func (c *Completion) bySlabs(calls []*call, b *core.Batch, all bool) error {
	for _, k := range calls {
		for i, at := range k.out {
			if at.child == "" && k.kept[i] {
				at.column.Make(b, at.column.Info().Length(b.N, k.Sizes))
			}
		}
	}
	for from := 0; from < b.N; from += slabRows {
		to := min(from+slabRows, b.N)
		s := c.slab.Batch
		s.N, s.From, s.Total, s.Shares = to-from, b.From+from, max(b.Total, b.N), b.Shares
		for _, column := range c.own {
			column.Window(s, b, from, to)
		}
		if err := run(calls, c.slab, all); err != nil {
			return err
		}
	}
	return nil
}
