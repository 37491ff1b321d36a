package ode

import "fmt"

// Relabelling gives the field another view of the state in each of Options.Steps
// steps: on the way from the earlier to the later time, before step i, component
// j of x becomes what was component Relabel[i][j]. The way back undoes it after
// the step. A permutation has determinant one, so l does not change.

// checkRelabel panics if there is not one label for each component and step.
func (s *Solver[T]) checkRelabel() {
	if len(s.o.Relabel) != s.o.Steps {
		panic(fmt.Sprintf("ode: %d permutations for %d steps", len(s.o.Relabel), s.o.Steps))
	}
	for i, labels := range s.o.Relabel {
		if len(labels) != s.d {
			panic(fmt.Sprintf("ode: permutation %d has %d labels for %d components", i, len(labels), s.d))
		}
	}
}

// relabel moves the components of the state before step i of the path.
func (s *Solver[T]) relabel(i int) {
	if s.o.Relabel != nil && !s.back {
		s.take(s.state, s.o.Relabel[i])
	}
}

// unlabel undoes it after step i of a path back.
func (s *Solver[T]) unlabel(i int) {
	if s.o.Relabel != nil && s.back {
		s.put(s.state, s.o.Relabel[s.o.Steps-1-i])
	}
}

// pullRelabel and pullUnlabel are their adjoints: permutations are orthogonal.
func (s *Solver[T]) pullRelabel(bar []T, i int) {
	if s.o.Relabel != nil && !s.back {
		s.put(bar, s.o.Relabel[i])
	}
}

func (s *Solver[T]) pullUnlabel(bar []T, i int) {
	if s.o.Relabel != nil && s.back {
		s.take(bar, s.o.Relabel[s.o.Steps-1-i])
	}
}

// take sets component j to component from[j].
func (s *Solver[T]) take(x []T, from []int) {
	copy(s.stage, x[:s.size()])
	for j, k := range from {
		copy(x[j*s.n:(j+1)*s.n], s.stage[k*s.n:(k+1)*s.n])
	}
}

// put is the inverse of take.
func (s *Solver[T]) put(x []T, to []int) {
	copy(s.stage, x[:s.size()])
	for j, k := range to {
		copy(x[k*s.n:(k+1)*s.n], s.stage[j*s.n:(j+1)*s.n])
	}
}
