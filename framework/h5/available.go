//go:build cgo

package h5

// Available is nil where HDF5 files can be read and written, else it says why
// not: a run should not begin that cannot keep what it finds.
func Available() error { return nil }
