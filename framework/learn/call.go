package learn

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/recipe"
)

// Part is something that gives columns: a part of the run, or a rule of the host.
type Part struct {
	*recipe.Giver
	Instance core.Instance
	Sizes    core.Sizes
	Blame    Blame // names the part
}

// Blame names in an error who is to blame for it; nil changes nothing.
type Blame func(error) error

func (b Blame) of(err error) error {
	if b == nil || err == nil {
		return err
	}
	return b(err)
}

// call is a step of a recipe, bound to the part that makes it.
type call struct {
	*Part
	row     *core.Row
	in, out []place // in the order of the row's
	kept    []bool  // of out: those that the batch does not have from elsewhere
	direct  bool    // the columns have the row's own names
	child   string  // the children that all of it is about, "" for the batch itself
	ruled   bool    // whether a rule of the host goes on with what it gives

	from, to core.Batch // as the row has them, where it calls them otherwise
	args     core.Call
}

// place is where a column is: of the batch, or of its children.
type place struct {
	child  string
	column core.Column
}

// family is a batch with the children that calls have made of it.
type family struct {
	*core.Batch
	children map[string]*core.Batch
}

func (f family) at(child string) *core.Batch {
	if child == "" {
		return f.Batch
	}
	return f.children[child]
}

// bind makes calls of a recipe's steps, for batches that have some columns.
func bind(steps []recipe.Step, have []core.Column, parts []*Part) (calls []*call, children map[string]*core.Batch) {
	children = map[string]*core.Batch{}
	for _, s := range steps {
		if s.Row.Children != "" {
			children[s.Row.Children] = &core.Batch{}
		}
	}
	where := func(columns []core.Column) (all []place) {
		for _, c := range columns {
			if role := c.Info().Role; children[role] != nil {
				all = append(all, place{role, c.Base()})
			} else {
				all = append(all, place{"", c})
			}
		}
		return all
	}
	known := slices.Clone(have)
	for _, s := range steps {
		c := &call{row: s.Row, in: where(s.In()), out: where(s.Out())}
		c.Part = parts[slices.IndexFunc(parts, func(p *Part) bool { return p.Giver == s.Giver })]
		if all := slices.Concat(c.in, c.out); s.Row.Children == "" && !slices.ContainsFunc(all, func(p place) bool { return p.child != all[0].child }) {
			c.child = all[0].child
		}
		c.direct = slices.EqualFunc(c.in, s.Row.In, func(p place, formal core.Column) bool { return p.column == formal && p.child == c.child })
		for _, before := range calls {
			before.ruled = before.ruled || s.Row.Kind == core.KindRule && slices.ContainsFunc(c.in, func(q place) bool { return slices.Contains(before.out, q) })
		}
		for _, column := range s.Out() {
			c.kept = append(c.kept, !slices.Contains(known, column))
			known = append(known, column)
		}
		calls = append(calls, c)
	}
	return calls, children
}

// make makes the call. A column that the batch had before is not written.
func (c *call) make(f family) error {
	b := f.at(c.child)
	c.args = core.Call{In: b, Out: &c.to}
	if !c.direct {
		c.args.In, c.from.N, c.from.ID = &c.from, b.N, b.ID
		c.from.From, c.from.Total, c.from.Shares = b.From, b.Total, b.Shares
		for i, formal := range c.row.In {
			formal.Share(&c.from, f.at(c.in[i].child), c.in[i].column)
		}
	}
	c.to.N = b.N
	for i, formal := range c.row.Out {
		n := formal.Info().Length(b.N, c.Sizes)
		switch at := c.out[i]; {
		case n < 0: // the part says how many
		case !c.kept[i]:
			formal.Make(&c.to, n)
		default:
			at.column.Make(f.at(at.child), n)
			formal.Share(&c.to, f.at(at.child), at.column)
		}
	}
	if err := c.Instance.Call(c.row, &c.args); err != nil {
		return c.Blame.of(err)
	}
	if c.row.Children != "" {
		return c.Blame.of(c.deliver(f))
	}
	return nil
}

// deliver takes the children that the call gave.
func (c *call) deliver(f family) error {
	children := f.children[c.row.Children]
	children.N, children.ID = 0, 0
	for i, k := range c.row.Out[0].(*core.Quantity[int32]).Of(&c.to) {
		if k < 0 {
			return core.Errorf(core.Plugin, c.row.Name, "", "sample %d: it has %d %ss", i, k, c.row.Children)
		}
		children.N += int(k)
	}
	for i, formal := range c.row.Out[1:] {
		at := c.out[1+i]
		at.column.Share(children, &c.to, formal)
		if got, want := at.column.Len(children), at.column.Info().Length(children.N, c.Sizes); got != want {
			return core.Errorf(core.Plugin, c.row.Name, "", "it gave %d numbers of %s for %d %ss, want %d", got, formal.Info().Name, children.N, c.row.Children, want)
		}
	}
	return nil
}

// finite finds the first number of what the call gave that is not.
func (c *call) finite(f family) error {
	for i, at := range c.out {
		if !c.kept[i] {
			continue
		}
		if err := finite(f.at(at.child), at.column); err != nil {
			return c.Blame.of(err)
		}
	}
	return nil
}

// finite finds the first value of a column that is not finite: an error of kind
// Numeric.
func finite(b *core.Batch, c core.Column) error {
	k := c.Infinite(b)
	if k < 0 {
		return nil
	}
	what := c.Info().Symbol
	if c.Info().Dim == core.DimX {
		what = "a component of " + what
	}
	return core.Errorf(core.Numeric, "", "", "sample %d: %s is %s", b.From+k*b.N/c.Len(b), what, c.Say(b, k))
}
