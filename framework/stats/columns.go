package stats

import (
	"errors"
	"fmt"
	"slices"
)

// Columns keep vectors of k numbers along m Markov chains that advance side by side, for the error of
// functions of their means (Linearised), in bounded memory: when there are as many rows of each
// chain as there is room for, two successive ones become their mean, and each row is of twice
// as many draws from then on. No draw is left out, and the variance of the mean stays what it is, since
// the sum of all correlations is kept (Flyvbjerg and Petersen 1989, J. Chem. Phys. 91, 461). What is lost is
// how much single draws vary: the autocorrelation time that the rows have is in rows.
type Columns struct {
	k, m    int
	room    int       // numbers in all
	x       []float64 // x[(t*m+c)*k+j]
	joined  int       // draws in a row
	pending []float64 // sums of the row to come, [c*k+j]
	next    int       // vectors in it
}

// leastRows is the number of rows that a chain can have at least, whatever the room: half of it is left
// after joining, where an error is uncertain by a tenth.
const leastRows = 128

// NewColumns is empty; it keeps up to room numbers, or those of 128 rows of each chain where that is more.
func NewColumns(k, room int) *Columns { return &Columns{k: k, room: room, joined: 1} }

// Add takes the vector of the next configuration; the chains take turns. Their number
// may not change.
func (s *Columns) Add(v []float64, chains int) {
	if s.m == 0 {
		s.m, s.pending = chains, make([]float64, chains*s.k)
	}
	if chains != s.m || len(v) != s.k {
		panic("stats: the number of chains changed, or that of columns")
	}
	c := s.next % s.m
	for j, x := range v {
		s.pending[c*s.k+j] += x
	}
	if s.next++; s.next < s.m*s.joined {
		return
	}
	for i, sum := range s.pending {
		s.x = append(s.x, sum/float64(s.joined))
		s.pending[i] = 0
	}
	s.next = 0
	if rows := s.rows(); rows%2 == 0 && rows >= leastRows && len(s.x) > s.room-s.m*s.k {
		s.pair()
	}
}

// pair makes one row of two successive ones, of which there are an even number, and nothing
// pending.
func (s *Columns) pair() { s.x, s.joined = halve(s.x, s.m*s.k), 2*s.joined }

func (s *Columns) rows() int { return len(s.x) / max(1, s.m*s.k) }

// Joined is the number of draws in a row.
func (s *Columns) Joined() int { return s.joined }

// Chains are the columns, a copy. Draws of a row that is not full are not in them.
func (s *Columns) Chains() []*Chains {
	columns := make([]*Chains, s.k)
	for j := range columns {
		columns[j] = &Chains{m: s.m, x: make([]float64, s.m*s.rows())}
		for i := range columns[j].x {
			columns[j].x[i] = s.x[i*s.k+j]
		}
	}
	return columns
}

// State is the number of chains, the draws in a row, the vectors in the next one, their sums, and
// the rows.
func (s *Columns) State() []float64 {
	return slices.Concat([]float64{float64(s.m), float64(s.joined), float64(s.next)}, s.pending, s.x)
}

// Restore puts back what State returned.
func (s *Columns) Restore(state []float64) error {
	subject := fmt.Sprintf("%d columns", s.k)
	if len(state) < 3 {
		return misfit(subject, state)
	}
	m, ok := count(state[0])
	joined, ok1 := count(state[1])
	next, ok2 := count(state[2])
	rest := state[3:]
	if !ok || !ok1 || !ok2 || joined < 1 || next > 0 && next >= m*joined || len(rest) < m*s.k || m*s.k == 0 && len(rest) > 0 || m*s.k > 0 && len(rest)%(m*s.k) != 0 {
		return misfit(subject, state)
	}
	s.m, s.joined, s.next = m, joined, next
	s.pending, s.x = slices.Clone(rest[:m*s.k]), slices.Clone(rest[m*s.k:])
	return nil
}

// Join adds the columns of other chains, with as many draws of each. No Add follows it.
func (s *Columns) Join(state []float64) error {
	other := Columns{k: s.k}
	if err := other.Restore(state); err != nil {
		return err
	}
	switch {
	case other.m == 0:
		return nil
	case s.m == 0:
		s.m, s.joined, s.next, s.pending, s.x = other.m, other.joined, other.next, other.pending, other.x
		return nil
	}
	for s.joined < other.joined && s.rows() > 1 {
		s.pair()
	}
	for other.joined < s.joined && other.rows() > 1 {
		other.pair()
	}
	if s.joined != other.joined {
		return errors.New("columns with rows of too different lengths do not go together")
	}
	rows := min(s.rows(), other.rows())
	if max(s.rows(), other.rows()) > rows+1 {
		return fmt.Errorf("chains of %d and of %d rows do not advance side by side", s.rows(), other.rows())
	}
	x := make([]float64, 0, rows*(s.m+other.m)*s.k)
	for t := range rows {
		x = append(x, s.x[t*s.m*s.k:(t+1)*s.m*s.k]...)
		x = append(x, other.x[t*other.m*s.k:(t+1)*other.m*s.k]...)
	}
	s.m, s.x = s.m+other.m, x
	s.pending, s.next = make([]float64, s.m*s.k), 0
	return nil
}
