package estimators

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// three are three particles in the plane waves with |n|^2 <= 4, in no order, and all their sets of
// states by sector with the energies, by enumeration.
func three() (orbitals [][]float64, space core.Space, energies map[string][]float64) {
	for x := 2.0; x >= -2; x-- {
		for y := -2.0; y <= 2; y++ {
			if x*x+y*y <= 4 {
				orbitals = append(orbitals, []float64{x, y})
			}
		}
	}
	energies = map[string][]float64{}
	for a := range orbitals {
		for b := range a {
			for c := range b {
				set, e := []int32{int32(c), int32(b), int32(a)}, 0.0
				for _, k := range set {
					e += orbitals[k][0]*orbitals[k][0] + orbitals[k][1]*orbitals[k][1]
				}
				sector := label(orbitals, set, true)
				energies[sector] = append(energies[sector], e)
			}
		}
	}
	for _, all := range energies {
		slices.Sort(all)
	}
	return orbitals, core.Space{Kind: core.Particles, Shape: []int{3, 2}, Box: []float64{2 * math.Pi, 2 * math.Pi}, Periodic: true}, energies
}

// A span has the lowest states whose number is asked for, of each of their sectors the lowest, at least
// depth, and no energy in part; sums of squares of integers are exact.
func TestSpans(t *testing.T) {
	orbitals, space, energies := three()
	var all []float64
	for _, of := range energies {
		all = append(all, of...)
	}
	slices.Sort(all)
	for _, c := range []struct{ states, depth int }{{1, 1}, {5, 1}, {20, 1}, {1, 8}, {5, 6}, {20, 10}} {
		s, err := newSpan(orbitals, space, c.states, c.depth)
		if err != nil {
			t.Fatal(err)
		}
		top := all[c.states-1] // the first sets have all energies up to it
		want := 0
		for sector, of := range energies {
			if of[0] > top {
				continue
			}
			last := max(top, of[min(c.depth, len(of))-1])
			n := 0
			for _, e := range of {
				if e <= last {
					n++
				}
			}
			want += n
			at := slices.IndexFunc(s.sectors, func(members []int) bool { return label(orbitals, s.states[members[0]], true) == sector })
			if at < 0 || len(s.sectors[at]) != n {
				t.Errorf("%v: sector %s has not %d states: %v", c, sector, n, s.sectors)
			}
		}
		if len(s.states) != want {
			t.Errorf("%v: %d states, want %d", c, len(s.states), want)
		}
		seen := map[string]bool{}
		for _, members := range s.sectors {
			for _, k := range members {
				seen[fmt.Sprint(s.states[k])] = true
				if label(orbitals, s.states[k], true) != label(orbitals, s.states[members[0]], true) {
					t.Errorf("%v: states %v and %v in one sector", c, s.states[k], s.states[members[0]])
				}
			}
		}
		if len(seen) != want {
			t.Errorf("%v: %d different states in sectors, want %d", c, len(seen), want)
		}
	}
	if s, err := newSpan(orbitals, space, mostSpan+1, 1); err != nil || len(s.states) != 286 { // sets of three of 13 waves
		t.Errorf("all states: %v", err)
	}
	for n := range 13 {
		orbitals = append(orbitals, []float64{3, float64(n)}) // 26 waves have 2600 sets
	}
	const want = "with those of the same energies as the last of each sector there are more than 2000"
	if _, err := newSpan(orbitals, space, mostSpan+1, 1); err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
}
