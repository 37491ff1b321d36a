package host2plugin

import (
	"fmt"
	"sync"

	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// outbox is the host's end of the arrays of a call. The host decides where in
// shared memory everything lies, so what comes back has nothing to say about
// places: it is checked to be the answer to what was asked.
type outbox struct {
	segment *wire.Segment // nil when arrays travel inside the messages
	kept    uint64        // bytes at the start that outlive a call
	next    uint64        // first free byte for the call being made
	buffers [][]byte      // encoded arrays, reused from call to call
	used    int
	err     error // the first failure since begin
}

// begin frees what the last call used.
func (o *outbox) begin() { o.next, o.used, o.err = o.kept, 0, nil }

// state announces the segment, once all arrays were placed.
func (o *outbox) state() *wirepb.Segment {
	if o.segment == nil {
		return nil
	}
	return o.segment.State()
}

// send places v for the plugin to read.
func send[T wire.Number](o *outbox, v []T) *wirepb.Array {
	a := reserve[T](o, len(v))
	if o.err == nil {
		o.err = write(o, a, v)
	}
	return a
}

// write puts v where a says; inside the message if there is no shared memory.
func write[T wire.Number](o *outbox, a *wirepb.Array, v []T) error {
	if o.segment == nil {
		if o.used == len(o.buffers) {
			o.buffers = append(o.buffers, nil)
		}
		b := wire.Append(o.buffers[o.used][:0], v)
		o.buffers[o.used] = b
		o.used++
		a.Place = &wirepb.Array_Data{Data: b}
		return nil
	}
	dst, err := wire.View[T](o.segment, a.GetOffset(), a.Length)
	halves(len(dst), func(from, to int) { copy(dst[from:to], v[from:to]) })
	return err
}

// want makes room for a result of n numbers, blank until the plugin writes it.
func (o *outbox) want(n int) *wirepb.Array { return want[float64](o, n) }

func want[T wire.Number](o *outbox, n int) *wirepb.Array {
	a := reserve[T](o, n)
	if o.segment == nil || o.err != nil {
		return a
	}
	room, err := wire.View[T](o.segment, a.GetOffset(), a.Length)
	halves(len(room), func(from, to int) { wire.Blank(room[from:to]) })
	o.err = err
	return a
}

// reserve makes room for n numbers.
func reserve[T wire.Number](o *outbox, n int) *wirepb.Array {
	a := &wirepb.Array{Length: uint64(n)}
	if o.segment == nil || o.err != nil {
		return a
	}
	a.Place = &wirepb.Array_Offset{Offset: o.next}
	o.next = after[T](o.next, n)
	o.err = o.segment.Ensure(o.next)
	return a
}

// after returns the first free offset behind n numbers, on a cache line.
func after[T wire.Number](offset uint64, n int) uint64 {
	return (offset + uint64(n*wire.Size[T]()) + 63) &^ 63
}

// take copies an answer into dst, whose length is what was asked for, and
// refuses one that is not written.
func take[T wire.Number](o *outbox, dst []T, asked, got *wirepb.Array, what string) error {
	first, blank, err := fetch(o, dst, asked, got, what)
	if err != nil || blank == 0 {
		return err
	}
	return unwritten(what, len(dst), first, blank)
}

func unwritten(what string, of, first, blank int) error {
	return fmt.Errorf("%d of the %d numbers of %s were not written, the first of them number %d", blank, of, what, first)
}

// fetch copies an answer of the right length into dst, and counts what in it is
// blank still.
func fetch[T wire.Number](o *outbox, dst []T, asked, got *wirepb.Array, what string) (first, blank int, err error) {
	if got.GetLength() != uint64(len(dst)) {
		return 0, 0, fmt.Errorf("%s has %d numbers, want %d", what, got.GetLength(), len(dst))
	}
	data := got.GetData()
	switch {
	case o.segment == nil && len(data) != wire.Size[T]()*len(dst):
		return 0, 0, fmt.Errorf("%s has %d bytes for %d numbers", what, len(data), len(dst))
	case o.segment == nil:
		wire.Decode(dst, data)
		first, blank = wire.Blanks(dst)
		return first, blank, nil
	case len(data) > 0:
		return 0, 0, fmt.Errorf("%s came inside the message, although the plugin took shared memory for its results", what)
	}
	src, err := wire.View[T](o.segment, asked.GetOffset(), uint64(len(dst)))
	if err != nil {
		return 0, 0, err
	}
	first, blank = copyCounting(dst, src)
	return first, blank, nil
}

// copyCounting counts the blanks of a block while it is still in the cache.
func copyCounting[T wire.Number](dst, src []T) (first, blank int) {
	const block = 4096
	var found sync.Mutex
	first = len(dst)
	halves(len(dst), func(begin, to int) {
		for ; begin < to; begin += block {
			end := min(begin+block, to)
			copy(dst[begin:end], src[begin:end])
			if i, n := wire.Blanks(dst[begin:end]); n > 0 {
				found.Lock()
				first, blank = min(first, begin+i), blank+n
				found.Unlock()
			}
		}
	})
	return first, blank
}
