// Package coretest holds conformance suites: what every model and every
// energy must satisfy, as a test of one call.
//
//	func TestPart(t *testing.T) {
//		coretest.EnergyPart(t, part, core.Settings{"L": 4}, coretest.EnergyOptions{})
//	}
//
// [EnergyPart] and [ModelPart] take a part as it is handed to sdk.Serve and
// run the suite on the bare value, then through the wire with and without
// shared memory. [Energy] and [Model] run it on any value. [ObserverPart] and
// [ObjectivePart] do the same for observables and objectives.
//
// The suites test identities, not numbers: log-densities of samples against
// the density, sums over all states of small spaces against 1, derivatives
// against central differences, exact thermodynamics against enumeration,
// gradients along the sample against those of the score function, determinants
// against whole Jacobians, velocities against the map that they lead to, wave functions against their orthonormality and
// their Laplacians and slopes. A power or a symmetry is tested where the Spec
// declares it.
//
// Where a check fails, the log says the claim that does not hold ([Checks] lists them) and by how
// much: derivatives that are off by one factor, or in some components only, are said to be so.
//
// [Product] and [Chain], for real numbers [Gaussian] and [FreeField], and for
// quantum particles [Determinants] and [Trap] are reference parts with exact
// answers, used to test the suites, the wire, the host and the loop.
package coretest
