package fermiflow

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// states are those of n fermions, in the order of their energy and then of their
// orbitals.
type states struct {
	n          int
	occupied   [][]int32 // increasing orbitals of each state
	excitation []int     // quanta above the ground state
	sorted     []int     // numbers of the states in the order of their orbitals
}

// mostStates bounds the list: each state has a parameter and is summed over in
// ln <x|rho|x>.
const mostStates = 1 << 16

// enumerate lists all states of n fermions with at most so many quanta above the
// ground state.
func enumerate(o *orbitals, n, excitation int) (*states, error) {
	s := &states{n: n}
	ground := o.lowest(n)
	occupied := make([]int32, 0, n)
	var add func(from, used int) bool
	add = func(from, used int) bool {
		left := n - len(occupied)
		if left == 0 {
			s.occupied, s.excitation = append(s.occupied, slices.Clone(occupied)), append(s.excitation, used-ground)
			return len(s.occupied) <= mostStates
		}
		for j := from; j+left <= len(o.shell); j++ {
			least := used // with the left lowest orbitals from j on
			for _, q := range o.shell[j : j+left] {
				least += q
			}
			if least > ground+excitation {
				break // orbitals are in the order of energy
			}
			occupied = append(occupied, int32(j))
			fits := add(j+1, used+o.shell[j])
			occupied = occupied[:len(occupied)-1]
			if !fits {
				return false
			}
		}
		return true
	}
	if !add(0, 0) {
		return nil, &core.Error{Kind: core.Invalid, Op: "build model", Subject: name,
			Err:  fmt.Errorf("%s with excitation = %d have more than %d states", plural(n, "fermion"), excitation, mostStates),
			Hint: "choose a smaller excitation"}
	}
	sort.Stable((*byExcitation)(s))
	s.index()
	return s, nil
}

// only keeps one state.
func (s *states) only(k int) {
	s.occupied, s.excitation = s.occupied[k:k+1], s.excitation[k:k+1]
	s.index()
}

// index prepares find.
func (s *states) index() {
	s.sorted = make([]int, s.count())
	for k := range s.sorted {
		s.sorted[k] = k
	}
	slices.SortFunc(s.sorted, func(a, b int) int { return slices.Compare(s.occupied[a], s.occupied[b]) })
}

// find returns the number of the state with these orbitals, or -1.
func (s *states) find(k []int32) int {
	low, high := 0, len(s.sorted)
	for low < high {
		middle := (low + high) / 2
		if slices.Compare(s.occupied[s.sorted[middle]], k) < 0 {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low == len(s.sorted) || !slices.Equal(s.occupied[s.sorted[low]], k) {
		return -1
	}
	return s.sorted[low]
}

func (s *states) count() int { return len(s.occupied) }

// list names the first states by the quanta of their highest shell, where they
// differ.
func (s *states) list(o *orbitals) string {
	const most = 12
	var all []string
	for k, occupied := range s.occupied[:min(most, s.count())] {
		var top []string
		for _, j := range occupied {
			if o.shell[j] >= o.shell[s.n-1] {
				top = append(top, fmt.Sprint(o.quanta[j]))
			}
		}
		all = append(all, fmt.Sprintf("%d: %s", k, strings.Join(top, " ")))
	}
	if s.count() > most {
		all = append(all, "...")
	}
	return strings.Join(all, "; ")
}

// byExcitation sorts states by their energy.
type byExcitation states

func (s *byExcitation) Len() int           { return len(s.occupied) }
func (s *byExcitation) Less(a, b int) bool { return s.excitation[a] < s.excitation[b] }
func (s *byExcitation) Swap(a, b int) {
	s.occupied[a], s.occupied[b] = s.occupied[b], s.occupied[a]
	s.excitation[a], s.excitation[b] = s.excitation[b], s.excitation[a]
}
