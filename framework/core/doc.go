// Package core holds the nouns of Helmholtz and nothing else: it imports only
// the standard library, and every other room imports it.
//
// # The one equation
//
//	F[p] = < E(x) + kT ln p(x) >_{x~p}  >=  -kT ln Z
//
// A [Model] is a normalised density p that can be sampled and differentiated.
// An [Energy] is a Hamiltonian E. A [Sampler] draws batches from a density.
// An [Estimator] turns batches into observables with error bars. The [Batch]
// is the one value that travels between them. An [Objective] turns energies and
// log-densities into cotangents, and an [Optimizer] moves the parameters; each of
// the six knows nothing of the other five.
//
// # Where to start
//
// Who writes an energy reads [Energy], [Batch] and [Space]; who writes a model,
// [Model] besides. Who writes an [Estimator], an [Objective], an [Optimizer] or a
// [Sampler] reads that, and package app, whose Main takes it. [Part] joins an implementation to its name and its keys in
// the run file, which [SchemaOf] derives from a struct. The rest is for those
// who check, start and record parts.
//
// # Rules that hold for every implementation
//
//   - Configurations are row-major float64: configuration i of a batch is
//     X[i*d : (i+1)*d] with d = Space.Size().
//   - Randomness is an argument: (theta, seed, From, n) decides a batch completely,
//     bit for bit, whatever the number of threads.
//   - No implementation keeps a slice that its caller passed in, and none
//     returns a slice that it will change later; destinations come first and
//     are owned by the caller.
//   - Methods of one value are called from one goroutine at a time.
//   - Energies are totals in the energy's own units with k_B = 1, so that
//     beta*E and ln p are pure numbers.
//   - A wrong slice length is a programmer's mistake and may panic; whatever
//     depends on data (a NaN, a missing file) is returned as an [*Error].
//
// # Powers
//
// Main interfaces are small. Every further ability is a one-method interface
// of its own, listed in the main interface's comment and declared in the Spec
// as a [Power]. A consumer asks the Spec, not a type assertion: a value
// reached through a process border has every method, but not every power.
//
// # Spaces and symmetries
//
// Two more tables say what the numbers of a configuration mean ([SpaceKind]) and what
// a [Symmetry] does to them. Who asks a [Space], and not its kind, serves all of them.
//
// # Columns and rows
//
// Whoever moves, keeps or checks what is computed about configurations knows
// none of these interfaces. It loops over two tables: of columns ([Column],
// [ColumnInfo]), numbers that a batch can carry, and of rows ([Row]), calls from
// columns to columns. An [Instance] makes any row's call on a part, wherever it
// runs; a [ModelView], an [EnergyView], an [ObserverView] or an [ObjectiveView] is an
// Instance by the interfaces again.
package core
