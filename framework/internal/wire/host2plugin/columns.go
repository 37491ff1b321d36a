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

// crossing is the number of numbers by which n configurations of a column cross.
func crossing(c core.Column, n int, s core.Sizes) int {
	length := c.Info().Length(n, s)
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
		switch q := c.(type) {
		case *core.Quantity[float64]:
			a = send(o, q.Of(b))
		case *core.Quantity[complex128]:
			a = send(o, wire.Floats(q.Of(b)))
		case *core.Quantity[int32]:
			a = send(o, q.Of(b))
		}
		a.Name = info.Name
		all = append(all, a)
	}
	return all
}

// wantColumns makes room for results.
func (o *outbox) wantColumns(columns []core.Column, n int, s core.Sizes) []*wirepb.Array {
	var all []*wirepb.Array
	for _, c := range columns {
		length := crossing(c, n, s)
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
		switch q := c.(type) {
		case *core.Quantity[float64]:
			if info.Dim == core.DimOpen {
				var v []float64
				v, err = unpack(q.Of(b), have, info.Name)
				q.Put(b, v)
			} else {
				err = takeReal(o, q, b, want, have)
			}
		case *core.Quantity[complex128]:
			err = take(o, wire.Floats(q.Of(b)), want, have, info.Name)
		case *core.Quantity[int32]:
			err = take(o, q.Of(b), want, have, info.Name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// takeReal is take of a column that may be left out where another is infinite.
func takeReal(o *outbox, q *core.Quantity[float64], b *core.Batch, asked, got *wirepb.Array) error {
	dst, name := q.Of(b), q.Info().Name
	first, blank, err := fetch(o, dst, asked, got, name)
	if err != nil || blank == 0 {
		return err
	}
	if q.Where == nil {
		return unwritten(name, len(dst), first, blank)
	}
	values := q.Where.Of(b)
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
		length, a := crossing(c, b.N, s), named(all, c)
		if c.Info().Length(1, s) == 0 || a == nil && k >= required {
			continue
		}
		what := c.Info().Name
		switch q := c.(type) {
		case *core.Quantity[float64]:
			v := q.Of(b)
			q.Put(b, read(in, a, length, &v, what))
		case *core.Quantity[complex128]:
			v := wire.Floats(q.Of(b))
			q.Put(b, wire.Complex(read(in, a, length, &v, what)))
		case *core.Quantity[int32]:
			v := q.Of(b)
			q.Put(b, read(in, a, length, &v, what))
		}
	}
}

// placeColumns makes b's columns the places where results should be computed.
func (in *inbox) placeColumns(columns []core.Column, b *core.Batch, s core.Sizes, all []*wirepb.Array) {
	for _, c := range columns {
		c.Forget(b)
		length, a := crossing(c, b.N, s), named(all, c)
		if length < 0 || c.Info().Length(1, s) == 0 {
			continue
		}
		what := c.Info().Name
		switch q := c.(type) {
		case *core.Quantity[float64]:
			v := q.Of(b)
			q.Put(b, place(in, a, length, &v, what))
		case *core.Quantity[complex128]:
			v := wire.Floats(q.Of(b))
			q.Put(b, wire.Complex(place(in, a, length, &v, what)))
		case *core.Quantity[int32]:
			v := q.Of(b)
			q.Put(b, place(in, a, length, &v, what))
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
		a := &wirepb.Array{Name: info.Name, Length: uint64(max(crossing(c, b.N, s), 0))}
		if in.shared == nil || info.Dim == core.DimOpen {
			switch q := c.(type) {
			case *core.Quantity[float64]:
				a = inline(info.Name, q.Of(b))
			case *core.Quantity[complex128]:
				a = inline(info.Name, wire.Floats(q.Of(b)))
			case *core.Quantity[int32]:
				a = inline(info.Name, q.Of(b))
			}
		}
		all = append(all, a)
	}
	return all
}
