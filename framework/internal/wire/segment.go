package wire

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// SharedFile is where a plugin maps the shared memory from: the host hands
// the file down as the first descriptor after standard error.
const SharedFile = "/proc/self/fd/3"

// nativeLittle tells whether this machine keeps numbers in memory as the
// protocol has them; without it there is no shared memory.
var nativeLittle = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// Memory is shared memory: a Segment, or a Mapping of it.
type Memory interface{ bytes() []byte }

// View returns n numbers from a byte offset, in place, with no spare capacity.
// It fails where they are misaligned or reach out of bounds. Those of a Segment
// are valid until it grows.
func View[T Number](m Memory, offset, n uint64) ([]T, error) {
	mem := m.bytes()
	size := uint64(len(mem))
	if offset%8 != 0 || offset > size || n > (size-offset)/uint64(Size[T]()) {
		return nil, fmt.Errorf("%d numbers at byte %d do not fit the %d bytes of shared memory", n, offset, size)
	}
	if n == 0 {
		return nil, nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&mem[offset])), n)[:n:n], nil
}

// Mapping is a plugin's view of the shared memory.
type Mapping struct {
	path       string
	generation uint64
	mem        []byte
}

// OpenMapping maps the segment from a path.
func OpenMapping(path string, s *wirepb.Segment) (*Mapping, error) {
	if !nativeLittle {
		return nil, fmt.Errorf("this machine is not little-endian")
	}
	m := &Mapping{path: path}
	return m, m.Update(s)
}

// Update maps the segment anew if it grew; s is nil in calls without arrays.
// The old mapping stays: a part that kept a slice against the rules reads stale
// numbers instead of crashing, and sizes double, so that all mappings together
// are at most twice the last.
func (m *Mapping) Update(s *wirepb.Segment) error {
	if s == nil || s.Generation == m.generation {
		return nil
	}
	mem, err := mapFile(m.path, s.Size)
	if err != nil {
		return fmt.Errorf("mapping %d bytes of shared memory: %w", s.Size, err)
	}
	m.generation, m.mem = s.Generation, mem
	return nil
}

func (m *Mapping) bytes() []byte { return m.mem }
