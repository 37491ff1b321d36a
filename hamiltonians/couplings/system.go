package couplings

import (
	"fmt"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// system is what a file says: couplings in one of two forms, fields, and a
// constant.
type system struct {
	n      int
	matrix []float64 // n x n, checked; nil if edges are given
	edges  []edge
	field  []float64 // length n, or nil
	offset float64
	loops  int  // entries i = j that gave the fields
	base   int  // number of the first site in the file
	free   bool // whether the key base can change that
}

// edge is the coupling of the sites i < j.
type edge struct {
	i, j     int
	coupling float64
}

// bonds calls yield for every coupling that is not zero.
func (s *system) bonds(yield func(i, j int, coupling float64)) {
	for _, e := range s.edges {
		if e.coupling != 0 {
			yield(e.i, e.j, e.coupling)
		}
	}
	if s.matrix == nil {
		return
	}
	for i := range s.n {
		for j := i + 1; j < s.n; j++ {
			if v := s.matrix[i*s.n+j]; v != 0 {
				yield(i, j, v)
			}
		}
	}
}

// negate changes the sign of all couplings and fields.
func (s *system) negate() {
	for k := range s.edges {
		s.edges[k].coupling = -s.edges[k].coupling
	}
	for _, values := range [][]float64{s.matrix, s.field} {
		for k := range values {
			values[k] = -values[k]
		}
	}
}

// setFields takes fields by site, which may be none.
func (s *system) setFields(fields map[int]float64) {
	if len(fields) == 0 {
		return
	}
	s.field = make([]float64, s.n)
	for i, h := range fields {
		s.field[i] = h
	}
}

// named is how many sites a warning names.
const named = 5

// warnings name the sites that nothing holds: they are mostly gaps in a
// numbering, and each makes the free energy lower by T ln 2.
func (s *system) warnings() []string {
	held := make([]bool, s.n)
	s.bonds(func(i, j int, _ float64) { held[i], held[j] = true, true })
	if exact.HasField(s.field) {
		for i, h := range s.field {
			held[i] = held[i] || h != 0
		}
	}
	var sites []string
	count := 0
	for i, is := range held {
		if is {
			continue
		}
		if count++; count <= named {
			sites = append(sites, fmt.Sprint(i+s.base))
		}
	}
	if count == 0 {
		return nil
	}
	if count > named {
		sites = append(sites, "...")
	}
	text := fmt.Sprintf("%d of %d sites have neither coupling nor field (%s): each is a free spin, which adds ln 2 to ln Z",
		count, s.n, strings.Join(sites, ", "))
	if count == 1 {
		text = fmt.Sprintf("site %s of %d has neither coupling nor field: it is a free spin, which adds ln 2 to ln Z", sites[0], s.n)
	}
	if s.free && s.base == 0 && !held[0] {
		text += "; if the file counts sites from 1, set base = 1"
	}
	return []string{text}
}
