package core

import (
	"cmp"
	"fmt"
	"slices"
)

// PowerRows declares that the energy is Given.
const PowerRows Power = "rows"

// Given is an energy of whose density exp(-E)/Z, at beta = 1, configurations are at hand:
// data, which somebody drew independently, or draws of its own. They have numbers, and who
// trains or judges on them chooses: with replacement, each once in an epoch, or in order.
type Given interface {
	// Rows writes the configurations with these numbers into x, row-major; len(x) =
	// len(number) * Space.Size(). Each number is in a range of EnergySpec.Rows and has
	// always the same configuration.
	Rows(x []float64, number []int32) error
}

// PowerUnknown declares that E is not known: the energy is data, and its rows say all
// that is known of it. Eval is not asked for.
const PowerUnknown Power = "unknown"

// PowerTransformed declares that the energy is Transformed.
const PowerTransformed Power = "transformed"

// Transformed is an energy whose rows y(x) stand for data x in other units. A likelihood of
// x is
//
//	ln p(x) = ln p(y) + ln|det dy/dx|.
type Transformed interface {
	// DataLogDet writes ln|det dy/dx| of the rows with these numbers; len(dst) =
	// len(number).
	DataLogDet(dst []float64, number []int32) error
	// Restore writes the data x that configurations y stand for; len(x) = n * DataSize(),
	// len(y) = n * Space.Size(). y may come from a model and be any of the space; what a
	// transform has forgotten, as the noise of a dequantisation, does not come back.
	Restore(x, y []float64) error
}

// PowerLabels declares that the energy is Labelled.
const PowerLabels Power = "labels"

// Labelled is an energy whose rows belong to classes. A model learns nothing of them.
type Labelled interface {
	// Labels writes the classes of the rows with these numbers; len(dst) = len(number).
	Labels(dst, number []int32) error
}

// DataSize is how many numbers a row has in the units of the data.
func (s EnergySpec) DataSize() int { return cmp.Or(s.Dimension, s.Space.Size()) }

// DataShape is the shape of so many numbers in the units of the data: that of the space,
// without its last axes where they hold what was made of one number.
func (s Space) DataShape(size int) []int {
	for n, product := len(s.Shape), s.Size(); n > 0; n-- {
		if product == size {
			return s.Shape[:n]
		}
		product /= s.Shape[n-1]
	}
	return []int{size}
}

// Range names the rows From, ..., To-1 of an energy: those for training are called
// "train", those that decide when training has been enough "validation", and those that
// nothing learns from "test".
type Range struct {
	Name string `json:"name"`
	From int    `json:"from"`
	To   int    `json:"to"`
}

// Names of ranges.
const (
	TrainRows      = "train"
	ValidationRows = "validation"
	TestRows       = "test"
)

// Ranges are so many rows for training, for validation and for testing, one after the other,
// without those that would be empty.
func Ranges(train, validation, test int) (all []Range) {
	from := 0
	for _, r := range []Range{{Name: TrainRows, To: train}, {Name: ValidationRows, To: validation}, {Name: TestRows, To: test}} {
		if r.To > 0 {
			r.From, r.To = from, from+r.To
			all, from = append(all, r), r.To
		}
	}
	return all
}

// Range is the one of a name.
func (s EnergySpec) Range(name string) (r Range, ok bool) {
	for _, r := range s.Rows {
		if r.Name == name {
			return r, true
		}
	}
	return r, false
}

// CheckRows says what is wrong with the ranges of a spec.
func (s EnergySpec) CheckRows() error {
	if has := slices.Contains(s.Powers, PowerRows); has != (len(s.Rows) > 0) {
		return fmt.Errorf("it has %d ranges of rows, and the power %q is declared: %t", len(s.Rows), PowerRows, has)
	}
	if slices.Contains(s.Powers, PowerUnknown) && len(s.Rows) == 0 {
		return fmt.Errorf("it knows neither E nor rows")
	}
	const most = 1 << 31 // of the numbers in a column
	for i, r := range s.Rows {
		switch {
		case !numberName.MatchString(r.Name):
			return fmt.Errorf("the name %.64q of rows is not made of small letters, digits and _", r.Name)
		case r.From < 0 || r.To <= r.From || r.To > most:
			return fmt.Errorf("%s has the rows %d:%d", r.Name, r.From, r.To)
		}
		for _, other := range s.Rows[:i] {
			if other.Name == r.Name || max(other.From, r.From) < min(other.To, r.To) {
				return fmt.Errorf("%s and %s have one name, or rows in common", other.Name, r.Name)
			}
		}
	}
	return nil
}
