package wire

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// Segment is a host's anonymous shared memory. It has no name on disk, so
// nothing is left behind however the processes end. Its contents survive
// growing, and a plugin cannot shrink it under the host's feet.
type Segment struct {
	file       *os.File
	mem        []byte
	generation uint64
}

// NewSegment makes shared memory of at least size bytes.
func NewSegment(size uint64) (*Segment, error) {
	if !nativeLittle {
		return nil, fmt.Errorf("shared memory needs a little-endian machine")
	}
	fd, err := unix.MemfdCreate("helmholtz", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, fmt.Errorf("memfd_create: %w", err)
	}
	s := &Segment{file: os.NewFile(uintptr(fd), "memfd:helmholtz")}
	if err := s.Ensure(size); err != nil {
		s.Close()
		return nil, err
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_SEAL); err != nil {
		s.Close()
		return nil, fmt.Errorf("sealing shared memory: %w", err)
	}
	return s, nil
}

// File is what a plugin inherits.
func (s *Segment) File() *os.File { return s.file }

// State is the size and generation to tell the plugin.
func (s *Segment) State() *wirepb.Segment {
	return &wirepb.Segment{Generation: s.generation, Size: uint64(len(s.mem))}
}

// Ensure grows the segment to at least size bytes. Slices from View are
// invalid after it.
func (s *Segment) Ensure(size uint64) error {
	if size <= uint64(len(s.mem)) {
		return nil
	}
	page := uint64(os.Getpagesize())
	size = (max(size, 2*uint64(len(s.mem))) + page - 1) / page * page
	if err := unix.Ftruncate(int(s.file.Fd()), int64(size)); err != nil {
		return fmt.Errorf("growing shared memory to %d bytes: %w", size, err)
	}
	mem, err := unix.Mmap(int(s.file.Fd()), 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("mapping %d bytes of shared memory: %w", size, err)
	}
	if s.mem != nil {
		unix.Munmap(s.mem)
	}
	s.mem = mem
	s.generation++
	return nil
}

func (s *Segment) bytes() []byte { return s.mem }

// Close unmaps the memory and closes the host's descriptor.
func (s *Segment) Close() error {
	if s.mem != nil {
		unix.Munmap(s.mem)
		s.mem = nil
	}
	return s.file.Close()
}

func mapFile(path string, size uint64) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if uint64(info.Size()) < size { // touching pages past the end would be fatal
		return nil, fmt.Errorf("the file has only %d bytes", info.Size())
	}
	return unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
}
