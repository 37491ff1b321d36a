// Package couplings is the energy of spins whose couplings and fields come
// from a file,
//
//	E(s) = -1/2 s^T J s - h^T s + C = -sum_{i<j} J_ij s_i s_j - sum_i h_i s_i + C,   s_i = +1 or -1
//
// with J symmetric and zero on the diagonal. README.md describes the files, and
// how their conventions map onto J, h and C.
package couplings

import (
	"maps"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/pairwise"
)

const name = "couplings"

// Config is the energy's table in the run file.
type Config struct {
	File   string  `key:"file" opt:"required,file" help:"couplings and fields: .csv (edge list i,j,J, or matrix), .h5, .hdf5 (datasets J and h), .npy (matrix), .rud, .rudy, .gset, .mc, .txt (rudy: n m, then i j w), .coo, .mtx (MatrixMarket), .qubo"`
	Base   int     `key:"base" min:"0" max:"1" help:"number of the first site in an edge list of .csv or .coo; formats with a numbering of their own keep it"`
	Sign   string  `key:"sign" choices:"-J,+J" help:"-J: E = -sum J_ij s_i s_j - sum h_i s_i, positive J is ferromagnetic; +J: both with a plus, as for the maximum cut of a graph"`
	Offset float64 `key:"offset" unit:"J" help:"constant added to E, and so to F, and -beta times it to ln Z"`
}

// Defaults are the settings that a run file need not give.
var Defaults = Config{Sign: minus}

// The values of sign.
const (
	minus = "-J"
	plus  = "+J"
)

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:    core.KindEnergy,
		Name:    name,
		Version: "1.1.0",
		Summary: "Ising spins with any pair couplings and fields, from a file: edge list, matrix, graph or QUBO",
		Powers:  []core.Power{core.PowerExact, core.PowerGround, core.PowerClusters},
		Params:  core.SchemaOf(Defaults),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// Energy is a pairwise energy plus a constant.
type Energy struct {
	*energy.Energy
	offset   float64
	warnings []string
}

var (
	_ core.Energy  = (*Energy)(nil)
	_ core.Exacter = (*Energy)(nil)
)

// New reads the file and returns its energy.
func New(c Config) (*Energy, error) {
	if err := energy.Finite(name, "offset", c.Offset); err != nil {
		return nil, err
	}
	s, err := read(c)
	if err != nil {
		return nil, err
	}
	return &Energy{
		Energy:   pairwise.New(name, s.n, s.bonds, s.field),
		offset:   s.offset + c.Offset,
		warnings: s.warnings(),
	}, nil
}

// Spec is core.Energy's Spec.
func (e *Energy) Spec() core.EnergySpec {
	spec := e.Energy.Spec()
	spec.Warnings = append(spec.Warnings, e.warnings...)
	return spec
}

// Eval is core.Energy's Eval.
func (e *Energy) Eval(dst []float64, b *core.Batch) error {
	if err := e.Energy.Eval(dst, b); err != nil || e.offset == 0 {
		return err
	}
	for i := range dst {
		dst[i] += e.offset
	}
	return nil
}

// Itself is core.Itself's: what a change costs does not depend on the constant, and EvalRows adds it.
func (e *Energy) Itself() core.Energy { return e }

// EvalRows is core.Concurrent's EvalRows.
func (e *Energy) EvalRows(slope, dst, x []float64) error {
	if err := e.Energy.EvalRows(slope, dst, x); err != nil || e.offset == 0 {
		return err
	}
	for i := range dst {
		dst[i] += e.offset
	}
	return nil
}

// Exact is core.Exacter's Exact. The constant is added to what was summed
// without it, so that a large one costs the entropy no digits.
func (e *Energy) Exact(beta float64) (core.Exact, error) {
	x, err := e.Energy.Exact(beta)
	if err != nil || e.offset == 0 {
		return x, err
	}
	x.Values = maps.Clone(x.Values)
	for key, factor := range map[string]float64{"log_z": -beta, "free_energy": 1, "energy": 1, "lowest_energy": 1} {
		if v, ok := x.Values[key]; ok {
			x.Values[key] = v + factor*e.offset
		}
	}
	return x, nil
}
