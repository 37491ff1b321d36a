// Package energy is the toolbox of who writes an energy: it does everything around the
// formula. A [core.Energy] says what space its configurations live in and evaluates
// batches of them; here the formula is a plain function of a few configurations, and
// the rest is done: lengths are checked, the batch is spread over the processors with
// the same numbers for any number of them, nothing is allocated, and numbers out of
// range become errors that name the configuration. Everything can be used from another
// module.
//
// # In which order to reach for it
//
//   - E(x) without forces, as of spins: a function func(e, x []float64) and [New].
//   - With forces: a function that writes the slope dE/dx too, and [NewSmooth]. Flows
//     can then be trained through their samples, and Hamiltonian Monte Carlo runs.
//   - A potential of several terms: [Sum] of [Harmonic], [Coulomb] and your own [Term]s.
//     [Each] is the loop of a term that looks at one configuration at a time.
//   - Pair couplings between spins, dense or sparse: package pairwise is the whole
//     energy, with its exact values.
//   - What is known exactly: a function of beta in an [exact.Solution]. Package exact has
//     the enumeration of spins, normal modes, levels, quadrature and ideal fermions, and
//     forms F, S, <E> and the heat capacity without cancellation.
//   - Random couplings that anybody can draw again: package disorder.
//   - A value in the run file that a schema cannot refuse: [BadSetting], [Finite].
//
// # Conventions
//
// Configurations are row-major: configuration i of size numbers is
// x[i*size : (i+1)*size]. Energies are totals in the units of the Spec with k_B = 1. The
// slope is dE/dx, forces are -slope, and it has the shape of x. E = +Inf is a forbidden
// configuration. Slices belong to the caller and are not kept. Functions are called from
// several goroutines at once: what they read must not change, and scratch memory comes
// from a [sync.Pool].
//
// The example is a complete energy; docs/writing-a-plugin.md makes a program, a test and
// a run of one.
package energy
