package estimators

import (
	"fmt"
	"maps"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// gathered are the sums of an estimator, by the names that they have in its
// state. Every estimator has a method gathered that lists them, and hands
// State, Restore and Merge on to it.
type gathered map[string]sums

// sums are those of framework/stats, and count.
type sums interface {
	State() []float64
	Restore(state []float64) error
	Join(state []float64) error
}

func (g gathered) state() core.EstimatorState {
	state := core.EstimatorState{}
	for name, s := range g {
		state[name] = s.State()
	}
	return state
}

func (g gathered) restore(state core.EstimatorState) error {
	return g.each(state, sums.Restore)
}

func (g gathered) merge(state core.EstimatorState) error {
	return g.each(state, sums.Join)
}

// each hands every part of a state to the sums of its name.
func (g gathered) each(state core.EstimatorState, take func(sums, []float64) error) error {
	if names, want := slices.Sorted(maps.Keys(state)), slices.Sorted(maps.Keys(g)); !slices.Equal(names, want) {
		return fmt.Errorf("a state of %v where the estimator has %v", names, want)
	}
	for name, s := range g {
		if err := take(s, state[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// count is a number of configurations.
type count int64

// State is the number.
func (c *count) State() []float64 { return []float64{float64(*c)} }

// Restore puts back what State returned.
func (c *count) Restore(state []float64) error {
	if len(state) != 1 {
		return fmt.Errorf("%d numbers are not one", len(state))
	}
	*c = count(state[0])
	return nil
}

// Join adds another's.
func (c *count) Join(state []float64) error {
	var other count
	if err := other.Restore(state); err != nil {
		return err
	}
	*c += other
	return nil
}

// peak is the largest of some sizes.
type peak float64

// State is the number.
func (p *peak) State() []float64 { return []float64{float64(*p)} }

// Restore puts back what State returned.
func (p *peak) Restore(state []float64) error {
	if len(state) != 1 {
		return fmt.Errorf("%d numbers are not one", len(state))
	}
	*p = peak(state[0])
	return nil
}

// Join takes another's where it is larger.
func (p *peak) Join(state []float64) error {
	var other peak
	if err := other.Restore(state); err != nil {
		return err
	}
	*p = max(*p, other)
	return nil
}

// kept are numbers that are all kept.
type kept []float64

// State is a copy.
func (k *kept) State() []float64 { return slices.Clone(*k) }

// Restore puts back what State returned.
func (k *kept) Restore(state []float64) error {
	*k = slices.Clone(state)
	return nil
}

// Join adds another's.
func (k *kept) Join(state []float64) error {
	*k = append(*k, state...)
	return nil
}
