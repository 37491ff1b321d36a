package data

import (
	"fmt"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// signature begins every HDF5 file that has no user block before it.
const signature = "\x89HDF\r\n\x1a\n"

// Read returns the configurations of a file, row-major, and tests that every
// number is one of the space. dataset names the place in an HDF5 file; "" is x,
// which then must be alone, or, in a results.h5, the samples. All errors name
// the file and have Kind Invalid, Unsupported where this build cannot read it;
// that of a number names its row and column, counted from 1.
func Read(path, dataset string, space core.Space) ([]float64, error) {
	hdf5, err := isHDF5(path)
	if err != nil {
		return nil, unread(err)
	}
	var x []float64
	switch {
	case hdf5:
		x, err = readHDF5(path, dataset, space)
	case dataset != "":
		err = bad(path, "it is no HDF5 file, and only those have datasets such as %q", dataset)
	default:
		x, err = readCSV(path, space)
	}
	if err != nil {
		return nil, err
	}
	return x, check(path, x, space)
}

func isHDF5(path string) (bool, error) {
	f, _, err := core.OpenRegular(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, len(signature))
	n, _ := f.Read(head) // a file that cannot be read fails in its reader
	return string(head[:n]) == signature, nil
}

// check refuses what is no configuration.
func check(path string, x []float64, space core.Space) error {
	if len(x) == 0 {
		return bad(path, "it has no configurations")
	}
	d := space.Size()
	k := space.Illegal(x)
	switch {
	case k < 0:
		return nil
	case x[k]-x[k] != 0: // NaN and both infinities
		return bad(path, "row %d, column %d is %v, not a finite number", k/d+1, k%d+1, x[k])
	}
	return bad(path, "row %d, column %d is %v, and %s", k/d+1, k%d+1, x[k], space.Legal(k%d))
}

// checkShape tests the shape of an array of configurations: [n] and then the
// space's own shape, or that as one axis.
func checkShape(path string, got []int, space core.Space) error {
	if len(got) > 0 && (space.Shape != nil && slices.Equal(got[1:], space.Shape) || slices.Equal(got[1:], []int{space.Size()})) {
		return nil
	}
	want := fmt.Sprint(append([]any{"n"}, ints(space.Shape)...))
	if len(space.Shape) > 1 {
		want += fmt.Sprintf(" or [n %d]", space.Size())
	}
	return bad(path, "it has the shape %v, and configurations of %v have the shape %s", got, space, want)
}

func ints(shape []int) (values []any) {
	for _, n := range shape {
		values = append(values, n)
	}
	return values
}

// unread is the error of a file that cannot be opened; err names it.
func unread(err error) error {
	return &core.Error{Kind: core.Invalid, Op: "read data", Err: err}
}

func bad(path, format string, args ...any) error {
	return core.Errorf(core.Invalid, "read data", path, format, args...)
}
