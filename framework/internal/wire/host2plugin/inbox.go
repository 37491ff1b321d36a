package host2plugin

import (
	"fmt"
	"os"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// inbox is the plugin's end of the arrays of a call.
type inbox struct {
	shared *wire.Mapping // nil when arrays travel inside the messages
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

// update follows the segment's growth; call it before touching any array.
func (in *inbox) update(s *wirepb.Segment) error {
	if in.shared == nil {
		return nil
	}
	return in.shared.Update(s)
}

// read returns the want numbers of a: in place in shared memory, or decoded
// into *buffer.
func (in *inbox) read(a *wirepb.Array, want int, buffer *[]float64, what string) ([]float64, error) {
	if a.GetLength() != uint64(want) {
		return nil, fmt.Errorf("%s has %d numbers, want %d", what, a.GetLength(), want)
	}
	if in.shared != nil {
		return in.shared.Floats(a.GetOffset(), a.GetLength())
	}
	if len(a.GetData()) != 8*want {
		return nil, fmt.Errorf("%s has %d bytes for %d numbers", what, len(a.GetData()), want)
	}
	*buffer = wire.DecodeFloats(*buffer, a.GetData())
	return *buffer, nil
}

// place returns where want numbers asked for by a should be computed.
func (in *inbox) place(a *wirepb.Array, want int, buffer *[]float64, what string) ([]float64, error) {
	if a.GetLength() != uint64(want) {
		return nil, fmt.Errorf("%s has room for %d numbers, want %d", what, a.GetLength(), want)
	}
	if in.shared != nil {
		return in.shared.Floats(a.GetOffset(), a.GetLength())
	}
	*buffer = core.Resize(*buffer, want)
	return *buffer, nil
}

// answer returns the message for a result; what place gave is there already.
func (in *inbox) answer(result []float64) *wirepb.Array {
	a := &wirepb.Array{Length: uint64(len(result))}
	if in.shared == nil {
		a.Place = &wirepb.Array_Data{Data: wire.AppendFloats(make([]byte, 0, 8*len(result)), result)}
	}
	return a
}

// count checks a batch size against overflow.
func count(n uint64, size int) (int, error) {
	const most = 1 << 40
	if n > most/uint64(max(size, 1)) {
		return 0, fmt.Errorf("a batch of %d configurations of %d numbers is too large", n, size)
	}
	return int(n), nil
}
