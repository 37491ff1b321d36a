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
	shared  *wire.Mapping // nil when arrays travel inside the messages
	buffers [][]float64   // memory of arrays that do, in the order of a call
	used    int
	err     error
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
	in.used, in.err = 0, nil
	if in.shared == nil {
		return nil
	}
	return in.shared.Update(s)
}

// read returns the want numbers of a: in place in shared memory, or decoded.
func (in *inbox) read(a *wirepb.Array, want int, what string) []float64 {
	if a.GetLength() != uint64(want) {
		return in.fail("%s has %d numbers, want %d", what, a.GetLength(), want)
	}
	if in.shared != nil {
		return in.floats(a)
	}
	if len(a.GetData()) != 8*want {
		return in.fail("%s has %d bytes for %d numbers", what, len(a.GetData()), want)
	}
	buffer := in.buffer()
	*buffer = wire.DecodeFloats(*buffer, a.GetData())
	return *buffer
}

// place returns where want numbers asked for by a should be computed.
func (in *inbox) place(a *wirepb.Array, want int, what string) []float64 {
	return in.placeIn(a, want, in.buffer(), what)
}

// placeIn is place with memory that outlives the call.
func (in *inbox) placeIn(a *wirepb.Array, want int, buffer *[]float64, what string) []float64 {
	if a.GetLength() != uint64(want) {
		return in.fail("%s has room for %d numbers, want %d", what, a.GetLength(), want)
	}
	if in.shared != nil {
		return in.floats(a)
	}
	*buffer = core.Resize(*buffer, want)
	return *buffer
}

func (in *inbox) floats(a *wirepb.Array) []float64 {
	v, err := in.shared.Floats(a.GetOffset(), a.GetLength())
	if err != nil {
		return in.fail("%w", err)
	}
	return v
}

func (in *inbox) buffer() *[]float64 {
	if in.used == len(in.buffers) {
		in.buffers = append(in.buffers, nil)
	}
	in.used++
	return &in.buffers[in.used-1]
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

func (in *inbox) fail(format string, args ...any) []float64 {
	if in.err == nil {
		in.err = fmt.Errorf(format, args...)
	}
	return nil
}

// answer returns the message for a result; what place gave is there already.
func (in *inbox) answer(result []float64) *wirepb.Array {
	a := &wirepb.Array{Length: uint64(len(result))}
	if in.shared == nil {
		a.Place = &wirepb.Array_Data{Data: wire.AppendFloats(make([]byte, 0, 8*len(result)), result)}
	}
	return a
}
