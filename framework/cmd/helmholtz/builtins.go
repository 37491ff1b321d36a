package main

import (
	"github.com/helmholtz-physics/helmholtz/estimators"
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/coulombtrap"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/couplings"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/doublewell"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/dualising"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/electrongas"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/gaussian"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/hopfield"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/ising"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/phi4"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/quantumdot"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/ringworld"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/sk"
	"github.com/helmholtz-physics/helmholtz/plugins/backflow"
	"github.com/helmholtz-physics/helmholtz/plugins/electronflow"
	"github.com/helmholtz-physics/helmholtz/plugins/fermiflow"
	"github.com/helmholtz-physics/helmholtz/plugins/mongeampere"
	"github.com/helmholtz-physics/helmholtz/plugins/neuralrg"
	"github.com/helmholtz-physics/helmholtz/plugins/realnvp"
	"github.com/helmholtz-physics/helmholtz/plugins/van"
)

// builtins are the parts in this binary. Models and energies are served to it
// by a second process of the same binary; estimators only add and run in the
// process that holds the results.
func builtins() []core.Part {
	parts := []core.Part{
		van.Part, realnvp.Part, neuralrg.Part, mongeampere.Part, backflow.Part, fermiflow.Part, electronflow.Part,
		ising.Part, sk.Part, hopfield.Part, couplings.Part,
		dualising.Part, phi4.Part, coulombtrap.Part, doublewell.Part, ringworld.Part, gaussian.Part, quantumdot.Part, electrongas.Part,
	}
	return append(parts, estimators.All()...)
}

// builtin finds a part of this binary.
func builtin(kind core.PartKind, name string) (core.Part, error) {
	for _, part := range builtins() {
		if part.Kind == kind && part.Name == name {
			return part, nil
		}
	}
	return core.Part{}, core.Errorf(core.Invalid, "find", name, "no built-in %s", kind)
}
