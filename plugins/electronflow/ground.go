package electronflow

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// ground returns the set of the lowest orbitals of each spin, in increasing order. Orbitals
// stand in the order of decreasing energy. Where the highest shell is open, choice
// = 1, 2, ... says which of the sets of lowest energy is meant.
func ground(orbitals [][]float64, kinds []int, choice int) ([]int32, error) {
	sets, n := [][]int32{nil}, 0
	for _, of := range kinds {
		sets, n = products(sets, lowest(orbitals, of)), n+of
	}
	if len(sets) > mostSets {
		return nil, &core.Error{Kind: core.Invalid, Op: "build model", Subject: name, Hint: "fill the shell, add a twist, or use states = \"network\"",
			Err: fmt.Errorf("%d electrons leave a shell open that they can fill in more than %d ways", n, mostSets)}
	}
	switch {
	case choice == 0 && len(sets) == 1:
		return sets[0], nil
	case choice >= 1 && choice <= len(sets):
		return sets[choice-1], nil
	}
	err := &core.Error{Kind: core.Invalid, Op: "build model", Subject: name, Hint: fmt.Sprintf("set state to a number from 1 to %d", len(sets))}
	if choice == 0 {
		err.Err = fmt.Errorf("%d electrons leave a shell open: %d states of the same energy, which differ in the orbitals of%s", n, len(sets), list(orbitals, kinds, sets))
	} else {
		err.Err = fmt.Errorf("state is %d, and there are %d of the lowest energy", choice, len(sets))
	}
	return nil, err
}

// mostSets bounds the enumeration, which grows as a binomial coefficient: nobody
// chooses from more.
const mostSets = 10000

// products are all sets with each of the further ones behind it, or more than mostSets of them.
func products(sets, further [][]int32) (all [][]int32) {
	for _, a := range sets {
		for _, b := range further {
			if len(all) > mostSets {
				return all
			}
			all = append(all, slices.Concat(a, b))
		}
	}
	return all
}

// lowest returns all sets of n orbitals of the lowest energy, or more than mostSets
// of them.
func lowest(orbitals [][]float64, n int) [][]int32 {
	energy := func(k int) float64 {
		e := 0.0
		for _, v := range orbitals[k] {
			e += v * v
		}
		return e
	}
	m := len(orbitals)
	top := energy(m - n) // of the highest electron
	first, last := m-n, m-n
	same := func(k int) bool { return math.Abs(energy(k)-top) < 1e-9*(1+top) }
	for first > 0 && same(first-1) {
		first--
	}
	for last+1 < m && same(last+1) {
		last++
	}
	var full []int32 // orbitals below the shell
	for k := last + 1; k < m; k++ {
		full = append(full, int32(k))
	}
	var sets [][]int32
	var choose func(chosen []int32, from int)
	choose = func(chosen []int32, from int) {
		if len(chosen)+len(full) == n {
			sets = append(sets, slices.Concat(chosen, full))
			return
		}
		for k := from; k <= last && len(sets) <= mostSets; k++ {
			choose(append(slices.Clip(chosen), int32(k)), k+1)
		}
	}
	choose(nil, first)
	return sets
}

// list names the orbitals that not all sets have, those of a second spin after a bar.
func list(orbitals [][]float64, kinds []int, sets [][]int32) string {
	const most = 6
	text := ""
	for i, set := range sets {
		if i == most {
			return text + ", ..."
		}
		sep := ","
		if i == 0 {
			sep = ""
		}
		text += fmt.Sprintf("%s %d:", sep, i+1)
		from := 0
		for s, n := range kinds {
			if s > 0 {
				text += " |"
			}
			for _, k := range set[from : from+n] {
				if slices.ContainsFunc(sets, func(s []int32) bool { return !slices.Contains(s[from:from+n], k) }) {
					text += fmt.Sprint(" ", orbitals[k])
				}
			}
			from += n
		}
	}
	return text
}
