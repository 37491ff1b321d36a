// Package coretest holds conformance suites: what every model and every
// energy must satisfy, as a test of one call.
//
//	func TestPart(t *testing.T) {
//		coretest.EnergyPart(t, part, core.Settings{"L": 4}, coretest.EnergyOptions{})
//	}
//
// [EnergyPart] and [ModelPart] take a part as it is handed to sdk.Serve and
// run the suite on the bare value, then through the wire with and without
// shared memory. [Energy] and [Model] run it on any value.
//
// The suites test identities, not numbers: log-densities of samples against
// the density, sums over all states of small spaces against 1, gradients
// against central differences, exact thermodynamics against enumeration.
//
// [Product] and [Chain] are reference parts with exact answers, used to test
// the suites, the wire and the host.
package coretest
