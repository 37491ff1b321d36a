package core

// The call of a bound objective is a row that its spec makes. Of what it wants,
// columns as long as a configuration cross of the rows at hand, and all others of all
// rows, each once:
//
//	in    beta, slope, energy@all, ...
//	out   numbers, log_p@bar, ...

// Roles of an objective's arguments. A column that it wants has neither.
const (
	RoleAll = "all" // of all rows of a batch of which some are at hand
	RoleBar = "bar" // cotangents
)

// Row is the call for the cotangents of an objective with this spec. It has memory of
// its own, and serves one objective.
func (s ObjectiveSpec) Row() *Row {
	f := &forming{spec: s}
	for _, c := range s.Wants {
		if c.Info().Dim != DimX {
			c = c.In(RoleAll)
		}
		f.wants = append(f.wants, c)
	}
	for _, c := range s.Bars {
		f.bars = append(f.bars, c.In(RoleBar))
	}
	return &Row{Name: "cotangents", Kind: KindObjective, method: does(f.call),
		In: append([]Column{Beta}, f.wants...), Out: append([]Column{Numbers}, f.bars...)}
}

// Sizes of an objective's columns in a setting.
func (s ObjectiveSpec) Sizes(setting Setting) Sizes {
	sizes := setting.Model.Sizes()
	sizes.X, sizes.Theta, sizes.Numbers = setting.Energy.Space.Size(), 0, len(s.Numbers)
	return sizes
}

// forming makes of the columns of the row what the author's method takes.
type forming struct {
	spec        ObjectiveSpec
	wants, bars []Column // as the row has them
	b, all, bar Batch
}

func (f *forming) call(o Objective, c *Call) error {
	const op = "cotangents"
	in, b, all := c.In, &f.b, &f.b
	empty(b, in.N)
	empty(&f.bar, in.N)
	switch {
	case in.Total > 0 && in.From+in.N > in.Total:
		return Errorf(Internal, op, "", "the rows %d to %d are none of %d", in.From, in.From+in.N-1, in.Total)
	case in.Total > in.N:
		all = &f.all
		empty(all, in.Total)
		b.From, b.Total = in.From, in.Total
	}
	for i, q := range f.spec.Wants {
		if f.wants[i] == q {
			q.Share(b, in, q)
			continue
		}
		q.Share(all, in, f.wants[i])
		if all != b {
			q.Window(b, all, in.From, in.From+in.N)
		}
	}
	for i, q := range f.spec.Bars {
		q.Share(&f.bar, c.Out, f.bars[i])
	}
	numbers, err := o.Cotangents(&f.bar, b, all, Beta.Of(in)[0])
	if err != nil {
		return err
	}
	if got, want := len(numbers), len(f.spec.Numbers); got != want {
		return Errorf(Plugin, op, "", "it returned %d numbers, and its spec has %d", got, want)
	}
	copy(Numbers.Of(c.Out), numbers)
	for i, q := range f.spec.Bars {
		if got, want := q.Len(&f.bar), f.bars[i].Len(c.Out); got != want {
			return Errorf(Plugin, op, "", "it gave %d cotangents of %s, want %d", got, q.Info().Name, want)
		}
		f.bars[i].Copy(c.Out, &f.bar, q) // where they are in memory of the author's own
	}
	return nil
}

// ObjectiveView is an Instance by the interface of objectives, as ModelView is by
// the interfaces of models. What it is handed of batches is what its spec names.
type ObjectiveView struct {
	Instance
	spec    ObjectiveSpec
	sizes   Sizes
	row     *Row
	in, out Batch
	call    Call
	beta    [1]float64
	numbers []float64
}

var _ Objective = (*ObjectiveView)(nil)

// ViewObjective is an objective of this spec and these sizes by its typed interface.
func ViewObjective(i Instance, spec ObjectiveSpec, sizes Sizes) *ObjectiveView {
	return &ObjectiveView{Instance: i, spec: spec, sizes: sizes, row: spec.Row(), numbers: make([]float64, len(spec.Numbers))}
}

// Spec implements Objective.
func (v *ObjectiveView) Spec() ObjectiveSpec { return v.spec }

// Cotangents implements Objective.
func (v *ObjectiveView) Cotangents(bar, b, all *Batch, beta float64) ([]float64, error) {
	empty(&v.in, b.N)
	empty(&v.out, b.N)
	if v.in.From = b.From - all.From; all.N != b.N {
		v.in.Total = all.N
	}
	v.beta[0] = beta
	Beta.Put(&v.in, v.beta[:])
	for i, q := range v.spec.Wants {
		of := all
		if q.Info().Dim == DimX {
			of = b
		}
		v.row.In[1+i].Share(&v.in, of, q)
	}
	Numbers.Put(&v.out, v.numbers)
	for i, q := range v.spec.Bars {
		q.Make(bar, q.Info().Length(b.N, v.sizes))
		v.row.Out[1+i].Share(&v.out, bar, q)
	}
	v.call = Call{In: &v.in, Out: &v.out}
	return v.numbers, v.Call(v.row, &v.call)
}
