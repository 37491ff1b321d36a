package couplings

import (
	"encoding/csv"
	"slices"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// header of an edge list.
var header = []string{"i", "j", "J"}

// readCSV reads an edge list if the first row is the header, else a matrix.
func readCSV(path string, base int) (*system, error) {
	f, err := core.OpenText(path)
	if err != nil {
		return nil, unread(path, err)
	}
	defer f.Close()
	c := csv.NewReader(f)
	c.Comment = '#'
	c.FieldsPerRecord = -1
	c.ReuseRecord = true
	r := &rows{path: path, base: base, read: func() ([]string, int, error) {
		row, err := c.Read()
		if err != nil {
			return nil, 0, err // with line and column
		}
		for k, field := range row {
			row[k] = strings.TrimSpace(field)
		}
		line, _ := c.FieldPos(0)
		return row, line, nil
	}}
	if !r.next() {
		r.fail("has no rows")
		return nil, r.err
	}
	if !slices.Equal(r.row, header) {
		if base != 0 {
			return nil, badBase(base, unnumbered)
		}
		s := r.matrix()
		return s, r.err
	}
	s := r.pairs(layout{columns: "i,j,J", least: 3, most: 3})
	s.free = true
	if s.n == 0 {
		r.fail("has no rows below the header")
	}
	return s, r.err
}

// matrix reads the rows of J, the first of which is the current one.
func (r *rows) matrix() *system {
	s := &system{n: len(r.row)}
	count := 0
	for more := true; more; more = r.next() {
		if _, err := strconv.ParseFloat(r.row[0], 64); err != nil && count == 0 {
			r.failHere("starts with %s: expected the header i,j,J or the first row of a matrix of numbers", quote(r.row[0]))
			break
		}
		if len(r.row) != s.n {
			r.failHere("has %d columns, the rows above have %d", len(r.row), s.n)
			break
		}
		for k := range r.row {
			s.matrix = append(s.matrix, r.number(k))
		}
		count++
	}
	if r.err == nil && count != s.n {
		r.fail("the matrix has %d rows and %d columns", count, s.n)
	}
	if r.err == nil {
		if problem := checkMatrix(s.n, s.matrix, asymmetryOf(epsilonOf(s.matrix))); problem != "" {
			r.fail("%s", problem)
		}
	}
	return s
}
