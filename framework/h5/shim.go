//go:build cgo

package h5

// #cgo pkg-config: hdf5
// #cgo LDFLAGS: -lhdf5_hl
// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"unsafe"

	"gonum.org/v1/hdf5"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// library guards HDF5, which is one global library and not everywhere built
// thread-safe.
var library sync.Mutex

// enter takes the library for one operation on one thread, because HDF5 keeps
// its record of what went wrong per thread. The returned function lets go.
func enter() (leave func()) {
	library.Lock()
	runtime.LockOSThread()
	hdf5.DisplayErrors(false) // per thread, too
	C.h5shim_message[0] = 0
	return func() {
		runtime.UnlockOSThread()
		library.Unlock()
	}
}

// failure returns what the shim's calls since enter reported.
func failure() error {
	if C.h5shim_message[0] == 0 {
		return nil
	}
	text := C.GoString(&C.h5shim_message[0])
	m := systemCall.FindStringSubmatch(text)
	if m == nil {
		return errors.New(text)
	}
	n, _ := strconv.Atoi(m[2])
	return fmt.Errorf("%s: %w", m[1], syscall.Errno(n))
}

// systemCall matches HDF5's account of a failed system call, for instance
// "file write failed: time = ..., errno = 28, error message = ...".
var systemCall = regexp.MustCompile(`(?s)^([^:,]*).*errno = (\d+)`)

// bindingFailure turns a failed call of the binding, whose own text is only a
// code, into the library's explanation.
func bindingFailure(err error) error {
	if err == nil {
		return nil
	}
	C.h5shim_check(-1)
	return failure()
}

// cstrings are C copies of Go strings, freed together.
type cstrings []*C.char

func (s *cstrings) add(text string) *C.char {
	c := C.CString(text)
	*s = append(*s, c)
	return c
}

// take returns the text of a C string and leaves it to be freed.
func (s *cstrings) take(c *C.char) string {
	if c == nil {
		return ""
	}
	*s = append(*s, c)
	return C.GoString(c)
}

func (s *cstrings) free() {
	for _, c := range *s {
		C.free(unsafe.Pointer(c))
	}
}

// file is an open HDF5 file. Nothing else stays open between operations.
type file struct {
	h    *hdf5.File
	size int // bytes, when opened for reading
}

func (f *file) id() C.hid_t { return C.hid_t(f.h.ID()) }

// create makes a file in memory.
func create() (*file, error) {
	return begin(func(s *cstrings) C.hid_t {
		created++
		return C.h5shim_create(s.add(fmt.Sprintf("memory-%d", created)))
	})
}

// begin opens a file in a way that the binding does not know. But its File is
// nothing but the id, so that its methods work on this one, too.
func begin(how func(s *cstrings) C.hid_t) (*file, error) {
	h := new(hdf5.File)
	err := call(func(s *cstrings) {
		id := (*C.hid_t)(unsafe.Pointer(h))
		*id = how(s)
		if C.hid_t(h.ID()) != *id || unsafe.Sizeof(*h) != unsafe.Sizeof(*id) {
			panic("h5: this version of gonum.org/v1/hdf5 has another File")
		}
	})
	return &file{h: h}, err
}

// created numbers the files in memory, which HDF5 tells apart by their names.
var created int

// image returns the bytes of a file made by create.
func (f *file) image() ([]byte, error) {
	var image []byte
	err := call(func(*cstrings) {
		if n := C.h5shim_image(f.id(), nil, 0); n > 0 {
			image = make([]byte, n)
			C.h5shim_image(f.id(), unsafe.Pointer(&image[0]), C.size_t(n))
		}
	})
	return image, err
}

func open(path string, size int64) (*file, error) {
	f, err := begin(func(s *cstrings) C.hid_t { return C.h5shim_open(s.add(path)) })
	f.size = int(size)
	return f, err
}

// call runs one operation of the shim.
func call(operation func(s *cstrings)) error {
	defer enter()()
	var s cstrings
	defer s.free()
	operation(&s)
	return failure()
}

// close closes the file. An object left open would keep it open and locked
// behind the caller's back, so that is an error.
func (f *file) close() error {
	left := 0
	err := call(func(*cstrings) {
		left = int(C.h5shim_open_objects(f.id()))
		C.h5shim_close_file(f.id())
	})
	if left > 0 {
		return core.Errorf(core.Internal, "close HDF5 file", "", "%d objects are still open", left)
	}
	return err
}

func (f *file) kind(path string) kind {
	found := isNothing
	call(func(s *cstrings) { // nothing found is an answer, not a failure
		if path != "/" && !f.h.LinkExists(path) {
			return
		}
		switch C.h5shim_object_type(f.id(), s.add(path)) {
		case C.H5I_GROUP:
			found = isGroup
		case C.H5I_DATASET:
			found = isDataset
		case C.H5I_DATATYPE:
			found = isOther
		}
	})
	return found
}

func (f *file) list(path string) ([]string, error) {
	defer enter()()
	g, err := f.h.OpenGroup(path)
	if err != nil {
		return nil, bindingFailure(err)
	}
	defer g.Close()
	n, err := g.NumObjects()
	if err != nil {
		return nil, bindingFailure(err)
	}
	var names []string
	for i := range n {
		name, err := g.ObjectNameByIndex(i)
		if err != nil {
			return nil, bindingFailure(err)
		}
		names = append(names, name)
	}
	return names, nil
}

// makeGroup creates one group after the other: the binding cannot create a
// group below one that is missing.
func (f *file) makeGroup(path string) error {
	defer enter()()
	for end := 1; end <= len(path); end++ {
		if end < len(path) && path[end] != '/' || f.h.LinkExists(path[:end]) {
			continue
		}
		g, err := f.h.CreateGroup(path[:end])
		if err != nil {
			return bindingFailure(err)
		}
		if err := g.Close(); err != nil {
			return bindingFailure(err)
		}
	}
	return nil
}

func (f *file) write(path string, e element, data unsafe.Pointer, shape []int) error {
	dims := make([]C.hsize_t, len(shape))
	for i, l := range shape {
		dims[i] = C.hsize_t(l)
	}
	return call(func(s *cstrings) {
		C.h5shim_write_numbers(f.id(), s.add(path), C.int(e), data, C.int(len(dims)), unsafe.SliceData(dims))
	})
}

func (f *file) shape(path string) ([]int, error) {
	var dims [32]C.hsize_t
	rank := 0
	err := call(func(s *cstrings) {
		rank = int(C.h5shim_read_shape(f.id(), s.add(path), &dims[0]))
	})
	if err != nil {
		return nil, err
	}
	shape := make([]int, rank)
	for i := range shape {
		shape[i] = int(dims[i])
	}
	return shape, nil
}

func (f *file) epsilon(path string) (epsilon float64, err error) {
	err = call(func(s *cstrings) { epsilon = float64(C.h5shim_epsilon(f.id(), s.add(path))) })
	return epsilon, err
}

func (f *file) read(path string, e element, data unsafe.Pointer) error {
	return call(func(s *cstrings) {
		C.h5shim_read_numbers(f.id(), s.add(path), C.int(e), data)
	})
}

func (f *file) writeText(path, text string) error {
	return call(func(s *cstrings) { C.h5shim_write_text(f.id(), s.add(path), s.add(text)) })
}

func (f *file) readText(path string) (text string, err error) {
	err = call(func(s *cstrings) { text = s.take(C.h5shim_read_text(f.id(), s.add(path))) })
	return text, err
}

func (f *file) hasAttr(path, name string) bool {
	has := false
	err := call(func(s *cstrings) { has = C.h5shim_has_attr(f.id(), s.add(path), s.add(name)) != 0 })
	return has && err == nil
}

func (f *file) setAttr(path, name string, e element, value unsafe.Pointer) error {
	return call(func(s *cstrings) {
		C.h5shim_write_number_attr(f.id(), s.add(path), s.add(name), C.int(e), value)
	})
}

func (f *file) setTextAttr(path, name, text string) error {
	return call(func(s *cstrings) {
		C.h5shim_write_text_attr(f.id(), s.add(path), s.add(name), s.add(text))
	})
}

func (f *file) attr(path, name string, e element, value unsafe.Pointer) error {
	return call(func(s *cstrings) {
		C.h5shim_read_attr(f.id(), s.add(path), s.add(name), C.int(e), value)
	})
}

func (f *file) textAttr(path, name string) (text string, err error) {
	err = call(func(s *cstrings) {
		text = s.take(C.h5shim_read_text_attr(f.id(), s.add(path), s.add(name)))
	})
	return text, err
}

func (f *file) makeScale(path, name string) error {
	return call(func(s *cstrings) { C.h5shim_make_scale(f.id(), s.add(path), s.add(name)) })
}

func (f *file) attachScale(path, scale string, axis int) error {
	return call(func(s *cstrings) {
		C.h5shim_attach_scale(f.id(), s.add(path), s.add(scale), C.uint(axis))
	})
}
