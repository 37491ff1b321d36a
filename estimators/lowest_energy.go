package estimators

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// lowestEnergy is the lowest energy among the configurations drawn, with the
// first configuration that has it,
//
//	E_min = min_i E(x_i)  >=  min_x E(x),
//
// an upper bound of the lowest energy of all, for those who search it. It is no
// mean and has no error bar; more draws can only lower it.
func lowestEnergy() core.Part {
	const name = "lowest_energy"
	m := manifest(name, "lowest energy drawn, with its configuration", van, core.Spins)
	return core.Part{
		Manifest: m,
		NewEstimator: func(_ core.Settings, s core.Setting) (core.Estimator, error) {
			space := s.Energy.Space
			if space.Kind != core.Spins {
				return nil, core.Errorf(core.Mismatch, "open estimator", name, "it needs spins, and the space is %s", space)
			}
			l := &lowest{
				description: description{
					estimate: core.Estimate{Name: name, Long: "lowest energy drawn", Units: s.Energy.Units, Extensive: true, Bound: +1},
					needs:    core.EstimatorSpec{Spaces: m.Spaces},
				},
				configuration: core.Estimate{Name: name + "_configuration", Long: "configuration of the lowest energy drawn", Units: "1", Axes: siteAxes(space)},
			}
			l.found.size = space.Size()
			return l, nil
		},
	}
}

// siteAxes number the sites of a lattice by row and column, others one after
// the other.
func siteAxes(space core.Space) (axes []core.Axis) {
	names := []string{"site"}
	if n := len(space.Shape); n == 2 || n == 3 {
		names = []string{"z", "y", "x"}[3-n:]
	}
	shape := space.Shape
	if len(names) != len(shape) {
		shape = []int{space.Size()}
	}
	for k, length := range shape {
		a := core.Axis{Name: names[k], Units: "1"}
		for i := range length {
			a.Values = append(a.Values, float64(i))
		}
		axes = append(axes, a)
	}
	return axes
}

type lowest struct {
	description
	configuration core.Estimate // without its numbers
	n             count
	found         configuration
}

var _ core.Estimator = (*lowest)(nil)

// Spec implements core.Estimator.
func (l *lowest) Spec() core.EstimatorSpec {
	spec := l.description.Spec()
	spec.Observables = append(spec.Observables, core.Observable{Name: l.configuration.Name})
	return spec
}

// Add implements core.Estimator.
func (l *lowest) Add(b *core.Batch) error {
	if err := l.check(b); err != nil {
		return err
	}
	l.n += count(b.N)
	for i, e := range b.E {
		l.found.offer(e, b.X[i*l.found.size:(i+1)*l.found.size])
	}
	return nil
}

// Report implements core.Estimator. Before the first configuration all is NaN.
func (l *lowest) Report() ([]core.Estimate, error) {
	energy, x := math.NaN(), nans(l.found.size)
	if l.found.x != nil {
		energy, x = l.found.energy, slices.Clone(l.found.x)
	}
	r, err := l.report(energy, math.NaN(), int64(l.n))
	c := l.configuration
	c.Value, c.Stderr, c.N, c.Tau = x, nans(len(x)), int64(l.n), 1
	return append(r, c), err
}

func (l *lowest) gathered() gathered { return gathered{"n": &l.n, "lowest": &l.found} }

// State implements core.Estimator.
func (l *lowest) State() core.EstimatorState { return l.gathered().state() }

// Restore implements core.Estimator.
func (l *lowest) Restore(state core.EstimatorState) error { return l.gathered().restore(state) }

// Merge implements core.Estimator.
func (l *lowest) Merge(state core.EstimatorState) error { return l.gathered().merge(state) }

// configuration is the first of the lowest energy that was offered.
type configuration struct {
	size   int
	energy float64
	x      []float64 // nil before the first
}

func (c *configuration) offer(energy float64, x []float64) {
	if c.x == nil || energy < c.energy {
		c.energy, c.x = energy, append(c.x[:0], x...)
	}
}

// State is the energy and the configuration, empty before the first.
func (c *configuration) State() []float64 {
	if c.x == nil {
		return nil
	}
	return append([]float64{c.energy}, c.x...)
}

// Restore puts back what State returned.
func (c *configuration) Restore(state []float64) error {
	switch len(state) {
	case 0:
		c.x = nil
	case 1 + c.size:
		c.energy, c.x = state[0], slices.Clone(state[1:])
	default:
		return fmt.Errorf("%d numbers are not an energy and %d sites", len(state), c.size)
	}
	return nil
}

// Join takes another's where it is lower.
func (c *configuration) Join(state []float64) error {
	other := configuration{size: c.size}
	if err := other.Restore(state); err != nil {
		return err
	}
	if other.x != nil {
		c.offer(other.energy, other.x)
	}
	return nil
}
