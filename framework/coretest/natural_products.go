package coretest

import (
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// modelNaturalProducts multiplies with the Fisher matrix of a batch whose nodes several ranks have: the direction of NaturalPull
// times the damped matrix is the gradient, and all has the bits of one rank.
func modelNaturalProducts(t *testing.T, s *subject) {
	s.need(t, core.PowerNaturalProducts)
	const n, nodes, damping = 24, 8, 0.01
	b := sent(s.sample(t, 165, n))
	b.Shares = nodes
	w, v := weights(n, 165), complexWeights(n, 166)
	if !s.has(core.PowerQuantum) {
		v = nil
	}
	pulled, step := s.naturalPull(t, b, w, v, damping)
	var grad, product []float64
	for _, ranks := range []int{1, 2, 3, 5} {
		g, p := s.productOf(t, b, w, v, step, ranks)
		if grad == nil {
			grad, product = g, p
		}
		if !slices.Equal(g, grad) || !slices.Equal(p, product) {
			t.Errorf("%d ranks have another gradient or product than one", ranks)
		}
	}
	near(t, "the gradient", grad, pulled, s.o.Inverse)
	at := 0
	spec := s.Spec()
	for k, size := range factorsOf(spec) {
		least := 0.0
		if spec.FactorDamping != nil {
			least = spec.FactorDamping[k]
		}
		for j := at; j < at+size; j++ {
			product[j] = product[j]/n + max(damping, least)*step[j]
		}
		at += size
	}
	near(t, "(F + damping) step", product, pulled, s.o.Slope)
	other := slices.Clone(s.theta)
	other[0] += 0.125
	s.load(t, other)
	defer s.load(t, s.theta)
	if err := s.Model.(core.NaturalMultiplier).NaturalProduct(nans(len(s.theta)), step, nans(spec.Scores), b); err == nil {
		t.Error("a product with scores that were of other parameters is no error")
	}
}

func factorsOf(s core.ModelSpec) []int {
	if s.Factors == nil {
		return []int{s.Parameters}
	}
	return s.Factors
}

// productOf are the gradient and n F step that so many ranks make, each with a node after the other.
func (s *subject) productOf(t *testing.T, b *core.Batch, w []float64, v []complex128, step []float64, ranks int) (grad, product []float64) {
	t.Helper()
	m, each := s.Model.(core.NaturalMultiplier), s.Spec().Scores
	var nodes []core.Node
	var places []core.Batch
	var grads, sums, products [][]float64
	for rank := range ranks {
		for _, node := range core.Nodes(b.N, b.Shares, rank*b.Shares/ranks, (rank+1)*b.Shares/ranks) {
			var part core.Batch
			b.Part(&part, node.From, node.N)
			ofNode := v
			if v != nil {
				ofNode = v[node.From : node.From+node.N]
			}
			g, sum := nans(len(s.theta)), nans(each)
			if err := m.NaturalKeep(g, sum, &part, w[node.From:node.From+node.N], ofNode); err != nil {
				t.Fatal(err)
			}
			nodes, grads, sums = append(nodes, node), append(grads, g), append(sums, sum)
			places = append(places, core.Batch{N: part.N, From: part.From, Total: part.Total, Shares: part.Shares})
		}
	}
	grad, all := core.SumNodes(nodes, grads), core.SumNodes(nodes, sums)
	for range 2 { // the second time as the first
		products = nil
		for i := range nodes {
			p := nans(len(s.theta))
			if err := m.NaturalProduct(p, step, all, &places[i]); err != nil {
				t.Fatal(err)
			}
			products = append(products, p)
		}
	}
	return grad, core.SumNodes(nodes, products)
}
