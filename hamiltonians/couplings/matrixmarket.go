package couplings

import (
	"math"
	"strings"
)

// banner begins a MatrixMarket file.
const banner = "%%MatrixMarket"

// readMatrixMarket reads a sparse matrix: the lower triangle where the banner
// says symmetric, all of J where it says general. The diagonal is the field.
func readMatrixMarket(path string, _ int) (*system, error) {
	r, f, err := openWords(path, "")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r.base = 1
	general, l := r.banner()
	r.skipComments()
	entries := r.sizes(3, "entries", "n n m")
	if r.err == nil && len(r.row) != 3 {
		r.failHere("has %d columns instead of the header n n m", len(r.row))
	}
	if general {
		s := r.mirrored(l, entries)
		return s, r.err
	}
	s := r.pairs(l)
	r.counted(len(s.edges)+s.loops, entries, "entries")
	return s, r.err
}

// skipComments leaves out the lines after the banner that begin with %.
func (r *rows) skipComments() {
	read := r.read
	r.read = func() ([]string, int, error) {
		for {
			row, line, err := read()
			if err != nil || !strings.HasPrefix(row[0], "%") {
				return row, line, err
			}
		}
	}
}

// banner reads the first line of a MatrixMarket file.
func (r *rows) banner() (general bool, l layout) {
	if !r.next() || !strings.EqualFold(r.row[0], banner) {
		r.fail("does not begin with %s", banner)
		return false, l
	}
	words := strings.ToLower(strings.Join(r.row[1:], " "))
	var symmetry string
	switch words {
	case "matrix coordinate real symmetric", "matrix coordinate integer symmetric", "matrix coordinate pattern symmetric":
		symmetry = "symmetric"
	case "matrix coordinate real general", "matrix coordinate integer general", "matrix coordinate pattern general":
		symmetry = "general"
	default:
		r.failHere("is for %s; read are matrix coordinate, real, integer or pattern, symmetric or general", quote(words))
	}
	if strings.Contains(words, "pattern") {
		return symmetry == "general", layout{columns: "i j", least: 2, most: 2}
	}
	return symmetry == "general", layout{columns: "i j J", least: 3, most: 3}
}

// mirrored reads entries of both triangles and takes one of each two, whose
// values must agree.
func (r *rows) mirrored(l layout, entries int) *system {
	type entry struct {
		value float64
		line  int
	}
	given := map[[2]int]entry{}
	var order [][2]int
	s := &system{n: r.n, base: r.base}
	largest := 0.0
	var numbers []float64
	for r.next() {
		i, j, v := r.pair(l)
		if r.err != nil {
			return s
		}
		at := [2]int{i, j}
		if r.site(0) != i {
			at = [2]int{j, i}
		}
		if first, ok := given[at]; ok {
			r.failHere("the entry %d,%d was given in line %d already", at[0]+1, at[1]+1, first.line)
		}
		given[at] = entry{v, r.line}
		order = append(order, at)
		largest = max(largest, math.Abs(v))
		numbers = append(numbers, v)
	}
	tolerance := asymmetryOf(epsilonOf(numbers)) * largest
	fields := map[int]float64{}
	for _, at := range order {
		i, j := at[0], at[1]
		here, there := given[at], given[[2]int{j, i}]
		switch {
		case i == j:
			fields[i] = here.value
		case math.Abs(here.value-there.value) > tolerance:
			r.fail("line %d: J is not symmetric: J[%d,%d] = %v, J[%d,%d] = %v", here.line, i+1, j+1, here.value, j+1, i+1, there.value)
		case i < j:
			s.edges = append(s.edges, edge{i, j, here.value/2 + there.value/2})
		}
	}
	s.setFields(fields)
	r.counted(len(order), entries, "entries")
	return s
}
