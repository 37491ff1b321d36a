// Package couplings is the energy of spins whose couplings and fields come
// from a file,
//
//	E(s) = -1/2 s^T J s - h^T s = -sum_{i<j} J_ij s_i s_j - sum_i h_i s_i,   s_i = +1 or -1
//
// with J symmetric and zero on the diagonal. README.md describes the files.
package couplings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/internal/keys"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/internal/pairwise"
)

const name = "couplings"

// Config is the energy's table in the run file.
type Config struct {
	File string `key:"file" opt:"required,file" help:"couplings and fields: .csv (edge list with header i,j,J, or matrix) or .h5, .hdf5 (datasets J and h)"`
}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:    core.KindEnergy,
		Name:    name,
		Version: "1.0.0",
		Summary: "Ising spins with any pair couplings and fields, from a CSV or HDF5 file",
		Powers:  []core.Power{core.PowerExact, core.PowerGround},
		Params:  core.SchemaOf(Config{}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// New reads the file and returns its energy.
func New(c Config) (*pairwise.Energy, error) {
	s, err := read(c.File)
	if err != nil {
		return nil, err
	}
	return pairwise.New(name, s.n, s.bonds, s.field), nil
}

// system is what a file says: couplings in one of two forms, and fields.
type system struct {
	n      int
	matrix []float64 // n x n, checked; nil if edges are given
	edges  []edge
	field  []float64 // length n, or nil
}

// edge is the coupling of the sites i < j.
type edge struct {
	i, j     int
	coupling float64
}

// bonds calls yield for every coupling that is not zero.
func (s *system) bonds(yield func(i, j int, coupling float64)) {
	for _, e := range s.edges {
		if e.coupling != 0 {
			yield(e.i, e.j, e.coupling)
		}
	}
	if s.matrix == nil {
		return
	}
	for i := range s.n {
		for j := i + 1; j < s.n; j++ {
			if v := s.matrix[i*s.n+j]; v != 0 {
				yield(i, j, v)
			}
		}
	}
}

// read reads the file at path in the format that its extension names.
func read(path string) (*system, error) {
	if _, err := os.Stat(path); err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, bad(path, "%v", err)
	}
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".csv":
		return readCSV(path)
	case ".h5", ".hdf5":
		return readHDF5(path)
	default:
		return nil, bad(path, "extension %q is none of .csv, .h5, .hdf5", ext)
	}
}

// bad reports what is wrong with the file at path.
func bad(path, format string, args ...any) error {
	return keys.Bad(name, "file", path+": "+fmt.Sprintf(format, args...))
}
