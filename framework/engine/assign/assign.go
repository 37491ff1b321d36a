// Package assign solves the assignment problem: of n workers and n tasks, who does what
// at the least cost in all,
//
//	min over permutations sigma of sum_i c[i, sigma(i)],
//
// by shortest augmenting paths (Jonker and Volgenant 1987, Computing 38, 325). Potentials
// u_i and v_j with c[i, j] - u_i - v_j >= 0, and = 0 where j = sigma(i), prove each
// partial assignment to be the cheapest; one more worker is fitted in along the path on
// which these reduced costs are least. It takes O(n^3) operations at worst.
package assign

import "math"

// Solver has the memory for problems of up to the largest size that it has met.
type Solver struct {
	u, v, least  []float64
	worker, from []int // of tasks: who does it, and the task before it on the path
	done         []bool
}

// Solve writes sigma and returns its cost. c has n rows of n numbers, n = len(sigma).
func (s *Solver) Solve(sigma []int, c []float64) float64 {
	n := len(sigma)
	if len(c) != n*n {
		panic("assign: the costs are not those of as many tasks as workers")
	}
	s.room(n)
	for i := range n {
		s.fit(i, n, c)
	}
	sum := 0.0
	for j, i := range s.worker[:n] {
		sigma[i] = j
		sum += c[i*n+j]
	}
	return sum
}

// room clears memory for n tasks and, at the place n, the task that the worker at hand has
// before the search.
func (s *Solver) room(n int) {
	if len(s.u) < n+1 {
		s.u, s.v, s.least = make([]float64, n+1), make([]float64, n+1), make([]float64, n+1)
		s.worker, s.from, s.done = make([]int, n+1), make([]int, n+1), make([]bool, n+1)
	}
	clear(s.u[:n+1])
	clear(s.v[:n+1])
	for j := range n + 1 {
		s.worker[j] = nobody
	}
}

const nobody = -1

// fit gives worker i a task, and others of those that have one another.
func (s *Solver) fit(i, n int, c []float64) {
	for j := range n {
		s.least[j], s.from[j], s.done[j] = math.Inf(1), n, false
	}
	at := n
	s.worker[n], s.done[n] = i, true
	for s.worker[at] != nobody {
		at = s.extend(at, n, c)
	}
	for at != n {
		before := s.from[at]
		s.worker[at] = s.worker[before]
		at = before
	}
}

// extend takes the search from a task to the nearest that it has not been at, and moves
// the potentials, so that the way there costs nothing.
func (s *Solver) extend(at, n int, c []float64) int {
	i, next, step := s.worker[at], nobody, math.Inf(1)
	row, u := c[i*n:(i+1)*n], s.u[i]
	for j, done := range s.done[:n] {
		if done {
			continue
		}
		if reduced := row[j] - u - s.v[j]; reduced < s.least[j] {
			s.least[j], s.from[j] = reduced, at
		}
		if s.least[j] < step || next == nobody { // also where a cost is infinite
			step, next = s.least[j], j
		}
	}
	for j, done := range s.done[:n+1] {
		if done {
			s.u[s.worker[j]] += step
			s.v[j] -= step
		} else {
			s.least[j] -= step
		}
	}
	s.done[next] = true
	return next
}
