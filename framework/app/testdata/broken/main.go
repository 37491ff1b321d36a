// Reference parts, each with a key `mistake` that spoils one thing: docs/conformance.md lists which
// check of helmholtz plugin test has to find it, and what it says.
package main

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/coretest/reference"
	"github.com/helmholtz-physics/helmholtz/framework/sdk"
)

func main() {
	sdk.Serve(
		energy(coretest.Chain(), ofChain), energy(coretest.FreeField(), ofFreeField), energy(coretest.Trap(), ofTrap),
		model(coretest.Gaussian(), ofGaussian), model(coretest.Product(), ofProduct), model(reference.Ornstein(1), ofOrnstein),
		model(coretest.Determinants(), ofDeterminants),
		observer(coretest.Walls(), ofWalls), objective(coretest.Bound(), ofBound),
	)
}

// mistakes are what can be spoiled, by name.
type mistakes map[string]fault

// fault spoils what a part answers. Each function may be nil.
type fault struct {
	// spec changes the description, a *core.EnergySpec or *core.ModelSpec.
	energySpec func(s *core.EnergySpec)
	modelSpec  func(s *core.ModelSpec)
	// draw changes a batch after it was drawn, and before the seed by which it is.
	seed func(seed uint64, n int) uint64
	draw func(b *core.Batch)
	// call changes what a call of the table answered.
	call func(r *core.Row, c *core.Call)
	// exact changes exact values.
	exact func(x core.Exact)
}

// part is a part that is spoiled. What it does not spoil is that of the part itself.
type part struct {
	core.Instance
	fault
}

func (p part) Draw(dst *core.Batch, seed uint64, n int) error {
	if p.seed != nil {
		seed = p.seed(seed, n)
	}
	err := p.Instance.Draw(dst, seed, n)
	if p.draw != nil {
		p.draw(dst)
	}
	return err
}

func (p part) Call(r *core.Row, c *core.Call) error {
	err := p.Instance.Call(r, c)
	if p.call != nil && err == nil {
		p.call(r, c)
	}
	return err
}

func (p part) Exact(beta float64) (core.Exact, error) {
	x, err := p.Instance.Exact(beta)
	if p.exact != nil && err == nil {
		p.exact(x)
	}
	return x, err
}

// choose takes the mistake out of the settings, and adds its key to the manifest.
func choose(m *core.Manifest, all mistakes) func(s core.Settings) (core.Settings, fault, error) {
	m.Params = append(append([]core.Param(nil), m.Params...), core.SchemaOf(struct {
		Mistake string `key:"mistake" help:"what is wrong"`
	}{"none"})...)
	return func(s core.Settings) (core.Settings, fault, error) {
		name, own := s["mistake"].(string), core.Settings{}
		for k, v := range s {
			if k != "mistake" {
				own[k] = v
			}
		}
		f, ok := all[name]
		if !ok && name != "none" {
			return nil, f, fmt.Errorf("there is no mistake %q", name)
		}
		return own, f, nil
	}
}

func energy(p core.Part, all mistakes) core.Part {
	open, of := p.NewEnergy, choose(&p.Manifest, all)
	p.NewEnergy = func(s core.Settings) (core.Energy, error) {
		s, f, err := of(s)
		if err != nil {
			return nil, err
		}
		e, err := open(s)
		if err != nil {
			return nil, err
		}
		spec := e.Spec()
		if f.energySpec != nil {
			f.energySpec(&spec)
		}
		return core.ViewEnergy(part{core.InstanceOf(e), f}, spec), nil
	}
	return p
}

func model(p core.Part, all mistakes) core.Part {
	open, of := p.NewModel, choose(&p.Manifest, all)
	p.NewModel = func(s core.Settings, space core.Space) (core.Model, error) {
		s, f, err := of(s)
		if err != nil {
			return nil, err
		}
		m, err := open(s, space)
		if err != nil {
			return nil, err
		}
		spec := m.Spec()
		if f.modelSpec != nil {
			f.modelSpec(&spec)
		}
		return core.ViewModel(part{core.InstanceOf(m), f}, spec), nil
	}
	return p
}
