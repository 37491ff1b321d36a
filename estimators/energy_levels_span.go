package estimators

import (
	"cmp"
	"container/heap"
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// span are the states K among which H is diagonalised, and sectors of them that H does not mix.
type span struct {
	states  [][]int32 // occupied orbitals, increasing within a kind, the lowest free particles first
	sectors [][]int   // states of the same total momentum, or of the same parities
}

// newSpan takes the lowest sets of particles in orbitals: at least as many as asked for, and then
// more of the sectors that these are in until each has at least depth; and all of the energy of the
// last, so that no symmetry is broken. There are fewer where there are no more.
func newSpan(orbitals [][]float64, space core.Space, least, depth int) (*span, error) {
	energies := make([]float64, len(orbitals))
	for k, numbers := range orbitals {
		if energies[k] = sum(numbers); space.Box != nil {
			energies[k] = math.Pow(modulus(space, numbers), 2)
		}
	}
	s, place, short := &span{}, map[string]int{}, 0 // of depth
	first, lasts := math.Inf(-1), []float64(nil)    // the highest energies of the first sets and of each sector
	above := func(e, last float64) bool { return e > last+1e-9*(1+math.Abs(last)) }
	for sets := newSets(energies, space.Alike()); sets.next() && sets.seen < mostSeen; {
		opening := len(s.states) < least || len(lasts) == 0 || !above(sets.energy, first)
		if !opening && short == 0 && !slices.ContainsFunc(lasts, func(last float64) bool { return !above(sets.energy, last) }) {
			break
		}
		label := label(orbitals, sets.occupied, space.Box != nil)
		at, known := place[label]
		switch {
		case !known && !opening:
			continue
		case !known:
			at = len(s.sectors)
			place[label] = at
			s.sectors, lasts = append(s.sectors, nil), append(lasts, 0)
			short++
		case !opening && len(s.sectors[at]) >= depth && above(sets.energy, lasts[at]):
			continue
		}
		if opening {
			first = sets.energy
		}
		lasts[at] = sets.energy
		s.sectors[at] = append(s.sectors[at], len(s.states))
		s.states = append(s.states, slices.Clone(sets.occupied))
		if len(s.sectors[at]) == depth {
			short--
		}
		if len(s.states) > mostSpan {
			return nil, fmt.Errorf("with those of the same energies as the last of each sector there are more than %d", mostSpan)
		}
	}
	return s, nil
}

// mostSpan bounds the states of all sectors.
const mostSpan = 2000

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

// mostSeen bounds the sets that are looked at: the last ones are far above what matters.
const mostSeen = 200000

// sets goes through the sets of orbitals, so many of each kind of particles, from the lowest energy on:
// each set's successors have one particle higher by one place.
type sets struct {
	energies []float64
	order    []int32 // by energy
	kinds    []int
	last     []bool // of its kind, of each particle
	waiting  waiting
	known    map[string]bool
	seen     int

	occupied []int32 // the set at which it is, increasing within a kind
	energy   float64
}

func newSets(energies []float64, kinds []int) *sets {
	s := &sets{energies: energies, kinds: kinds, order: make([]int32, len(energies)), known: map[string]bool{}}
	for k := range s.order {
		s.order[k] = int32(k)
	}
	slices.SortStableFunc(s.order, func(a, b int32) int { return cmp.Compare(energies[a], energies[b]) })
	var first []int
	for _, n := range kinds {
		for i := range n {
			first, s.last = append(first, i), append(s.last, i == n-1)
		}
	}
	s.occupied = make([]int32, len(first))
	if slices.Max(kinds) <= len(energies) {
		s.wait(first)
	}
	return s
}

// wait adds the set of these places in the order.
func (s *sets) wait(places []int) {
	key := fmt.Sprint(places)
	if s.known[key] {
		return
	}
	s.known[key] = true
	w := waiter{places: places, number: len(s.known)}
	for _, p := range places {
		w.energy += s.energies[s.order[p]]
	}
	heap.Push(&s.waiting, w)
}

// next goes to the next set, unless there is none.
func (s *sets) next() bool {
	if len(s.waiting) == 0 {
		return false
	}
	s.seen++
	at := heap.Pop(&s.waiting).(waiter)
	s.energy = at.energy
	for i, p := range at.places {
		s.occupied[i] = s.order[p]
		if p+1 == len(s.order) || !s.last[i] && at.places[i+1] == p+1 {
			continue
		}
		moved := slices.Clone(at.places)
		moved[i]++
		s.wait(moved)
	}
	from := 0
	for _, n := range s.kinds {
		slices.Sort(s.occupied[from : from+n])
		from += n
	}
	return true
}

// waiter is a set whose turn will come; number is that of its coming, which decides between those
// of one energy.
type waiter struct {
	energy float64
	number int
	places []int
}

// waiting is a heap.
type waiting []waiter

func (w waiting) Len() int { return len(w) }
func (w waiting) Less(i, j int) bool {
	return w[i].energy < w[j].energy || w[i].energy == w[j].energy && w[i].number < w[j].number
}
func (w waiting) Swap(i, j int) { w[i], w[j] = w[j], w[i] }
func (w *waiting) Push(x any)   { *w = append(*w, x.(waiter)) }
func (w *waiting) Pop() any {
	all := *w
	last := all[len(all)-1]
	*w = all[:len(all)-1]
	return last
}
