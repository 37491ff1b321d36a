// Package standard lists the parts that come with Helmholtz, for a program that
// is made of them:
//
//	func main() { app.Main(standard.Parts()...) }
package standard

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/estimators"
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/circuit"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/costfunction"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/coulombtrap"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/couplings"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/data"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/doublewell"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/dualising"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/electrongas"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/expression"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/gaussian"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/grammar"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/hopfield"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/ising"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/mixture"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/modular"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/patterns"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/phi4"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/quantised"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/quantumdot"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/ringworld"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/shell"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/sk"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/xy"
	"github.com/helmholtz-physics/helmholtz/plugins/backflow"
	"github.com/helmholtz-physics/helmholtz/plugins/boltzmann"
	"github.com/helmholtz-physics/helmholtz/plugins/bornmachine"
	"github.com/helmholtz-physics/helmholtz/plugins/diffusion"
	"github.com/helmholtz-physics/helmholtz/plugins/discreteflow"
	"github.com/helmholtz-physics/helmholtz/plugins/electronflow"
	"github.com/helmholtz-physics/helmholtz/plugins/fermiflow"
	"github.com/helmholtz-physics/helmholtz/plugins/mongeampere"
	"github.com/helmholtz-physics/helmholtz/plugins/mps"
	"github.com/helmholtz-physics/helmholtz/plugins/neuralrg"
	"github.com/helmholtz-physics/helmholtz/plugins/normal"
	"github.com/helmholtz-physics/helmholtz/plugins/rbm"
	"github.com/helmholtz-physics/helmholtz/plugins/realnvp"
	"github.com/helmholtz-physics/helmholtz/plugins/transformer"
	"github.com/helmholtz-physics/helmholtz/plugins/ttn"
	"github.com/helmholtz-physics/helmholtz/plugins/vae"
	"github.com/helmholtz-physics/helmholtz/plugins/van"
	"github.com/helmholtz-physics/helmholtz/plugins/velocity"
)

// Parts are all parts of this repository.
func Parts() []core.Part {
	parts := []core.Part{
		van.Part, transformer.Part, mps.Part, ttn.Part, bornmachine.Part, rbm.Part, rbm.Gaussian, vae.Part, boltzmann.Part, discreteflow.Part, normal.Part, realnvp.Part, neuralrg.Part, mongeampere.Part, backflow.Part, velocity.Part, diffusion.Part, fermiflow.Part, electronflow.Part,
		ising.Part, sk.Part, hopfield.Part, couplings.Part,
		dualising.Part, phi4.Part, coulombtrap.Part, doublewell.Part, ringworld.Part, shell.Part, gaussian.Part, mixture.Part, quantumdot.Part, electrongas.Part, xy.Part,
		circuit.Part, patterns.Part, grammar.Part, data.Part, costfunction.Part, modular.Part, quantised.Part, expression.Part,
	}
	return slices.Concat(parts, estimators.All(), objective.Parts(), optim.Parts(), sample.Parts())
}
