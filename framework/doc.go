// Package framework is the map of Helmholtz's rooms; it holds no code.
//
//	core       the nouns: Model, Energy, Sampler, Estimator, Batch
//	coretest   conformance suites that a third party's test calls
//	engine     numbers: tensors, reverse mode, layers
//	energy     toolbox of energy authors: terms, exact values, pair couplings
//	flow       invertible maps of normal variables to models
//	data       configurations from files
//	sample     samplers over any density
//	objective  energies and log-densities to cotangents
//	optim      optimisers and schedules on flat parameters
//	stats      error bars
//	thermo     thermodynamics of free energies at several points
//	plan       run file and specs to a checked plan
//	run        the one loop, with resume
//	store      the run folder
//	h5         a small safe HDF5
//	host       finds, starts and watches plugins
//	sdk        all that a plugin's main needs
//	cmd        the command line
//
// Who may import whom is listed in, and checked by, rooms_test.go.
package framework
