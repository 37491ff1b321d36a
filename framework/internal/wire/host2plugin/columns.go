package host2plugin

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// Columns cross by name. One that has no numbers, because the part does not have
// such things, does not cross. Complex numbers cross as twice as many real ones.

// crossing is the number of numbers by which a column of b's configurations crosses.
func crossing(c core.Column, b *core.Batch, s core.Sizes) int {
	length := c.Info().LengthIn(b, s)
	if _, ok := c.(*core.Quantity[complex128]); ok {
		length *= 2
	}
	return length
}

// named is the array of a column, nil if there is none.
func named(all []*wirepb.Array, c core.Column) *wirepb.Array {
	for _, a := range all {
		if a.GetName() == c.Info().Name {
			return a
		}
	}
	return nil
}

// beside are the columns that a batch which was drawn does not have of itself.
func beside(columns []core.Column) []core.Column {
	return slices.DeleteFunc(slices.Clone(columns), func(c core.Column) bool { return slices.Contains(core.Drawn, c) })
}

// realsOf is what b has of a real or complex column, as real numbers in place.
func realsOf(c core.Column, b *core.Batch) []float64 {
	if q, ok := c.(*core.Quantity[complex128]); ok {
		return wire.Floats(q.Of(b))
	}
	return c.(*core.Quantity[float64]).Of(b)
}

// putReals makes v, not copied, what b has of such a column.
func putReals(c core.Column, b *core.Batch, v []float64) {
	if q, ok := c.(*core.Quantity[complex128]); ok {
		q.Put(b, wire.Complex(v))
		return
	}
	c.(*core.Quantity[float64]).Put(b, v)
}

// The host's end.

// sendColumns places what b has of the columns.
func (o *outbox) sendColumns(columns []core.Column, b *core.Batch, s core.Sizes) []*wirepb.Array {
	var all []*wirepb.Array
	for _, c := range columns {
		info := c.Info()
		if each := info.Length(1, s); each == 0 || c.Len(b) == 0 && b.N > 0 {
			continue
		}
		var a *wirepb.Array
		if q, ok := c.(*core.Quantity[int32]); ok {
			a = send(o, q.Of(b))
		} else {
			a = send(o, realsOf(c, b))
		}
		a.Name = info.Name
		all = append(all, a)
	}
	return all
}

// wantColumns makes room for results.
func (o *outbox) wantColumns(columns []core.Column, b *core.Batch, s core.Sizes) []*wirepb.Array {
	var all []*wirepb.Array
	for _, c := range columns {
		length := crossing(c, b, s)
		if length == 0 && c.Info().Length(1, s) == 0 {
			continue
		}
		a := &wirepb.Array{}
		if length >= 0 {
			if _, ok := c.(*core.Quantity[int32]); ok {
				a = want[int32](o, length)
			} else {
				a = want[float64](o, length)
			}
		}
		a.Name = c.Info().Name
		all = append(all, a)
	}
	return all
}

// takeColumns copies the results into b, which has room for them.
func (o *outbox) takeColumns(columns []core.Column, b *core.Batch, s core.Sizes, asked, got []*wirepb.Array) error {
	for _, c := range columns {
		info := c.Info()
		want, have := named(asked, c), named(got, c)
		if want == nil {
			continue
		}
		if have == nil {
			return fmt.Errorf("%s is missing in its answer", info.Name)
		}
		var err error
		if q, ok := c.(*core.Quantity[int32]); ok {
			err = take(o, q.Of(b), want, have, info.Name)
		} else if info.Dim == core.DimOpen {
			var v []float64
			v, err = unpack(realsOf(c, b), have, info.Name)
			putReals(c, b, v)
		} else {
			err = takeReals(o, c, b, want, have)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// takeReals is take of a column that may be left out where another is infinite.
func takeReals(o *outbox, c core.Column, b *core.Batch, asked, got *wirepb.Array) error {
	dst, name, where := realsOf(c, b), c.Info().Name, c.Info().Where
	first, blank, err := fetch(o, dst, asked, got, name)
	if err != nil || blank == 0 {
		return err
	}
	if where == nil {
		return unwritten(name, len(dst), first, blank)
	}
	values := where.Of(b)
	for i, v := range values {
		d := len(dst) / len(values)
		if _, here := wire.Blanks(dst[i*d : (i+1)*d]); here > 0 && !math.IsInf(v, 0) {
			return unwritten(name, len(dst), first, blank)
		}
	}
	return nil
}

// The plugin's end.

// readColumns reads columns into b, which then shares the memory they came in.
// Those that must be there are the first required.
func (in *inbox) readColumns(columns []core.Column, b *core.Batch, s core.Sizes, all []*wirepb.Array, required int) {
	for k, c := range columns {
		c.Forget(b)
		length, a := crossing(c, b, s), named(all, c)
		if c.Info().Length(1, s) == 0 || a == nil && k >= required {
			continue
		}
		what := c.Info().Name
		if q, ok := c.(*core.Quantity[int32]); ok {
			v := q.Of(b)
			q.Put(b, read(in, a, length, &v, what))
		} else {
			v := realsOf(c, b)
			putReals(c, b, read(in, a, length, &v, what))
		}
	}
}

// placeColumns makes b's columns the places where results should be computed.
func (in *inbox) placeColumns(columns []core.Column, b *core.Batch, s core.Sizes, all []*wirepb.Array) {
	for _, c := range columns {
		c.Forget(b)
		length, a := crossing(c, b, s), named(all, c)
		if length < 0 || c.Info().Length(1, s) == 0 {
			continue
		}
		what := c.Info().Name
		if q, ok := c.(*core.Quantity[int32]); ok {
			v := q.Of(b)
			q.Put(b, place(in, a, length, &v, what))
		} else {
			v := realsOf(c, b)
			putReals(c, b, place(in, a, length, &v, what))
		}
	}
}

// answerColumns are the messages for results; what placeColumns gave is there already.
func (in *inbox) answerColumns(columns []core.Column, b *core.Batch, s core.Sizes) []*wirepb.Array {
	var all []*wirepb.Array
	for _, c := range columns {
		info := c.Info()
		if info.Length(1, s) == 0 {
			continue
		}
		a := &wirepb.Array{Name: info.Name, Length: uint64(max(crossing(c, b, s), 0))}
		if in.shared == nil || info.Dim == core.DimOpen {
			if q, ok := c.(*core.Quantity[int32]); ok {
				a = inline(info.Name, q.Of(b))
			} else {
				a = inline(info.Name, realsOf(c, b))
			}
		}
		all = append(all, a)
	}
	return all
}
