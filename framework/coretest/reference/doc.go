// Package reference has small parts whose answers are known exactly: the smallest
// model or energy of each kind, for tests of what is to work with all of them, and
// for readers who want to see a kind in a few lines.
package reference

import "github.com/helmholtz-physics/helmholtz/framework/core"

// model and energy make parts of constructors without settings.
func model(name, summary string, open func(space core.Space) core.Model) core.Part {
	return core.Part{Manifest: core.Manifest{Kind: core.KindModel, Name: name, Version: "1", Summary: summary, Params: []core.Param{}},
		NewModel: func(_ core.Settings, space core.Space) (core.Model, error) { return open(space), nil }}
}

func energy(name, summary string, open func() core.Energy) core.Part {
	return core.Part{Manifest: core.Manifest{Kind: core.KindEnergy, Name: name, Version: "1", Summary: summary, Params: []core.Param{}},
		NewEnergy: func(core.Settings) (core.Energy, error) { return open(), nil }}
}
