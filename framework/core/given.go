package core

import (
	"fmt"
	"slices"
)

// PowerRows declares that the energy is Given.
const PowerRows Power = "rows"

// Given is an energy of whose density configurations are at hand: data, which somebody
// drew independently, or draws of its own. They have numbers, and who trains or judges on
// them chooses: with replacement, each once in an epoch, or in order.
type Given interface {
	// Rows writes the configurations with these numbers into x, row-major; len(x) =
	// len(number) * Space.Size(). Each number is in a range of EnergySpec.Rows and has
	// always the same configuration.
	Rows(x []float64, number []int32) error
}

// Range names the rows From, ..., To-1 of an energy: those for training are called
// "train", and those that nothing learns from "validation" and "test".
type Range struct {
	Name string `json:"name"`
	From int    `json:"from"`
	To   int    `json:"to"`
}

// CheckRows says what is wrong with the ranges of a spec.
func (s EnergySpec) CheckRows() error {
	if has := slices.Contains(s.Powers, PowerRows); has != (len(s.Rows) > 0) {
		return fmt.Errorf("it has %d ranges of rows, and the power %q is declared: %t", len(s.Rows), PowerRows, has)
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
