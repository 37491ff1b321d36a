package data

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/npy"
)

// Read returns the configurations of a file or a data set with a name, row-major, and
// tests that every number is one of the space. Errors are those of Load and Array.Check.
func Read(name, dataset string, space core.Space) ([]float64, error) {
	a, err := Load(name, dataset)
	if err != nil {
		return nil, err
	}
	return a.X, a.Check(space)
}

// Load reads a file, or the data set of a name (see Sets). A file's format goes by its
// first bytes, where they say nothing by its extension, and is CSV else. dataset is the
// place in an HDF5 file, "" is x, which then must be alone, or, in a results.h5, the
// samples; the array of a .npz, "" where it is the only one; or a part of a data set.
//
// All errors name the file and have Kind Invalid, Unsupported where this build cannot
// read it; that of a number names its row and column, counted from 1.
func Load(name, dataset string) (*Array, error) {
	if s := setOf(name); s != nil {
		return s.load(dataset)
	}
	f, size, err := core.OpenRegular(name)
	if errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(name, "./") {
		var known []string
		for _, s := range Sets() {
			known = append(known, s.Name)
		}
		return nil, &core.Error{Kind: core.Invalid, Op: "read data", Subject: name, Err: errors.New("there is no such file, nor data set"),
			Hint: "data sets with a name are " + strings.Join(known, ", ")}
	}
	if err != nil {
		return nil, unread(err)
	}
	defer f.Close()
	head := make([]byte, 8)
	n, _ := io.ReadFull(f, head) // a file that cannot be read fails in its reader
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, unread(err)
	}
	format := formatOf(name, string(head[:n]))
	if dataset != "" && !format.datasets {
		return nil, bad(name, "it is neither HDF5 nor .npz, and only those have datasets such as %q", dataset)
	}
	x, shape, err := format.read(source{name, dataset, f, size})
	if err != nil {
		return nil, err
	}
	return newArray(name, x, shape)
}

// source is an open file.
type source struct {
	name, dataset string
	file          *os.File
	size          int64
}

// bad is an error about the file.
func (s source) bad(format string, args ...any) error { return bad(s.name, format, args...) }

// format reads one kind of file.
type format struct {
	begins     string // its first bytes
	extensions []string
	datasets   bool // whether it holds several arrays
	read       func(s source) (x []float64, shape []int, err error)
}

var formats = []format{
	{"\x89HDF\r\n\x1a\n", []string{".h5", ".hdf5"}, true, readHDF5},
	{npy.Magic, []string{".npy"}, false, readNPY},
	{"PK\x03\x04", []string{".npz"}, true, readNPZ},
	{"\x1f\x8b", []string{".gz"}, false, readGzip},
	{"\x00\x00", []string{".idx", "-ubyte"}, false, readIDX},
	{"", []string{""}, false, readCSV}, // any other
}

func formatOf(name, head string) format {
	name = strings.ToLower(filepath.Base(name))
	i := slices.IndexFunc(formats, func(f format) bool { return f.begins != "" && strings.HasPrefix(head, f.begins) })
	if i < 0 {
		i = slices.IndexFunc(formats, func(f format) bool {
			return slices.ContainsFunc(f.extensions, func(e string) bool { return strings.HasSuffix(name, e) })
		})
	}
	return formats[i]
}

// deflate shrinks at most 1032-fold: a header that promises more than that is damaged, and
// must not become an allocation.
const deflate = 1032

// readGzip reads an idx file or CSV that gzip made smaller.
func readGzip(s source) ([]float64, []int, error) {
	z, err := gzip.NewReader(s.file)
	if err != nil {
		return nil, nil, s.bad("it is not what gzip writes: %v", err)
	}
	r := bufio.NewReader(z)
	if head, _ := r.Peek(2); string(head) == "\x00\x00" {
		return s.idx(r, deflate*s.size, nil)
	}
	return s.csv(r)
}

// reserve asks for the memory of n numbers.
func reserve(name string, n float64) error {
	return core.Afford(8*n, name, "its numbers", "keep fewer rows in the file")
}

// unread is the error of a file that cannot be opened; err names it.
func unread(err error) error {
	return &core.Error{Kind: core.Invalid, Op: "read data", Err: err}
}

func bad(name, format string, args ...any) error {
	return core.Errorf(core.Invalid, "read data", name, format, args...)
}
