package mps

import (
	"fmt"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// What is missing of a configuration is drawn site by site, with everything that is known
// of later sites summed over (arXiv:1709.01662, section III.D):
//
//	p(x_k = s | known, x_<k) = l B_k^(s) R_k B_k^(s)T l^T/...,   R_(k-1) = sum_s B_k^(s) R_k B_k^(s)T,
//
// l the row of the sites before. The sum over s is over all states, or the one that is known. R_k is
// 1 behind the last site that is known, since the B are right orthonormal.

var _ core.Completer = (*Model)(nil)

// Complete implements core.Completer.
func (m *Model) Complete(y, x []float64, known []int32, u []float64) error {
	m.call = call{op: "complete"}
	if err := m.prepare(made{norm: true, canonical: true}); err != nil {
		return err
	}
	sites := len(m.cores)
	states, given := make([]int32, len(x)), slices.Clone(x)
	for i := range given {
		if known[i] == 0 { // what stands there means nothing
			given[i] = m.states[0]
		}
	}
	if err := m.read(states, given, 0); err != nil {
		return err
	}
	n := len(x) / sites
	impossible := make([]bool, n)
	par.For(n, func(i int) {
		at, to := i*sites, (i+1)*sites
		impossible[i] = !m.complete(states[at:to], known[at:to], u[at:to])
	})
	for i, bad := range impossible {
		if bad {
			return &core.Error{Kind: core.Invalid, Op: m.call.op, Subject: name, Err: fmt.Errorf("what is given of configuration %d has probability zero", i)}
		}
	}
	for i, s := range states {
		y[i] = m.states[s]
	}
	return nil
}

// complete draws the states that are not known; false where no state is possible.
func (m *Model) complete(states, known []int32, u []float64) bool {
	q, rest := len(m.states), m.rest(states, known)
	l := []float64{1}
	for k, c := range m.cores {
		b, r := m.canonical[k], rest[k+1]
		wide := make([]float64, q*c.right)
		tensor.Gemm(false, false, 1, q*c.right, c.left, 1, l, c.left, b, q*c.right, 0, wide, q*c.right)
		square, half := make([]float64, q), make([]float64, c.right)
		for s := range q {
			row := wide[s*c.right : (s+1)*c.right]
			if r == nil {
				square[s] = dot(row, row)
				continue
			}
			tensor.Gemm(false, false, 1, c.right, c.right, 1, row, c.right, r, c.right, 0, half, c.right)
			square[s] = max(0, dot(row, half))
		}
		if known[k] == 0 {
			states[k] = pick(square, u[k])
		}
		if !(square[states[k]] > 0) {
			return false
		}
		l = append([]float64(nil), wide[int(states[k])*c.right:][:c.right]...)
		unit(l)
	}
	return true
}

// pick takes a number by its share of the sum, by u in [0, 1).
func pick(weights []float64, u float64) int32 {
	total, last := 0.0, 0
	for _, w := range weights {
		total += w
	}
	u *= total
	for s, w := range weights {
		if w <= 0 {
			continue
		}
		if last = s; u < w {
			break
		}
		u -= w
	}
	return int32(last)
}

// rest is R_0, ..., R_N, nil for 1, each up to a factor.
func (m *Model) rest(states, known []int32) [][]float64 {
	q, last := len(m.states), len(m.cores)
	for last > 0 && known[last-1] == 0 {
		last--
	}
	rest := make([][]float64, len(m.cores)+1)
	for k := last - 1; k >= 0; k-- {
		c, b := m.cores[k], m.canonical[k]
		sum, half := make([]float64, c.left*c.left), make([]float64, c.left*c.right)
		for s := range q {
			if known[k] != 0 && int32(s) != states[k] {
				continue
			}
			a := b[s*c.right:] // rows at the distance q right
			if rest[k+1] == nil {
				tensor.Gemm(false, true, c.left, c.left, c.right, 1, a, q*c.right, a, q*c.right, 1, sum, c.left)
				continue
			}
			tensor.Gemm(false, false, c.left, c.right, c.right, 1, a, q*c.right, rest[k+1], c.right, 0, half, c.right)
			tensor.Gemm(false, true, c.left, c.left, c.right, 1, half, c.right, a, q*c.right, 1, sum, c.left)
		}
		unit(sum)
		rest[k] = sum
	}
	return rest
}
