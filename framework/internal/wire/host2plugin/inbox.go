package host2plugin

import (
	"fmt"
	"os"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// inbox is the plugin's end of the arrays of a call. The first thing that does
// not fit is kept in err: a server asks for all its arrays, then looks there.
type inbox struct {
	shared *wire.Mapping // nil when arrays travel inside the messages
	err    error
}

// open accepts the shared memory that was offered, if it can.
func (in *inbox) open(r *wirepb.OpenRequest) bool {
	if r.SharedFile == "" {
		return false
	}
	m, err := wire.OpenMapping(r.SharedFile, r.Segment)
	if err != nil {
		fmt.Fprintln(os.Stderr, "no shared memory, arrays will travel inside the messages:", err)
		return false
	}
	in.shared = m
	return true
}

// begin frees what the last call used, and follows the segment's growth.
func (in *inbox) begin(s *wirepb.Segment) error {
	in.err = nil
	if in.shared == nil {
		return nil
	}
	return in.shared.Update(s)
}

// read returns the want numbers of a, all that there are where want is negative: in place in
// shared memory, or decoded into buffer.
func read[T wire.Number](in *inbox, a *wirepb.Array, want int, buffer *[]T, what string) []T {
	if want < 0 {
		want = in.count(a.GetLength(), 1)
	}
	switch {
	case a.GetLength() != uint64(want):
		in.fail("%s has %d numbers, want %d", what, a.GetLength(), want)
		return nil
	case in.shared != nil:
		return view[T](in, a)
	case len(a.GetData()) != wire.Size[T]()*want:
		in.fail("%s has %d bytes for %d numbers", what, len(a.GetData()), want)
		return nil
	}
	*buffer = wire.Decode(*buffer, a.GetData())
	return *buffer
}

// place returns where want numbers asked for by a should be computed: in shared
// memory, or in buffer.
func place[T wire.Number](in *inbox, a *wirepb.Array, want int, buffer *[]T, what string) []T {
	if a.GetLength() != uint64(want) {
		in.fail("%s has room for %d numbers, want %d", what, a.GetLength(), want)
		return nil
	}
	if in.shared != nil {
		return view[T](in, a)
	}
	*buffer = core.Resize(*buffer, want)
	wire.Blank(*buffer) // the host's end blanks shared memory
	return *buffer
}

func view[T wire.Number](in *inbox, a *wirepb.Array) []T {
	v, err := wire.View[T](in.shared, a.GetOffset(), a.GetLength())
	if err != nil {
		in.fail("%w", err)
	}
	return v
}

// count checks a batch size against overflow.
func (in *inbox) count(n uint64, size int) int {
	const most = 1 << 40
	if n > most/uint64(max(size, 1)) {
		in.fail("a batch of %d configurations of %d numbers is too large", n, size)
		return 0
	}
	return int(n)
}

// shares checks a number of shares.
func (in *inbox) shares(n uint64) int {
	const most = 1 << 30
	if n&(n-1) != 0 || n > most {
		in.fail("%d shares are no power of two", n)
		return 0
	}
	return int(n)
}

func (in *inbox) fail(format string, args ...any) {
	if in.err == nil {
		in.err = fmt.Errorf(format, args...)
	}
}

// answer is the message for a result; what place gave is there already.
func (in *inbox) answer(name string, result []float64) *wirepb.Array {
	if in.shared == nil {
		return inline(name, result)
	}
	return &wirepb.Array{Name: name, Length: uint64(len(result))}
}

// inline is an array that travels in its message.
func inline[T wire.Number](name string, v []T) *wirepb.Array {
	return &wirepb.Array{Name: name, Length: uint64(len(v)), Place: &wirepb.Array_Data{Data: wire.Append(nil, v)}}
}

// unpack is the inverse of inline, with memory for the result.
func unpack[T wire.Number](buffer []T, a *wirepb.Array, what string) ([]T, error) {
	v := wire.Decode(buffer, a.GetData())
	if a.GetLength() != uint64(len(v)) || len(a.GetData())%wire.Size[T]() != 0 {
		return nil, fmt.Errorf("%s has %d bytes for %d numbers", what, len(a.GetData()), a.GetLength())
	}
	return v, nil
}
