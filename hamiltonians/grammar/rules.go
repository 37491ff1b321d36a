package grammar

// The language: strings in the manner of SMILES (Weininger 1988, J. Chem. Inf. Comput. Sci.
// 28, 31), of atoms with valences, double and triple bonds, branches in parentheses, at most
// two within each other, and three rings, which a digit opens and the same digit closes.
// Hydrogen that is not written fills what is left of a valence.

// symbol is a letter of the alphabet with the weight by which it is chosen.
type symbol struct {
	name    string
	valence int // of an atom; 0 for others
	weight  float64
}

// Numbers of the symbols that are no atoms.
const (
	end    = 0
	double = 14
	triple = 15
	open   = 16
	shut   = 17
	ring   = 18 // and the two after it
)

var symbols = []symbol{
	{name: "$", weight: 1.5},
	{"C", 4, 10}, {"N", 3, 3}, {"O", 2, 4}, {"S", 2, 1}, {"P", 3, 0.3}, {"B", 3, 0.2}, {"F", 1, 0.6},
	{"Cl", 1, 0.5}, {"Br", 1, 0.2}, {"I", 1, 0.1}, {"H", 1, 0.3}, {"Si", 4, 0.1}, {"Se", 2, 0.1},
	{name: "=", weight: 2}, {name: "#", weight: 0.5}, {name: "(", weight: 3}, {name: ")", weight: 4},
	{name: "1", weight: 1.2}, {name: "2", weight: 0.8}, {name: "3", weight: 0.3},
}

// state is what a prefix of a string has to do with the rest of it.
type state struct {
	// bond is the order of the bond to an atom that has to come, 0 at the start of the
	// string; has tells that there is an atom, and none has to come.
	bond int8
	has  bool
	// free is what is left of the valence of the atom, of its branches' atoms at their turn.
	free   int8
	branch [2]int8 // what is left of the atoms that branches started from
	depth  int8
	rings  uint8 // that are open
	here   uint8 // of these, opened at the atom
	tight  bool  // the last symbol was the atom, or a digit
	over   bool  // the string has ended
}

// accepts tells whether the string may end.
func (s state) accepts() bool { return s.over || s.has && s.depth == 0 && s.rings == 0 }

// after is the state after a symbol, and whether the language allows it.
func (s state) after(k int) (state, bool) {
	switch {
	case s.over || k == end:
		s, ok := state{over: true}, k == end && s.accepts()
		return s, ok
	case symbols[k].valence > 0:
		return s.atom(int8(symbols[k].valence))
	case k == double || k == triple:
		return s.bonds(int8(k - double + 2))
	case k == open:
		if !s.has || s.free < 2 || s.depth == int8(len(s.branch)) {
			return s, false
		}
		s.branch[s.depth], s.depth = s.free-1, s.depth+1
		return s.expect(1), true
	case k == shut:
		if !s.has || s.depth == 0 {
			return s, false
		}
		s.depth--
		s.free, s.branch[s.depth] = s.branch[s.depth], 0
		s.tight, s.here = false, 0
		return s, true
	}
	return s.digit(1 << (k - ring))
}

// expect is the state in which an atom has to come.
func (s state) expect(bond int8) state {
	s.bond, s.has, s.tight, s.free, s.here = bond, false, false, 0, 0
	return s
}

func (s state) atom(valence int8) (state, bool) {
	bond := s.bond
	if s.has {
		if bond = 1; s.free < 1 {
			return s, false
		}
	}
	s.bond, s.has, s.tight, s.free, s.here = 0, true, true, valence-bond, 0
	return s, valence >= bond
}

// bonds is the state after the sign of a double or triple bond: behind an atom, or first in a
// branch, where the bond is that of the atom that it starts from, which keeps one valence.
func (s state) bonds(order int8) (state, bool) {
	if s.has {
		return s.expect(order), s.free >= order
	}
	if s.bond != 1 || s.depth == 0 || s.branch[s.depth-1] < order {
		return s, false
	}
	s.branch[s.depth-1] -= order - 1
	return s.expect(order), true
}

// digit opens a ring, or closes one that another atom has opened.
func (s state) digit(ring uint8) (state, bool) {
	if !s.has || !s.tight || s.free < 1 || s.here&ring != 0 {
		return s, false
	}
	if s.rings&ring == 0 {
		s.here |= ring
	}
	s.rings ^= ring
	s.free--
	return s, true
}
