//go:build !linux

package wire

import (
	"errors"
	"os"

	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

var errNoSharedMemory = errors.New("shared memory needs Linux")

// Segment does not exist on this system: NewSegment fails, and arrays travel
// inside the messages.
type Segment struct{}

func NewSegment(size uint64) (*Segment, error) { return nil, errNoSharedMemory }
func (s *Segment) File() *os.File              { return nil }
func (s *Segment) State() *wirepb.Segment      { return nil }
func (s *Segment) Ensure(size uint64) error    { return errNoSharedMemory }
func (s *Segment) bytes() []byte               { return nil }
func (s *Segment) Close() error                { return nil }

func mapFile(path string, size uint64) ([]byte, error) { return nil, errNoSharedMemory }
