package core

import "fmt"

// PowerKinds declares that the model, without methods of its own for it, knows Space.Kinds: it takes
// no particles of different kinds for alike. Models without it are refused where there are such.
const PowerKinds Power = "kinds"

// Alike is how many particles there are of each kind, one kind after the other: Kinds, or all
// of them. It is about one field.
func (s Space) Alike() []int {
	if s.Kinds != nil {
		return s.Kinds
	}
	return []int{s.Count()}
}

// HasKinds tells whether particles of a field differ.
func (s Space) HasKinds() bool {
	return s.has(func(f *Space) bool { return f.Kinds != nil })
}

// IsState tells whether k labels a state: for each kind of particles, one kind after the other, the
// numbers of the orbitals that they occupy, increasing and below orbitals. The space is one of particles.
func (s Space) IsState(k []int32, orbitals int) bool {
	all := [1]int{s.Shape[0]} // a draw has many states, and this asks for no memory
	kinds := s.Kinds
	if kinds == nil {
		kinds = all[:]
	}
	for _, n := range kinds {
		if len(k) < n {
			return false
		}
		least := int32(0)
		for _, orbital := range k[:n] {
			if orbital < least || int(orbital) >= orbitals {
				return false
			}
			least = orbital + 1
		}
		k = k[n:]
	}
	return len(k) == 0
}

func (s *Space) checkKinds() error {
	if s.Kinds == nil {
		return nil
	}
	sum := 0
	for _, n := range s.Kinds {
		if n < 1 || n > s.Shape[0] {
			sum = -1
			break
		}
		sum += n
	}
	if s.Kind != Particles || len(s.Kinds) < 2 || sum != s.Shape[0] {
		return fmt.Errorf("the kinds %v are not two or more numbers of particles whose sum is that of %s %v", s.Kinds, s.Kind, s.Shape)
	}
	return nil
}
