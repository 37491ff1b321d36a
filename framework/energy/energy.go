package energy

import (
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// chunkNumbers is about how many numbers of x one goroutine takes at a time: 32 KiB,
// and some 50 microseconds of work.
const chunkNumbers = 1 << 12

// ChunkSize is the number of configurations that a function is called with at most,
// each of size numbers, unless [Energy.SetChunk] says otherwise.
func ChunkSize(size int) int { return max(1, chunkNumbers/max(1, size)) }

// Energy is a core.Energy made of a function: its Spec, its Eval in parallel over the
// configurations, and its exact values. One call at a time, as core demands.
type Energy struct {
	exact.Solution
	spec  core.EnergySpec
	size  int // numbers in a configuration
	chunk int // configurations of one task
	task  func(i int)

	values func(e, slope, x []float64)
	follow func() core.Follower       // nil: none
	bonds  func() (core.Bonds, error) // nil: none

	e, slope, x []float64 // only during a call
}

// New returns the energy called name, which is known without slope, as that of spins.
// To the powers in spec it adds those of known, whose zero value knows nothing.
//
// Values writes E(x_i), or V(x_i) of quantum particles, for the len(e) configurations
// in x, configuration i being x[i*size : (i+1)*size] with size = spec.Space.Size().
// These are consecutive ones of the batch; e is not zeroed. It is called from several
// goroutines at once and keeps neither slice. +Inf is a configuration that is
// forbidden; NaN and -Inf become errors.
func New(name string, spec core.EnergySpec, known exact.Solution, values func(e, x []float64)) *Energy {
	return newEnergy(name, spec, known, func(e, _, x []float64) { values(e, x) })
}

func newEnergy(name string, spec core.EnergySpec, known exact.Solution, values func(e, slope, x []float64)) *Energy {
	known.Subject = name
	spec.Powers = slices.Clone(spec.Powers)
	if len(spec.Rows) > 0 && !slices.Contains(spec.Powers, core.PowerRows) {
		spec.Powers = append(spec.Powers, core.PowerRows)
	}
	spec.Powers = append(spec.Powers, known.Powers()...)
	v := &Energy{Solution: known, spec: spec, size: spec.Space.Size(), values: values}
	v.chunk = ChunkSize(v.size)
	v.task = func(i int) { v.evaluate(i, v.e, v.slope, v.x) }
	return v
}

// evaluate writes the values, and slopes unless that is nil, of chunk i of the configurations x.
func (v *Energy) evaluate(i int, e, slope, x []float64) {
	from, to := i*v.chunk, min((i+1)*v.chunk, len(e))
	if slope != nil {
		slope = slope[from*v.size : to*v.size]
	}
	v.values(e[from:to], slope, x[from*v.size:to*v.size])
}

// chunks is how many n configurations have.
func (v *Energy) chunks(n int) int { return (n + v.chunk - 1) / v.chunk }

// SetChunk makes n the number of configurations that the function is called with at
// most: for functions whose work or memory does not grow as x does. It returns the
// energy. The default is [ChunkSize].
func (v *Energy) SetChunk(n int) *Energy {
	v.chunk = n
	return v
}

// SetFollower says how the change of one number of a configuration is found without a look at all of
// it, for chains that change one after the other. It returns the energy.
func (v *Energy) SetFollower(follow func() core.Follower) *Energy {
	v.follow = follow
	return v
}

// SetBonds says what the couplings and fields of spins are, for chains that turn clusters of them
// over, and for those that change one after the other. It returns the energy. That clusters help is a
// power of the Spec, core.PowerClusters.
func (v *Energy) SetBonds(bonds func() (core.Bonds, error)) *Energy {
	v.bonds = bonds
	return v
}

// Follow is core.Followed's Follow.
func (v *Energy) Follow() core.Follower {
	if v.follow == nil {
		return nil
	}
	return v.follow()
}

// Bonds is core.Bonded's Bonds; of an energy without, an error of kind Unsupported.
func (v *Energy) Bonds() (core.Bonds, error) {
	if v.bonds == nil {
		return core.Bonds{}, core.Errorf(core.Unsupported, "bonds", v.Subject, "it is not made of couplings of pairs of spins")
	}
	return v.bonds()
}

// Spec is core.Energy's Spec.
func (v *Energy) Spec() core.EnergySpec { return v.spec }

// Eval is core.Energy's Eval. Chunks are cut by their sizes alone, so that the
// numbers are the same for any number of threads. It does not allocate.
func (v *Energy) Eval(dst []float64, b *core.Batch) error { return v.run(dst, nil, b) }

func (v *Energy) run(e, slope []float64, b *core.Batch) error {
	if len(e) != b.N || len(b.X) != b.N*v.size {
		panic(v.Subject + ": wrong length of energies or configurations")
	}
	v.e, v.slope, v.x = e, slope, b.X
	par.For(v.chunks(b.N), v.task)
	v.e, v.slope, v.x = nil, nil, nil
	return v.check(e, slope)
}

// check refuses energies that no configuration has, and puts slopes to 0 where E is +Inf: a
// trajectory that has arrived there flies on without force, and every number stays finite.
func (v *Energy) check(e, slope []float64) error {
	for i, energy := range e {
		if math.IsNaN(energy) || math.IsInf(energy, -1) {
			return core.Errorf(core.Numeric, "evaluate energy", v.Subject, "configuration %d of %d has energy %v", i, len(e), energy)
		}
		if slope != nil && math.IsInf(energy, 1) {
			clear(slope[i*v.size : (i+1)*v.size])
		}
	}
	return nil
}

// Itself is core.Itself's: a type that embeds the energy and says another E does not have its
// abilities.
func (v *Energy) Itself() core.Energy { return v }

// EvalRows is core.Concurrent's EvalRows. Chunks are cut as by Eval, so that the numbers are the
// same.
func (v *Energy) EvalRows(slope, e, x []float64) error {
	for i := range v.chunks(len(e)) {
		v.evaluate(i, e, slope, x)
	}
	return v.check(e, slope)
}

// Smooth is an energy with a slope.
type Smooth struct{ *Energy }

// Itself is core.Itself's.
func (s *Smooth) Itself() core.Energy { return s }

// NewSmooth returns the energy called name, which is differentiable. To the powers in
// spec it adds core.PowerSlope and those of known.
//
// Values is as in [New], and writes dE/dx into slope, as long as x, unless slope is
// nil. The sum of [Term]s is such a function: see [Sum].
func NewSmooth(name string, spec core.EnergySpec, known exact.Solution, values func(e, slope, x []float64)) *Smooth {
	spec.Powers = append([]core.Power{core.PowerSlope}, spec.Powers...)
	return &Smooth{newEnergy(name, spec, known, values)}
}

// Slope is core.EnergySloper's Slope. It is 0 where E is +Inf: a trajectory that has
// arrived there flies on without force, and every number stays finite.
func (v *Smooth) Slope(slope, e []float64, b *core.Batch) error {
	if len(slope) != len(b.X) {
		panic(v.Subject + ": Slope: wrong length of slope")
	}
	return v.run(e, slope, b)
}

var (
	_ core.Energy       = (*Energy)(nil)
	_ core.Exacter      = (*Energy)(nil)
	_ core.Concurrent   = (*Energy)(nil)
	_ core.Followed     = (*Energy)(nil)
	_ core.Bonded       = (*Energy)(nil)
	_ core.Energy       = (*Smooth)(nil)
	_ core.EnergySloper = (*Smooth)(nil)
)
