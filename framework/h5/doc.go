// Package h5 reads and writes HDF5 files safely. It is the only importer of
// gonum.org/v1/hdf5 and hides its traps: nothing of a file stays open, element
// types are checked, texts are UTF-8, and the library's own explanation of a
// failure reaches the caller.
//
// A file is written whole or not at all ([WriteFile]) and is open only while a
// function runs ([WriteFile], [ReadFile]). Inside, a [Group] is an address,
// not a handle: there is nothing to close. HDF5 is one global library, so a
// process-wide lock is held around each operation; groups and datasets may be
// used from several goroutines.
//
// Numbers are []float64, []int64, []int8 and []uint8, row-major; texts are
// scalar strings; attributes are a float64, an int64 or a string. Reading
// converts between number types where no value can be mangled and refuses
// otherwise.
//
// Without cgo the package compiles, and every attempt to open a file returns
// an error of Kind Unsupported.
package h5
