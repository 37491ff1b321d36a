package estimators

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// span are the states K among which H is diagonalised, and sectors of them that H does not mix.
type span struct {
	states  [][]int32 // occupied orbitals, increasing, of one kind after the other; the lowest free particles first
	sectors [][]int   // states of the same total momentum, or of the same parities
}

// newSpan takes the lowest sets of particles in orbitals: at least as many as asked for, and all of
// the energy of the last, so that no symmetry is broken; fewer where there are no more.
func newSpan(orbitals [][]float64, space core.Space, least int) (*span, error) {
	energies := make([]float64, len(orbitals))
	for k, numbers := range orbitals {
		if energies[k] = sum(numbers); space.Box != nil {
			energies[k] = math.Pow(modulus(space, numbers), 2)
		}
	}
	s := &span{states: lowestSets(energies, space.Alike(), least)}
	if len(s.states) > mostSpan {
		return nil, fmt.Errorf("with all states of the energy of the last there are more than %d", mostSpan)
	}
	place := map[string]int{}
	for k, set := range s.states {
		label := label(orbitals, set, space.Box != nil)
		at, seen := place[label]
		if !seen {
			at = len(s.sectors)
			place[label] = at
			s.sectors = append(s.sectors, nil)
		}
		s.sectors[at] = append(s.sectors[at], k)
	}
	return s, nil
}

// mostSpan bounds the states with those of the same energy as the last.
const mostSpan = 600

// label is what H conserves: in a box the total momentum, with the twist the same for all; else the
// parity along each axis.
func label(orbitals [][]float64, set []int32, momentum bool) string {
	sum := make([]float64, len(orbitals[0]))
	for _, k := range set {
		for a, q := range orbitals[k] {
			sum[a] += q
		}
	}
	for a, q := range sum {
		if !momentum {
			q = math.Mod(q, 2)
		}
		sum[a] = math.Round(1e6*q) + 0 // no -0
	}
	return fmt.Sprint(sum)
}

// numbers is how many a draw has: the real and imaginary parts of S and H of each pair.
func (s *span) numbers() (n int) {
	for _, sector := range s.sectors {
		n += 4 * len(sector) * (len(sector) + 1) / 2
	}
	return n
}

// lowestSets lists sets of numbers of the lowest sums, so many of each kind, as lists of increasing places
// for each: from the lowest on, each set's successors have one number more by one place. It stops after least of
// them and those of the same sum as the last, or far beyond.
func lowestSets(energies []float64, kinds []int, least int) (sets [][]int32) {
	order := make([]int32, len(energies)) // by energy
	for k := range order {
		order[k] = int32(k)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(energies[a], energies[b]) })
	type set struct {
		sum    float64
		places []int
	}
	made := func(places []int) set {
		s := set{places: places}
		for _, p := range places {
			s.sum += energies[order[p]]
		}
		return s
	}
	var first []int
	var last []bool // of its kind
	for _, n := range kinds {
		for i := range n {
			first, last = append(first, i), append(last, i == n-1)
		}
	}
	waiting, known := []set{made(first)}, map[string]bool{}
	highest := math.Inf(1)
	for len(waiting) > 0 && len(sets) <= mostSpan {
		at := 0
		for i := range waiting {
			if waiting[i].sum < waiting[at].sum {
				at = i
			}
		}
		next := waiting[at]
		waiting = slices.Delete(waiting, at, at+1)
		if len(sets) >= least && next.sum > highest+1e-9*(1+math.Abs(highest)) {
			break
		}
		highest = next.sum
		occupied := make([]int32, len(first))
		for i, p := range next.places {
			occupied[i] = order[p]
		}
		from := 0
		for _, n := range kinds {
			slices.Sort(occupied[from : from+n])
			from += n
		}
		sets = append(sets, occupied)
		for i, p := range next.places {
			if p+1 == len(order) || !last[i] && next.places[i+1] == p+1 {
				continue
			}
			moved := slices.Clone(next.places)
			moved[i]++
			if key := fmt.Sprint(moved); !known[key] {
				known[key] = true
				waiting = append(waiting, made(moved))
			}
		}
	}
	return sets
}
