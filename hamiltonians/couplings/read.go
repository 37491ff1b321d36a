package couplings

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/npy"
)

// format reads one kind of file.
type format struct {
	name       string
	extensions []string
	read       func(path string, base int) (*system, error)
	// why base or sign must not be given, "" where it may.
	fixedBase, fixedSign string
}

// unnumbered is why a matrix has no base.
const unnumbered = "a matrix has no numbers of sites"

var formats = []format{
	{name: "CSV", extensions: []string{".csv"}, read: readCSV},
	{name: "HDF5", extensions: []string{".h5", ".hdf5"}, read: readHDF5, fixedBase: unnumbered},
	{name: "NumPy", extensions: []string{".npy"}, read: readNPY, fixedBase: unnumbered},
	{name: "rudy", extensions: []string{".rud", ".rudy", ".gset", ".mc", ".txt", ""}, read: readRudy},
	{name: "COO", extensions: []string{".coo"}, read: readCOO},
	{name: "MatrixMarket", extensions: []string{".mtx"}, read: readMatrixMarket},
	{name: "QUBO", extensions: []string{".qubo"}, read: readQUBO, fixedBase: "variables of a .qubo file count from 0",
		fixedSign: "a .qubo file has a sign of its own, E = +sum Q_ij x_i x_j"},
}

// read reads the file in the format that its extension names.
func read(c Config) (*system, error) {
	f, _, err := core.OpenRegular(c.File)
	if err != nil {
		return nil, unread(c.File, err)
	}
	head := make([]byte, 256)
	n, _ := io.ReadFull(f, head) // a file that cannot be read fails in its reader
	f.Close()
	format, err := formatOf(c.File, string(head[:n]))
	if err != nil {
		return nil, err
	}
	if c.Base != 0 && format.fixedBase != "" {
		return nil, badBase(c.Base, format.fixedBase)
	}
	if c.Sign == plus && format.fixedSign != "" {
		return nil, energy.BadSetting(name, "sign", fmt.Sprintf("must be left out, got %q: %s", c.Sign, format.fixedSign))
	}
	s, err := format.read(c.File, c.Base)
	if err != nil {
		return nil, err
	}
	if c.Sign == plus {
		s.negate()
	}
	return s, nil
}

// formatOf goes by the extension, and where that says nothing by how the file
// begins.
func formatOf(path, head string) (*format, error) {
	extension := strings.ToLower(filepath.Ext(path))
	name := ""
	if i := slices.IndexFunc(formats, func(f format) bool { return slices.Contains(f.extensions, extension) }); i >= 0 {
		name = formats[i].name
	}
	if extension == ".txt" || extension == "" {
		head = strings.TrimPrefix(head, "\ufeff") // a byte order mark
		switch {
		case strings.HasPrefix(head, "\x89HDF"):
			name = "HDF5"
		case strings.HasPrefix(head, npy.Magic):
			name = "NumPy"
		case len(head) >= len(banner) && strings.EqualFold(head[:len(banner)], banner):
			name = "MatrixMarket"
		case strings.HasPrefix(head, "p qubo") || strings.HasPrefix(head, "c "):
			name = "QUBO"
		}
	}
	for i := range formats {
		if formats[i].name == name {
			return &formats[i], nil
		}
	}
	var known []string
	for _, f := range formats {
		for _, e := range f.extensions {
			if e != "" {
				known = append(known, e)
			}
		}
	}
	return nil, bad(path, "extension %s is none of %s", core.Shorten(fmt.Sprintf("%q", extension)), strings.Join(known, ", "))
}

// bad reports what is wrong with the file at path.
func bad(path, format string, args ...any) error {
	return energy.BadSetting(name, "file", path+": "+fmt.Sprintf(format, args...))
}

// badBase refuses a base that the file cannot have.
func badBase(base int, why string) error {
	return energy.BadSetting(name, "base", fmt.Sprintf("must be 0 or left out, got %d: %s", base, why))
}

// unread reports that the file at path cannot be opened.
func unread(path string, err error) error { return bad(path, "%v", core.WithoutPath(err)) }
