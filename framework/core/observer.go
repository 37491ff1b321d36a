package core

import (
	"fmt"
	"math"
	"slices"
)

// Observer is an observable as its author writes it: numbers of each
// configuration, o(x, E) or o(x, E, ln p). What is estimated is < o >, and means,
// error bars, autocorrelation and cautions are the host's business, the same for
// all observers, wherever they run.
type Observer interface {
	// Spec is constant over the value's life.
	Spec() ObserverSpec

	// Observe writes the numbers of each configuration of b into dst, row-major,
	// in the order of the Spec; len(dst) = b.N * Spec().Size(). b has X and E, and
	// LogP where the Spec's Source is OfModel; nothing else. Those of a
	// configuration depend on it alone, and are finite.
	Observe(dst []float64, b *Batch) error
}

// ObserverSpec is what a bound observer says of itself.
type ObserverSpec struct {
	// Observables that it reports, in the order of the numbers.
	Observables []Observed `json:"observables"`
	// Source is OfModel where it reads ln p: it then sees the model's own draws.
	// OfEither, the default, is any density, and OfChains are Markov chains alone.
	Source Source `json:"source,omitempty"`
	// Memory that it takes.
	Memory Memory `json:"memory,omitzero"`
}

// Observed describes one observable: one number of each configuration, or with
// axes an array.
type Observed struct {
	Name  string `json:"name"`  // snake case; the name of the estimate
	Long  string `json:"long"`  // one phrase for a reader
	Units string `json:"units"` // "1" for pure numbers
	// Extensive marks what grows with the number of sites or particles.
	Extensive bool `json:"extensive,omitempty"`
	// Axes of an array, outermost first.
	Axes []Axis `json:"axes,omitempty"`
}

// Size is how many numbers of each configuration make it.
func (o Observed) Size() int {
	size := 1
	for _, a := range o.Axes {
		size *= len(a.Values)
	}
	return size
}

// Size is how many numbers a configuration has in all.
func (s ObserverSpec) Size() int {
	size := 0
	for _, o := range s.Observables {
		size += o.Size()
	}
	return size
}

// Sizes of an observer's columns in a space.
func (s ObserverSpec) Sizes(space Space) Sizes {
	sizes := Sizes{X: space.Size(), Observed: s.Size()}
	if s.Source == OfModel {
		sizes.LogP = 1
	}
	return sizes
}

// Check says what is wrong with a spec.
func (s ObserverSpec) Check() error {
	if len(s.Observables) == 0 {
		return fmt.Errorf("it has no observable")
	}
	if !slices.Contains([]Source{OfEither, OfModel, OfChains}, s.Source) {
		return fmt.Errorf("its source is %.64q, and must be %q, %q or absent", s.Source, OfModel, OfChains)
	}
	var names []string
	size := 0
	for _, o := range s.Observables {
		if err := o.check(); err != nil {
			return err
		}
		if slices.Contains(names, o.Name) {
			return fmt.Errorf("it has the observable %s twice", o.Name)
		}
		names = append(names, o.Name)
		if size += o.Size(); size > MostNumbers {
			return fmt.Errorf("a configuration has more than %d numbers in it", MostNumbers)
		}
	}
	return nil
}

func (o Observed) check() error {
	if !numberName.MatchString(o.Name) || len(o.Name) > 64 {
		return fmt.Errorf("the name %.64q of an observable is not made of at most 64 small letters, digits and _", o.Name)
	}
	if o.Long == "" || o.Units == "" {
		return fmt.Errorf("the observable %s has no phrase for a reader, or no units (1 for pure numbers)", o.Name)
	}
	size := 1
	for _, a := range o.Axes {
		switch n := len(a.Values); {
		case a.Name == "" || a.Units == "":
			return fmt.Errorf("an axis of %s has no name, or no units", o.Name)
		case n == 0:
			return fmt.Errorf("the axis %.64q of %s has no values", a.Name, o.Name)
		case size > MostNumbers/n:
			return fmt.Errorf("%s has more than %d numbers", o.Name, MostNumbers)
		default:
			size *= n
		}
		for _, v := range a.Values {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("the axis %.64q of %s has the value %v", a.Name, o.Name, v)
			}
		}
	}
	return nil
}

// System is what an observer is built for.
type System struct {
	Space Space
	Units string  // of E
	Beta  float64 // inverse temperature, > 0; +Inf is the ground state
}

// System is what an observer needs to know of a setting.
func (s Setting) System() System {
	return System{Space: s.Energy.Space, Units: s.Energy.Units, Beta: s.Beta}
}

// ObserverView is an Instance by the interface of observers, as ModelView is by
// those of models. What it is handed of a batch is what its spec names.
type ObserverView struct {
	Instance
	spec ObserverSpec
	arguments
}

var _ Observer = (*ObserverView)(nil)

// ViewObserver is an observer of this spec by its typed interface.
func ViewObserver(i Instance, spec ObserverSpec) *ObserverView {
	return &ObserverView{Instance: i, spec: spec}
}

// Spec implements Observer.
func (v *ObserverView) Spec() ObserverSpec { return v.spec }

// Observe implements Observer.
func (v *ObserverView) Observe(dst []float64, b *Batch) error {
	c := v.of(b.N)
	X.Put(c.In, X.Of(b))
	E.Put(c.In, E.Of(b))
	if v.spec.Source == OfModel {
		LogP.Put(c.In, LogP.Of(b))
	}
	Observation.Put(c.Out, dst)
	return v.Call(RowObserve, c)
}
