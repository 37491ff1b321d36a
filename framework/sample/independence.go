package sample

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// independence is the Metropolis chain whose proposals x' are independent
// draws from the model, accepted with probability
//
//	min(1, w(x')/w(x)),   w = exp(-beta E)/p
//
// (Hastings 1970; for flows Albergo, Kanwar and Shanahan 2019, Phys. Rev. D
// 100, 034515, arXiv:1904.12072). The better the model, the more are accepted;
// all, where it has the Boltzmann density.
type independence struct {
	first  first
	model  core.Model
	energy core.Energy
	beta   float64

	at        place
	now       core.Batch // X, LogP, E of the chains
	proposals core.Batch
	drawn     core.Batch
	seed      uint64
	moves     int // still to come
	block     uint64
	used      int // of the proposals
}

// proposed is the number of configurations that proposals are drawn by: enough
// to keep all threads of a model busy, few enough to be kept in memory.
const proposed = 1024

func (k *independence) start(seed uint64, random []*rand.Rand) ([]float64, error) {
	x := make([]float64, len(random)*k.model.Spec().Space.Size())
	return x, k.first(x, seed, random)
}

func (k *independence) enter(at place, x []float64, seed uint64, moves int) error {
	m := len(x) / k.model.Spec().Space.Size()
	k.at, k.seed, k.moves, k.block = at, seed, moves, 0
	k.proposals.N, k.used = 0, 0
	k.now.Reset(m, len(x)/m)
	copy(k.now.X, x)
	if err := k.model.LogProb(k.now.LogP, k.now.X); err != nil {
		return err
	}
	if err := k.evaluate(&k.now); err != nil {
		return err
	}
	minusLnW := make([]float64, m)
	for c, e := range k.now.E {
		minusLnW[c] = k.beta*e + k.now.LogP[c]
	}
	return finite(at.from, k.now.E, minusLnW)
}

func (k *independence) evaluate(b *core.Batch) error {
	b.E = core.Resize(b.E, b.N)
	return k.energy.Eval(b.E, b)
}

// draw fetches the next proposals, for as many moves as there still are: those of all chains
// are numbered through, move after move.
func (k *independence) draw() error {
	moves := min(k.moves, max(1, proposed/k.at.all))
	seed := core.Derive(k.seed, seedDraw, k.block)
	if k.now.N == k.at.all {
		if err := k.model.Sample(&k.proposals, seed, moves*k.now.N); err != nil {
			return err
		}
	} else if err := k.drawSome(seed, moves); err != nil {
		return err
	}
	k.block++
	k.used = 0
	return k.evaluate(&k.proposals)
}

// drawSome draws the proposals of some of the chains.
func (k *independence) drawSome(seed uint64, moves int) error {
	m, d := k.now.N, len(k.now.X)/k.now.N
	k.proposals.Reset(moves*m, d)
	for move := range moves {
		k.drawn.From, k.drawn.Total = move*k.at.all+k.at.from, moves*k.at.all
		if err := k.model.Sample(&k.drawn, seed, m); err != nil {
			return err
		}
		copy(k.proposals.X[move*m*d:], k.drawn.X)
		copy(k.proposals.LogP[move*m:], k.drawn.LogP)
	}
	return nil
}

func (k *independence) move(accepted []float64, _ float64, random []*rand.Rand) (float64, error) {
	if k.used == k.proposals.N {
		if err := k.draw(); err != nil {
			return 0, err
		}
	}
	d := len(k.now.X) / k.now.N
	sum := 0.0
	for c, r := range random {
		i := k.used + c
		e, logP := k.proposals.E[i], k.proposals.LogP[i]
		a := math.Exp(min(0, k.beta*(k.now.E[c]-e)+k.now.LogP[c]-logP))
		u := r.Float64()
		if a != a { // a density or an energy that is no number is never taken
			continue
		}
		sum += a
		if u < a {
			accepted[c]++
			copy(k.now.X[c*d:(c+1)*d], k.proposals.X[i*d:])
			k.now.E[c], k.now.LogP[c] = e, logP
		}
	}
	k.used += len(random)
	k.moves--
	return sum / float64(len(random)), nil
}

func (k *independence) show(dst *core.Batch, i int) error {
	copy(dst.X[i*len(k.now.X)/k.now.N:], k.now.X)
	copy(dst.E[i:], k.now.E)
	dst.LogP = core.Resize(dst.LogP, dst.N)
	copy(dst.LogP[i:], k.now.LogP)
	return nil
}

func (k *independence) leave() []float64 { return append([]float64(nil), k.now.X...) }
