package coretest

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Walls observes spins on a ring: how many neighbours differ,
//
//	w(x) = sum_j (1 - x_j x_{j+1})/2,
//
// which is (E + J N)/(2 J) of the Ising ring, and x_j itself as an array. Where it
// weighs, it also has E + kT ln p, whose mean is the variational free energy.
func Walls() core.Part {
	type config struct {
		Weigh bool `key:"weigh" help:"report E + kT ln p too, of the model's draws"`
	}
	m := core.Manifest{Kind: core.KindEstimator, Name: "walls", Version: "1", Summary: "domain walls of spins on a ring",
		Spaces: []core.SpaceKind{core.Spins}, Params: core.SchemaOf(config{})}
	return core.Part{Manifest: m, NewObserver: func(s core.Settings, of core.System) (core.Observer, error) {
		if of.Space.Kind != core.Spins {
			return nil, core.Errorf(core.Mismatch, "open estimator", "walls", "works on spins, not on %s", of.Space.Kind)
		}
		var c config
		core.Decode(s, &c)
		w := &walls{sites: of.Space.Size(), weigh: c.Weigh, t: 1 / of.Beta}
		w.spec = w.describe(of.Units)
		return w, nil
	}}
}

type walls struct {
	spec  core.ObserverSpec
	sites int
	weigh bool
	t     float64 // temperature
}

var _ core.Observer = (*walls)(nil)

func (w *walls) describe(units string) core.ObserverSpec {
	site := core.Axis{Name: "site", Units: "1"}
	for j := range w.sites {
		site.Values = append(site.Values, float64(j))
	}
	s := core.ObserverSpec{Observables: []core.Observed{
		{Name: "walls", Long: "number of domain walls", Units: "1", Extensive: true},
		{Name: "spin", Long: "mean spin of each site", Units: "1", Axes: []core.Axis{site}},
	}}
	if w.weigh {
		s.Source = core.OfModel
		s.Observables = append(s.Observables, core.Observed{Name: "bound", Long: "E + kT ln p", Units: units, Extensive: true})
	}
	return s
}

// Spec implements core.Observer.
func (w *walls) Spec() core.ObserverSpec { return w.spec }

// Observe implements core.Observer.
func (w *walls) Observe(dst []float64, b *core.Batch) error {
	size := w.spec.Size()
	for i := range b.N {
		x, o := b.X[i*w.sites:(i+1)*w.sites], dst[i*size:(i+1)*size]
		last, n := x[w.sites-1], 0.0
		for _, s := range x {
			n += (1 - last*s) / 2
			last = s
		}
		o[0] = n
		copy(o[1:], x)
		if w.weigh {
			o[1+w.sites] = b.E[i] + w.t*b.LogP[i]
		}
	}
	return nil
}
