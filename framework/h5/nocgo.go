//go:build !cgo

package h5

import (
	"unsafe"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// errNoLibrary answers every attempt to open a file, so that nothing else of
// this file is ever reached.
var errNoLibrary = &core.Error{Kind: core.Unsupported, Op: "HDF5",
	Subject: "this program was built without cgo and cannot read or write HDF5 files",
	Hint:    "build with CGO_ENABLED=1 and the HDF5 library (Debian: libhdf5-dev)"}

// Available is nil where HDF5 files can be read and written, else it says why
// not: a run should not begin that cannot keep what it finds.
func Available() error { return errNoLibrary }

type file struct{ size int }

func create() (*file, error)            { return nil, errNoLibrary }
func open(string, int64) (*file, error) { return nil, errNoLibrary }

func (*file) image() ([]byte, error)                             { return nil, errNoLibrary }
func (*file) close() error                                       { return errNoLibrary }
func (*file) kind(string) kind                                   { return isNothing }
func (*file) list(string) ([]string, error)                      { return nil, errNoLibrary }
func (*file) makeGroup(string) error                             { return errNoLibrary }
func (*file) write(string, element, unsafe.Pointer, []int) error { return errNoLibrary }
func (*file) shape(string) ([]int, error)                        { return nil, errNoLibrary }
func (*file) epsilon(string) (float64, error)                    { return 0, errNoLibrary }
func (*file) read(string, element, unsafe.Pointer) error         { return errNoLibrary }
func (*file) writeText(string, string) error                     { return errNoLibrary }
func (*file) readText(string) (string, error)                    { return "", errNoLibrary }
func (*file) hasAttr(string, string) bool                        { return false }
func (*file) setAttr(_, _ string, _ element, _ unsafe.Pointer) error {
	return errNoLibrary
}
func (*file) setTextAttr(_, _, _ string) error                    { return errNoLibrary }
func (*file) attr(_, _ string, _ element, _ unsafe.Pointer) error { return errNoLibrary }
func (*file) textAttr(_, _ string) (string, error)                { return "", errNoLibrary }
func (*file) makeScale(_, _ string) error                         { return errNoLibrary }
func (*file) attachScale(_, _ string, _ int) error                { return errNoLibrary }
