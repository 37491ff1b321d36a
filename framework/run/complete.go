package run

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// call is a step of a recipe, bound to the part that makes it.
type call struct {
	row      *core.Row
	instance core.Instance
	blame    func(error) error
	in, out  []core.Column // as the batch has them, in the order of the row's
	kept     []bool        // of out: those that the batch does not have from elsewhere
	ruled    bool          // whether a rule of the host goes on with what it gives
	from, to core.Batch    // as the row has them, where it calls them otherwise
	args     core.Call
}

// recipe binds the calls by which a batch gets the columns that are wanted.
func (r *runner) recipe(want, have []core.Column) ([]*call, error) {
	var model *core.ModelSpec
	if r.parts.Model != nil {
		spec := r.parts.Model.Spec()
		model = &spec
	}
	energy := r.parts.Energy.Spec()
	givers := r.plan.Givers(energy, model)
	steps, err := plan.Recipe(want, have, givers)
	if err != nil {
		return nil, &core.Error{Kind: core.Mismatch, Op: "bind", Subject: "the run", Err: err}
	}
	known := slices.Clone(have)
	var calls []*call
	for _, s := range steps {
		c := &call{row: s.Row, in: s.In(), out: s.Out()}
		switch s.Row.Kind {
		case core.KindModel:
			c.instance, c.blame = core.InstanceOf(r.parts.Model), r.blameModel
		case core.KindEnergy:
			c.instance, c.blame = core.InstanceOf(r.parts.Energy), r.blameEnergy
		default: // what is wrong with a local energy is wrong with Psi
			c.instance, c.blame = core.Local{Part: core.Kinetic(energy.Kinetic)}, r.blameModel
		}
		for _, before := range calls {
			before.ruled = before.ruled || s.Row.Kind == core.KindRule && slices.ContainsFunc(c.in, func(q core.Column) bool { return slices.Contains(before.out, q) })
		}
		for _, column := range c.out {
			c.kept = append(c.kept, !slices.Contains(known, column))
			known = append(known, column)
		}
		calls = append(calls, c)
	}
	return calls, nil
}

// make makes the call on b. A column that the batch had before is not written.
func (c *call) make(b *core.Batch, s core.Sizes) error {
	c.args = core.Call{In: b, Out: &c.to}
	if !slices.Equal(c.in, c.row.In) {
		c.args.In, c.from.N, c.from.ID = &c.from, b.N, b.ID
		for i, formal := range c.row.In {
			formal.Share(&c.from, b, c.in[i])
		}
	}
	c.to.N = b.N
	for i, formal := range c.row.Out {
		n := formal.Info().Length(b.N, s)
		if !c.kept[i] {
			formal.Make(&c.to, n)
			continue
		}
		c.out[i].Make(b, n)
		formal.Share(&c.to, b, c.out[i])
	}
	if err := c.instance.Call(c.row, &c.args); err != nil {
		return c.blame(err)
	}
	return nil
}

// complete makes the calls on the batch at hand. Numbers that a rule of the host
// goes on with, and in training all, have to be finite: the error, of kind
// Numeric, names part and sample.
func (r *runner) complete(calls []*call, training bool) error {
	b := &r.batch
	if training {
		if err := finite(b, r.blameModel, core.LogP); err != nil {
			return err
		}
	}
	for _, c := range calls {
		if err := c.make(b, r.sizes); err != nil {
			return err
		}
		if !training && !c.ruled {
			continue
		}
		if err := finite(b, c.blame, c.out...); err != nil {
			return err
		}
	}
	return nil
}

// finite finds the first value of a batch that is not.
func finite(b *core.Batch, blame func(error) error, columns ...core.Column) error {
	for _, c := range columns {
		k := c.Infinite(b)
		if k < 0 {
			continue
		}
		what := c.Info().Symbol
		if c.Info().Dim == core.DimX {
			what = "a component of " + what
		}
		return blame(core.Errorf(core.Numeric, "", "", "sample %d: %s is %s", k*b.N/c.Len(b), what, c.Say(b, k)))
	}
	return nil
}

// power is a part as what its Spec declares it to be.
func power[T any](part any, name core.Power) (T, error) {
	p, ok := part.(T)
	if !ok {
		return p, core.Errorf(core.Unsupported, "", "", "declares the power %q and does not have it", name)
	}
	return p, nil
}

func (r *runner) blameModel(err error) error {
	return core.Blame(core.KindModel, r.plan.Model.Plugin, err)
}

func (r *runner) blameEnergy(err error) error {
	return core.Blame(core.KindEnergy, r.plan.Energy.Plugin, err)
}
