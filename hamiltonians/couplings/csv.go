package couplings

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
)

// header of an edge list.
var header = []string{"i", "j", "J"}

// maxSite bounds site numbers, so that a slip of the pen is not an allocation.
const maxSite = 10_000_000

// byteOrderMark begins the files of some spreadsheet programs.
const byteOrderMark = "\ufeff"

// readCSV reads an edge list if the first row is the header, else a matrix.
func readCSV(path string) (*system, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, bad(path, "%v", err)
	}
	defer f.Close()
	text := bufio.NewReader(f)
	if mark, _ := text.Peek(len(byteOrderMark)); string(mark) == byteOrderMark {
		text.Discard(len(mark))
	}
	t := table{path: path, r: csv.NewReader(text)}
	t.r.Comment = '#'
	t.r.FieldsPerRecord = -1
	t.r.ReuseRecord = true
	if !t.next() {
		if t.err == nil {
			t.fail("has no rows")
		}
		return nil, t.err
	}
	var s *system
	if slices.Equal(t.row, header) {
		s = t.edges()
	} else {
		s = t.matrix()
	}
	return s, t.err
}

// table reads a CSV file row by row and keeps the first error.
type table struct {
	path string
	r    *csv.Reader
	row  []string
	err  error
}

// next reads the next row, fields trimmed; false at the end or after an error.
func (t *table) next() bool {
	if t.err != nil {
		return false
	}
	row, err := t.r.Read()
	if errors.Is(err, io.EOF) {
		return false
	}
	if err != nil {
		t.err = bad(t.path, "%v", err) // with line and column
		return false
	}
	for k, field := range row {
		row[k] = strings.TrimSpace(field)
	}
	t.row = row
	return true
}

// line is the number of the current row's line.
func (t *table) line() int {
	line, _ := t.r.FieldPos(0)
	return line
}

// fail keeps the first error.
func (t *table) fail(format string, args ...any) {
	if t.err == nil {
		t.err = bad(t.path, format, args...)
	}
}

// failHere keeps the first error, with the current line.
func (t *table) failHere(format string, args ...any) {
	t.fail("line %d: %s", t.line(), fmt.Sprintf(format, args...))
}

// number is field k of the current row.
func (t *table) number(k int) float64 {
	v, err := strconv.ParseFloat(t.row[k], 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		t.failHere("column %d: %q is not a finite number", k+1, t.row[k])
	}
	return v
}

// site is field k of the current row as the number of a site.
func (t *table) site(k int) int {
	i, err := strconv.Atoi(t.row[k])
	if err != nil || i < 0 || i > maxSite {
		t.failHere("column %d: %q is not a site; sites are numbered 0, 1, 2, ... and at most %d", k+1, t.row[k], maxSite)
	}
	return i
}

// edges reads the rows i,j,J: a coupling, or for i = j the field on site i.
// The number of spins is the largest site plus one.
func (t *table) edges() *system {
	s := new(system)
	fields := map[int]float64{}
	lines := map[[2]int]int{}
	for t.next() {
		if len(t.row) != len(header) {
			t.failHere("has %d columns instead of the 3 of i,j,J", len(t.row))
			break
		}
		i, j, v := t.site(0), t.site(1), t.number(2)
		if i > j {
			i, j = j, i
		}
		if first, ok := lines[[2]int{i, j}]; ok {
			t.failHere("the pair %d,%d was given in line %d already", i, j, first)
		}
		lines[[2]int{i, j}] = t.line()
		s.n = max(s.n, j+1)
		if i == j {
			fields[i] = v
		} else {
			s.edges = append(s.edges, edge{i, j, v})
		}
	}
	if t.err == nil && s.n == 0 {
		t.fail("has no rows below the header")
	}
	if t.err == nil && len(fields) > 0 {
		s.field = make([]float64, s.n)
		for i, h := range fields {
			s.field[i] = h
		}
	}
	return s
}

// matrix reads the rows of J, the first of which is the current one.
func (t *table) matrix() *system {
	s := &system{n: len(t.row)}
	rows := 0
	for more := true; more; more = t.next() {
		if _, err := strconv.ParseFloat(t.row[0], 64); err != nil && rows == 0 {
			t.failHere("starts with %q: expected the header i,j,J or the first row of a matrix of numbers", t.row[0])
			break
		}
		if len(t.row) != s.n {
			t.failHere("has %d columns, the rows above have %d", len(t.row), s.n)
			break
		}
		for k := range t.row {
			s.matrix = append(s.matrix, t.number(k))
		}
		rows++
	}
	if t.err == nil && rows != s.n {
		t.fail("the matrix has %d rows and %d columns", rows, s.n)
	}
	if t.err == nil {
		if problem := checkMatrix(s.n, s.matrix); problem != "" {
			t.fail("%s", problem)
		}
	}
	return s
}
