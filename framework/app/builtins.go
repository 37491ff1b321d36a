package app

import (
	"fmt"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// builtins are the parts in this binary. Models and energies are served to it
// by a second process of the same binary; the others only handle numbers and run in
// the process that holds the results.
type builtins []core.Part

// find finds a part of this binary.
func (b builtins) find(kind core.PartKind, name string) (core.Part, error) {
	i := slices.IndexFunc(b, func(p core.Part) bool { return p.Kind == kind && p.Name == name })
	if i < 0 {
		return core.Part{}, core.Errorf(core.Invalid, "find", name, "no built-in %s", kind)
	}
	return b[i], nil
}

// check refuses parts that a run file could not name, or that could not be made.
func (b builtins) check() error {
	for i, p := range b {
		refuse := func(hint, format string, args ...any) error {
			return &core.Error{Kind: core.Invalid, Op: "start", Subject: fmt.Sprintf("%s %s", p.Kind, p.Name), Err: fmt.Errorf(format, args...), Hint: hint}
		}
		if first, err := b[:i].find(p.Kind, p.Name); err == nil {
			return refuse("give one of them another name, or leave it out of app.Main",
				"this program has two parts of this name: version %s, %q, and version %s, %q", first.Version, first.Summary, p.Version, p.Summary)
		}
		if !constructed(p) {
			return refuse("a model has NewModel, an energy NewEnergy, an estimator one of NewEstimator and NewObserver, and so on", "the part has no constructor of its kind")
		}
		if counts := slices.ContainsFunc(p.Params, func(k core.Param) bool { return k.Name == "chains" && k.Type == core.TypeInt }); p.Source == core.OfChains && !counts {
			return refuse("add an integer key of this name", "a sampler of chains has a key \"chains\", the number of them")
		}
		for _, param := range p.Params {
			if slices.Contains(core.ReservedKeys, param.Name) {
				return refuse("give the key another name", "the key %q says in a run file which part is meant", param.Name)
			}
		}
	}
	return nil
}

// constructed tells whether a part has the constructor of its kind.
func constructed(p core.Part) bool {
	switch p.Kind {
	case core.KindModel:
		return p.NewModel != nil
	case core.KindEnergy:
		return p.NewEnergy != nil
	case core.KindEstimator:
		return (p.NewEstimator != nil) != (p.NewObserver != nil)
	case core.KindObjective:
		return p.NewObjective != nil
	case core.KindOptimizer:
		return p.NewOptimizer != nil
	case core.KindSampler:
		return p.NewSampler != nil
	}
	return true
}

// manifests are those of all parts.
func (b builtins) manifests() []core.Manifest {
	all := make([]core.Manifest, len(b))
	for i, p := range b {
		all[i] = p.Manifest
	}
	return all
}
