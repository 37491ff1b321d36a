package coretest

import (
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func (s *subject) naturalPull(t *testing.T, b *core.Batch, w []float64, v []complex128, damping float64) (grad, step []float64) {
	t.Helper()
	grad, step = nans(len(s.theta)), nans(len(s.theta))
	if err := s.Model.(core.NaturalPuller).NaturalPull(grad, step, b, w, v, damping); err != nil {
		t.Fatal(err)
	}
	return grad, step
}

// sampleScores are the terms of the Fisher matrix of each sample: the score of
// ln p, and of a density matrix the real and the imaginary part of
// grad ln Psi, each pulled back by a weight that is 1 for this sample alone.
func (s *subject) sampleScores(t *testing.T, b *core.Batch) (p, re, im [][]float64) {
	t.Helper()
	for i := range b.N {
		w, v := make([]float64, b.N), make([]complex128, b.N)
		w[i] = 1
		if !s.has(core.PowerQuantum) {
			p = append(p, s.pull(t, b, w))
			continue
		}
		p = append(p, s.statePull(t, b, w, v))
		w[i], v[i] = 0, 1
		re = append(re, s.statePull(t, b, w, v))
		v[i] = 1i
		im = append(im, s.statePull(t, b, w, v))
	}
	return p, re, im
}

// modelNatural tests (F + damping) step = grad, with F from the scores of single
// samples, and that grad is that of StatePull, or of Pull.
func modelNatural(t *testing.T, s *subject) {
	s.need(t, core.PowerNatural)
	const n = 24
	b := s.sample(t, 161, n)
	p, re, im := s.sampleScores(t, sent(b))
	w, v := weights(n, 161), complexWeights(n, 162)
	check := func(what string, b *core.Batch, v []complex128, want []float64, damping float64) {
		t.Helper()
		grad, step := s.naturalPull(t, b, w, v, damping)
		near(t, "gradient of "+what, grad, want, s.o.Inverse)
		back := make([]float64, len(step))
		for j := range step {
			back[j] = damping * step[j]
		}
		addCovariance(back, p, step, false)
		addCovariance(back, re, step, true)
		addCovariance(back, im, step, true)
		near(t, "(F + damping) step of "+what, back, grad, s.o.Slope)
	}
	grad := s.pull(t, sent(b), w)
	for _, damping := range []float64{0.01, 1} {
		check("Pull", sent(b), nil, grad, damping)
		check("Pull of the batch that was drawn", b, nil, grad, damping)
		if s.has(core.PowerQuantum) {
			grad := s.statePull(t, sent(b), w, v)
			check("StatePull", sent(b), v, grad, damping)
			check("StatePull of the batch that was drawn", b, v, grad, damping)
		}
	}
}

// modelNaturalShares makes natural gradients of the scores and tiles of several ranks, which have the bits of one.
func modelNaturalShares(t *testing.T, s *subject) {
	s.need(t, core.PowerNaturalShares)
	const n, nodes, damping = 24, 8, 0.01
	b := sent(s.sample(t, 163, n))
	b.Shares = nodes
	w, v := weights(n, 163), complexWeights(n, 164)
	if !s.has(core.PowerQuantum) {
		v = nil
	}
	wantGrad, wantStep := s.naturalPull(t, b, w, v, damping)
	m := s.Model.(core.NaturalSharer)
	for _, shares := range []int{1, 2, 3, 5} {
		grad, scores := s.nodesOf(t, b, w, v, shares)
		tilesOf := func(share int) []float64 {
			t.Helper()
			tiles, err := m.NaturalTiles(b, w, v, grad, scores, share, shares)
			if err != nil {
				t.Fatal(err)
			}
			return tiles
		}
		var all []float64
		for k := range shares {
			all = append(all, tilesOf(k)...)
		}
		for k := range shares {
			tilesOf(k)
			grad, step := nans(len(s.theta)), nans(len(s.theta))
			if err := m.NaturalSolve(grad, step, damping, all, k); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(grad, wantGrad) || !slices.Equal(step, wantStep) {
				t.Errorf("share %d of %d gives another natural gradient than NaturalPull", k, shares)
			}
		}
		tilesOf(0)
		if err := m.NaturalSolve(nans(len(s.theta)), nans(len(s.theta)), damping, append(all, 0), 0); err == nil {
			t.Errorf("%d shares: a number more than there are in the tiles is no error", shares)
		}
	}
}

// nodesOf are the gradient and the scores that so many ranks make of their nodes of a batch.
func (s *subject) nodesOf(t *testing.T, b *core.Batch, w []float64, v []complex128, ranks int) (grad, scores []float64) {
	t.Helper()
	each := s.Spec().Scores
	scores = nans(b.N * each)
	var nodes []core.Node
	var sums [][]float64
	for rank := range ranks {
		for _, node := range core.Nodes(b.N, b.Shares, rank*b.Shares/ranks, (rank+1)*b.Shares/ranks) {
			var part core.Batch
			b.Part(&part, node.From, node.N)
			to := node.From + node.N
			sum, ofNode := nans(len(s.theta)), v
			if v != nil {
				ofNode = v[node.From:to]
			}
			if err := s.Model.(core.NaturalSharer).NaturalScores(sum, scores[node.From*each:to*each], &part, w[node.From:to], ofNode); err != nil {
				t.Fatal(err)
			}
			nodes, sums = append(nodes, node), append(sums, sum)
		}
	}
	return core.SumNodes(nodes, sums), scores
}

// addCovariance adds <o o^T> x to y, less <o> <o>^T x if centred.
func addCovariance(y []float64, o [][]float64, x []float64, centred bool) {
	n := float64(len(o))
	mean := make([]float64, len(x))
	for _, one := range o {
		along := dot(one, x) / n
		for j, v := range one {
			y[j] += along * v
			mean[j] += v / n
		}
	}
	if along := dot(mean, x); centred {
		for j, v := range mean {
			y[j] -= along * v
		}
	}
}
