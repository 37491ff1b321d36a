package expression

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Sites are in raster order, x fastest: site (x, y, z) is number (z L + y) L + x. Bonds lead from each site one step
// along each axis, on a triangular lattice also one step along both, as those of energy ising; on an open lattice those
// that end outside are left out. Pairs are i > j.

// count is how many items a domain has.
func (s *system) count(d domain) float64 {
	n := float64(s.space.Count())
	switch d {
	case bonds:
		return n * float64(len(s.steps()))
	case pairs:
		return n * (n - 1) / 2
	}
	return n
}

// afford refuses tables that do not fit: of each item so many numbers of 4 bytes.
func (s *system) afford(d domain, numbers int) error {
	what := [domains]string{"", "sites", "bonds", "particles", "pairs"}[d]
	smaller := "a smaller L"
	if s.edge == 0 {
		smaller = "a smaller n"
	}
	return core.Afford(4*float64(numbers)*s.count(d), "energy "+name, fmt.Sprintf("tables of %.0f %s", s.count(d), what), smaller)
}

// steps along which bonds lead.
func (s *system) steps() (all [][3]int8) {
	for axis := range s.dimension {
		var step [3]int8
		step[axis] = 1
		all = append(all, step)
	}
	if s.triangular {
		all = append(all, [3]int8{1, 1})
	}
	return all
}

// at are the coordinates of a site.
func (s *system) at(site int) (r [3]int) {
	for axis := range s.dimension {
		r[axis] = site % s.edge
		site /= s.edge
	}
	return r
}

// beyond is the site some steps away, and whether it is there; outside of an open lattice the number is that of
// the same site.
func (s *system) beyond(site int, away [3]int8) (other int, inside bool) {
	r, stride := s.at(site), 1
	for axis := range s.dimension {
		to := r[axis] + int(away[axis])
		if s.space.Periodic {
			to = (to%s.edge + s.edge) % s.edge
		} else if to < 0 || to >= s.edge {
			return site, false
		}
		other += to * stride
		stride *= s.edge
	}
	return other, true
}

// bond is a pair of neighbours, along an axis from 1 on.
type bond struct {
	ends [2]int32
	axis int
}

func (s *system) bonds() (all []bond) {
	for site := range s.space.Count() {
		for k, step := range s.steps() {
			if other, inside := s.beyond(site, step); inside {
				all = append(all, bond{[2]int32{int32(site), int32(other)}, k + 1})
			}
		}
	}
	return all
}

// pairs are all pairs of n particles.
func pairsOf(n int) (first, second []int32) {
	first, second = make([]int32, 0, n*(n-1)/2), make([]int32, 0, n*(n-1)/2)
	for i := range n {
		for j := range i {
			first, second = append(first, int32(i)), append(second, int32(j))
		}
	}
	return first, second
}

// items are those of a domain, of which leaves have tables.
type items struct {
	s      *system
	d      domain
	number int
	of     []bond // where they are bonds
}

func (s *system) items(d domain) *items {
	it := &items{s: s, d: d, number: s.space.Count()}
	switch d {
	case bonds:
		it.of = s.bonds()
		it.number = len(it.of)
	case pairs:
		it.number = it.number * (it.number - 1) / 2
	}
	return it
}

// entries of x by item that a leaf of sites or bonds stands for.
func (it *items) entries(l leaf) []int32 {
	t := make([]int32, it.number)
	for i := range t {
		if l.kind == leafEnd {
			t[i] = it.of[i].ends[l.end]
		} else {
			other, _ := it.s.beyond(i, l.away)
			t[i] = int32(other)
		}
	}
	return t
}

// numbers by item that a leaf stands for which is the same in all configurations.
func (it *items) numbers(l leaf) []float64 {
	t := make([]float64, it.number)
	for i := range t {
		site := i
		if it.d == bonds {
			site = int(it.of[i].ends[0])
		}
		switch l.kind {
		case leafInside:
			if _, inside := it.s.beyond(site, l.away); inside {
				t[i] = 1
			}
		case leafPlace:
			at := it.s.at(site)[l.axis] + int(l.away[l.axis])
			if it.s.space.Periodic {
				at = (at%it.s.edge + it.s.edge) % it.s.edge
			}
			t[i] = float64(at)
		case leafAxis:
			t[i] = float64(it.of[i].axis)
		}
	}
	return t
}
