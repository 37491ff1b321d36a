package host2plugin

import (
	"fmt"

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

// seal returns the segment to announce once all arrays were placed, or why
// that failed.
func (o *outbox) seal() (*wirepb.Segment, error) {
	if o.err != nil {
		return nil, o.err
	}
	return o.state(), nil
}

func (o *outbox) state() *wirepb.Segment {
	if o.segment == nil {
		return nil
	}
	return o.segment.State()
}

// send places v for the plugin to read.
func (o *outbox) send(v []float64) *wirepb.Array { return send(o, v) }

func send[T wire.Number](o *outbox, v []T) *wirepb.Array {
	a := want[T](o, len(v))
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
	copy(dst, v)
	return err
}

// want makes room for n numbers.
func (o *outbox) want(n int) *wirepb.Array { return want[float64](o, n) }

func want[T wire.Number](o *outbox, n int) *wirepb.Array {
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

// take copies an answer into dst, whose length is what was asked for.
func take[T wire.Number](o *outbox, dst []T, asked, got *wirepb.Array, what string) error {
	if got.GetLength() != uint64(len(dst)) {
		return fmt.Errorf("%s has %d numbers, want %d", what, got.GetLength(), len(dst))
	}
	if o.segment == nil {
		data := got.GetData()
		if len(data) != wire.Size[T]()*len(dst) {
			return fmt.Errorf("%s has %d bytes for %d numbers", what, len(data), len(dst))
		}
		wire.Decode(dst, data)
		return nil
	}
	src, err := wire.View[T](o.segment, asked.GetOffset(), uint64(len(dst)))
	copy(dst, src)
	return err
}
