package main

import (
	"github.com/helmholtz-physics/helmholtz/estimators"
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/couplings"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/hopfield"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/ising"
	"github.com/helmholtz-physics/helmholtz/hamiltonians/sk"
	"github.com/helmholtz-physics/helmholtz/plugins/van"
)

// builtins are the parts in this binary. Models and energies are served to it
// by a second process of the same binary; estimators only add and run in the
// process that holds the results.
func builtins() []core.Part {
	parts := []core.Part{van.Part, ising.Part, sk.Part, hopfield.Part, couplings.Part}
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
