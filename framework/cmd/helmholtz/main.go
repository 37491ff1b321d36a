// Command helmholtz computes free energies with generative models: any model,
// any Hamiltonian and any estimator, joined by one run file.
package main

import (
	"github.com/helmholtz-physics/helmholtz/framework/app"
	"github.com/helmholtz-physics/helmholtz/framework/standard"
)

func main() { app.Main(standard.Parts()...) }
