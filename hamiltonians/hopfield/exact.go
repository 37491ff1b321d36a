package hopfield

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// Sites at which the patterns agree, or disagree everywhere, are one group:
// with spins t_i = xi_1i s_i and c_mu = xi_mu xi_1, constant in a group g of
// n_g sites, the overlaps are functions of the group magnetisations m_g alone,
//
//	o_mu = sum_g c_mu,g m_g,   m_g = n_g - 2k,   k = 0..n_g with weight C(n_g, k)
//
// so that Z is a sum of prod_g (n_g + 1) terms. For two orthogonal patterns
// o_1^2 + o_2^2 = 2 m_1^2 + 2 m_2^2 and the groups are two Curie-Weiss models.

// maxTerms bounds the sum: about half a second.
const maxTerms = 1e7

// group is a set of sites with equal c.
type group struct {
	n  int
	c  []float64 // by pattern; c[0] = 1
	ln []float64 // ln C(n, k)
}

// solver chooses the exact solution, at temperature 0 too, nil if none is within
// about a second. Enumeration comes first because it also knows the magnetisation.
func (xi patterns) solver() exact.Solver {
	if len(xi[0]) <= exact.MaxSites {
		p := xi.pairs()
		return func(beta float64) (core.Exact, error) { return exact.Enumerate(beta, p), nil }
	}
	groups, terms := xi.groups()
	if terms > maxTerms {
		return nil
	}
	return func(beta float64) (core.Exact, error) { return xi.sumGroups(groups, beta), nil }
}

// sumGroups sums over the magnetisations of the groups, first to find the range
// of the energies.
func (xi patterns) sumGroups(groups []group, beta float64) core.Exact {
	g := groupSum{xi: xi, groups: groups, overlaps: make([]float64, len(xi))}
	var levels exact.Range
	g.visit = func(e, _ float64) { levels.Include(e) }
	g.add(0, 0)
	var sum exact.Accumulator
	g.visit = func(e, lnw float64) { sum.AddLevel(beta, levels.Above(e), lnw, 0) }
	g.add(0, 0)
	total := exact.Partition{Lowest: levels.Lowest}
	total.Add(&sum, beta)
	x := total.Discrete(beta, fmt.Sprintf("sum over the magnetisations of %d groups of sites", len(groups)))
	x.Values["lowest_energy"] = levels.Lowest
	return x
}

// groups returns the groups in the order of their first sites and the number
// of terms of the sum; no groups, and at least that number, when it is above
// maxTerms.
func (xi patterns) groups() (groups []group, terms float64) {
	index := map[string]int{}
	key := make([]byte, len(xi))
	for i, first := range xi[0] {
		for mu := range xi {
			key[mu] = "-+"[int(1+xi[mu][i]*first)/2]
		}
		g, ok := index[string(key)]
		if !ok {
			g = len(groups)
			if terms = math.Exp2(float64(g + 1)); terms > maxTerms {
				return nil, terms // a group has two magnetisations or more
			}
			index[string(key)] = g
			groups = append(groups, group{})
			for mu := range xi {
				groups[g].c = append(groups[g].c, xi[mu][i]*first)
			}
		}
		groups[g].n++
	}
	terms = 1
	for g := range groups {
		terms *= float64(groups[g].n + 1)
	}
	if terms > maxTerms {
		return nil, terms
	}
	for g := range groups {
		groups[g].ln = lnBinomials(groups[g].n)
	}
	return groups, terms
}

// lnBinomials returns ln C(n, k), k = 0..n.
func lnBinomials(n int) []float64 {
	ln := make([]float64, n+1)
	for k := 1; k <= n; k++ {
		ln[k] = ln[k-1] + math.Log(float64(n-k+1)/float64(k))
	}
	return ln
}

// groupSum walks through all combinations of group magnetisations.
type groupSum struct {
	xi       patterns
	groups   []group
	overlaps []float64
	visit    func(e, lnw float64) // exp(lnw) states of the energy e
}

// add adds the terms of the groups from g on; lnw is the logarithm of the
// binomials of those before.
func (s *groupSum) add(g int, lnw float64) {
	if g == len(s.groups) {
		squares := 0.0
		for _, o := range s.overlaps {
			squares += o * o
		}
		s.visit(s.xi.energy(squares), lnw)
		return
	}
	gr := s.groups[g]
	s.shift(gr, float64(gr.n))
	for k, ln := range gr.ln {
		s.add(g+1, lnw+ln)
		if k < gr.n {
			s.shift(gr, -2)
		}
	}
	s.shift(gr, float64(gr.n)) // back to zero
}

// shift changes the magnetisation of a group by m.
func (s *groupSum) shift(g group, m float64) {
	for mu, c := range g.c {
		s.overlaps[mu] += c * m
	}
}

// pairs is the energy in terms of its couplings.
func (xi patterns) pairs() exact.Pairs {
	n := len(xi[0])
	p := exact.Pairs{N: n, J: make([]float64, n*n)}
	for i := range n {
		for j := range n {
			if i == j {
				continue
			}
			for _, pattern := range xi {
				p.J[i*n+j] += pattern[i] * pattern[j] / float64(n)
			}
		}
	}
	return p
}
