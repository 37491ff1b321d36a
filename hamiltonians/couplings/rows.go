package couplings

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// maxSite bounds site numbers, so that a slip of the pen is not an allocation.
const maxSite = 10_000_000

// rows reads a text row by row and keeps the first error.
type rows struct {
	path string
	// read returns the next row that is not empty and no comment; io.EOF is the end.
	read func() (row []string, line int, err error)
	base int // number of the first site
	n    int // sites; 0 where the file does not say

	row  []string
	line int
	err  error
}

// next reads the next row; false at the end or after an error.
func (r *rows) next() bool {
	if r.err != nil {
		return false
	}
	row, line, err := r.read()
	if errors.Is(err, io.EOF) {
		return false
	}
	if err != nil {
		r.fail("%v", err)
		return false
	}
	r.row, r.line = row, line
	return true
}

// fail keeps the first error.
func (r *rows) fail(format string, args ...any) {
	if r.err == nil {
		r.err = bad(r.path, format, args...)
	}
}

// failHere keeps the first error, with the current line.
func (r *rows) failHere(format string, args ...any) {
	r.fail("line %d: %s", r.line, fmt.Sprintf(format, args...))
}

func quote(word string) string { return core.Shorten(strconv.Quote(word)) }

// number is field k of the current row.
func (r *rows) number(k int) float64 {
	v, err := strconv.ParseFloat(r.row[k], 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		r.failHere("column %d: %s is not a finite number", k+1, quote(r.row[k]))
	}
	return v
}

// site is field k of the current row as a site, counted from 0.
func (r *rows) site(k int) int {
	last := maxSite
	if r.n > 0 {
		last = r.n - 1 + r.base
	}
	i, err := strconv.Atoi(r.row[k])
	if err == nil && i >= r.base && i <= last {
		return i - r.base
	}
	known := fmt.Sprintf("%d, %d, %d, ... and at most %d", r.base, r.base+1, r.base+2, maxSite)
	if r.n > 0 {
		known = fmt.Sprintf("%d to %d", r.base, last)
	}
	r.failHere("column %d: %s is not a site; sites are numbered %s", k+1, quote(r.row[k]), known)
	return 0
}

// count is field k of the current row as a number of things, at least least.
func (r *rows) count(k, least int, what string) int {
	n, err := strconv.Atoi(r.row[k])
	if err != nil || n < least || n > math.MaxInt32 || what == "sites" && n > maxSite {
		r.failHere("column %d: %s is not a number of %s", k+1, quote(r.row[k]), what)
		return least
	}
	return n
}

// layout is what the rows of a file mean.
type layout struct {
	columns string // "i,j,J", for messages
	least   int    // columns that must be there; a weight that is not is 1
	most    int
	loops   string // why i = j is wrong, "" where it gives the field
}

// pairs reads the rows i j w that remain: a coupling, or for i = j the field on
// site i. Where the file does not say how many sites there are, the largest
// is the last.
func (r *rows) pairs(l layout) *system {
	s := &system{n: r.n, base: r.base}
	fields := map[int]float64{}
	lines := map[[2]int]int{}
	for r.next() {
		i, j, v := r.pair(l)
		if r.err != nil {
			break
		}
		if first, ok := lines[[2]int{i, j}]; ok {
			r.failHere("the pair %d,%d was given in line %d already", i+r.base, j+r.base, first)
		}
		lines[[2]int{i, j}] = r.line
		s.n = max(s.n, j+1)
		if i == j {
			fields[i] = v
		} else {
			s.edges = append(s.edges, edge{i, j, v})
		}
	}
	s.setFields(fields)
	s.loops = len(fields)
	return s
}

// pair is the current row, with i <= j.
func (r *rows) pair(l layout) (i, j int, v float64) {
	if n := len(r.row); n < l.least || n > l.most {
		r.failHere("has %d columns instead of the %d of %s", n, l.most, l.columns)
		return 0, 0, 0
	}
	i, j, v = r.site(0), r.site(1), 1
	if len(r.row) == 3 {
		v = r.number(2)
	}
	if i == j && l.loops != "" {
		r.failHere("site %s is paired with itself: %s", quote(r.row[0]), l.loops)
	}
	return min(i, j), max(i, j), v
}

// counted refuses another number of entries than the header said.
func (r *rows) counted(got, want int, what string) {
	if got != want {
		r.fail("has %d %s, and its header says %d", got, what, want)
	}
}

// openWords reads a text whose columns are separated by blanks. Lines that
// begin with one of comments are left out. The caller closes the file.
func openWords(path string, comments string) (*rows, io.Closer, error) {
	f, err := core.OpenText(path)
	if err != nil {
		return nil, nil, unread(path, err)
	}
	line := 0
	return &rows{path: path, read: func() ([]string, int, error) {
		for {
			text, err := f.ReadString('\n')
			if err != nil && text == "" {
				return nil, 0, err
			}
			line++
			words := strings.Fields(text)
			if len(words) > 0 && !strings.ContainsAny(words[0][:1], comments) {
				return words, line, nil
			}
		}
	}}, f, nil
}
