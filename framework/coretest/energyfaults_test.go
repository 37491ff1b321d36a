package coretest

import (
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

var energyFaults = map[string]struct {
	subtest string
	wrap    func(*chain) core.Energy
}{
	"NaN":               {"values", func(e *chain) core.Energy { e.j = math.NaN(); return e }},
	"the same for all":  {"values", func(e *chain) core.Energy { e.j, e.h = 0, 0; return e }},
	"symmetry claimed":  {"symmetries", func(e *chain) core.Energy { return &symmetric{e} }},
	"caller's x used":   {"slices", func(e *chain) core.Energy { return &scribbler{e} }},
	"wrong exact value": {"enumeration", func(e *chain) core.Energy { return &wrongExact{e} }},
	"no exact value":    {"spec", func(e *chain) core.Energy { return &promising{e} }},
	"sign of <E>":       {"exact", func(e *chain) core.Energy { return &sloped{e, -1, 1} }},
	"degree claimed":    {"degree", func(e *chain) core.Energy { return &homogeneous{e} }},
	"one ground state":  {"ground", func(e *chain) core.Energy { e.h = 0; return &cold{e} }},
	"row of a place":    {"rows", func(e *chain) core.Energy { return &placed{chain: e, levels: -1, places: true} }},
	"rows of levels":    {"rows", func(e *chain) core.Energy { return &placed{chain: e} }},
	"numbers sorted":    {"rows", func(e *chain) core.Energy { return &placed{chain: e, levels: -1, sorts: true} }},
	"data of the first": {"rows", func(e *chain) core.Energy { return &restoring{&placed{chain: e, levels: -1}} }},
	"C without beta^2":  {"exact", func(e *chain) core.Energy { return &sloped{e, 1, 0} }},
}

// homogeneous claims to be so, although it has a field beside couplings.
type homogeneous struct{ *chain }

func (e *homogeneous) Spec() core.EnergySpec {
	s := e.chain.Spec()
	s.Degree = 2
	return s
}

// placed has rows of spins: row k has its one spin down at k, but the place of k among
// the numbers is taken for k, or the spin that should be -1 is another number.
type placed struct {
	*chain
	levels        float64
	places, sorts bool
}

func (e *placed) Spec() core.EnergySpec {
	s := e.chain.Spec()
	s.Powers = append(s.Powers, core.PowerRows)
	s.Rows = []core.Range{{Name: "train", From: 0, To: e.n}}
	return s
}

func (e *placed) Rows(x []float64, number []int32) error {
	if e.sorts {
		slices.Sort(number)
	}
	for j := range x {
		x[j] = 1
	}
	for i, k := range number {
		if e.places {
			k = int32(i % e.n)
		}
		x[i*e.n+int(k)] = e.levels
	}
	return nil
}

// restoring gives all configurations the data of the first.
type restoring struct{ *placed }

func (e *restoring) Spec() core.EnergySpec {
	s := e.placed.Spec()
	s.Powers = append(s.Powers, core.PowerTransformed)
	return s
}

func (e *restoring) DataLogDet(dst []float64, _ []int32) error {
	clear(dst)
	return nil
}

func (e *restoring) Restore(x, y []float64) error {
	for k := range x {
		x[k] = y[k%e.n]
	}
	return nil
}

// cold knows T = 0 but for the second of the two ground states.
type cold struct{ *chain }

func (e *cold) Spec() core.EnergySpec {
	s := e.chain.Spec()
	s.Powers = append(s.Powers, core.PowerGround)
	return s
}

func (e *cold) Exact(beta float64) (core.Exact, error) {
	lowest := -e.j * float64(e.n)
	switch {
	case math.IsInf(beta, 1):
		return core.Exact{Source: "all up", Values: map[string]float64{"lowest_energy": lowest, "free_energy": lowest, "energy": lowest, "entropy": 0}}, nil
	case beta > 1e-3 && beta < 1e3:
		return e.chain.Exact(beta)
	}
	return core.Exact{Source: "all up", Values: map[string]float64{"lowest_energy": lowest}}, nil
}

type symmetric struct{ *chain }

func (e *symmetric) Spec() core.EnergySpec {
	s := e.chain.Spec()
	s.Symmetries = []core.Symmetry{core.Z2}
	return s
}

type scribbler struct{ *chain }

func (e *scribbler) Eval(dst []float64, b *core.Batch) error {
	err := e.chain.Eval(dst, b)
	clear(b.X)
	return err
}

type wrongExact struct{ *chain }

func (e *wrongExact) Exact(beta float64) (core.Exact, error) {
	x, err := e.chain.Exact(beta)
	x.Values["log_z"] += 1e-6
	delete(x.Values, "free_energy")
	return x, err
}

// sloped knows <E> = -sign d ln Z/d beta and C = -beta^(2 power) d<E>/d beta,
// with both derivatives by central differences.
type sloped struct {
	*chain
	sign, power float64
}

func (e *sloped) Exact(beta float64) (core.Exact, error) {
	const h = 1e-3
	u := func(beta float64) float64 { return -e.sign * (e.logZ(beta+h) - e.logZ(beta-h)) / (2 * h) }
	x, err := e.chain.Exact(beta)
	x.Values["energy"] = u(beta)
	x.Values["heat_capacity"] = -math.Pow(beta, 2*e.power) * (u(beta+h) - u(beta-h)) / (2 * h)
	return x, err
}

type promising struct{ core.Energy }
