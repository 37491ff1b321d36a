package sample

import (
	"math"
	"math/bits"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// sites is the Metropolis chain of spins and levels (Metropolis, Rosenbluth, Rosenbluth, Teller
// and Teller 1953, J. Chem. Phys. 21, 1087): a site i and another value v of it are chosen at
// random, and x_i = v is accepted with probability
//
//	min(1, exp(-beta dE)),   dE = E(x with x_i = v) - E(x).
//
// A move is as many proposals as there are sites. With a ladder of temperatures each chain is
// several replicas, and a move ends with exchanges (replicas.go).
//
// Where the energy can be followed, dE costs what it depends on; else it is a difference of two E.
type sites struct {
	energy core.Energy
	first  first
	values [][]float64 // of each site: all that it may be
	most   int         // how many values a site has at most, less one
	betas  []float64   // of the replicas, the run's first
	towers []tower     // of each chain
	batch  core.Batch

	// apart tells that chains move by themselves, on all threads.
	apart bool
	width int // chains of one task
	// Only during a move.
	random []*rand.Rand
	task   func(i int)
}

// taskProposals is about how many proposals of a move one thread makes at a time, some 50
// microseconds.
const taskProposals = 1 << 12

// newSites builds the sampler.
func newSites(o Options, t core.Target) (core.Sampler, error) {
	space := t.Energy.Spec().Space
	values := space.Values()
	if values == nil {
		return nil, core.Errorf(core.Mismatch, "open sampler", string(o.Method), "it changes spins and levels, and the space has %s: use %s", space.Kind, MethodMetropolis)
	}
	betas, err := ladder(o, t.Beta)
	if err != nil {
		return nil, err
	}
	k := &sites{energy: t.Energy, first: firstOf(t), values: values, betas: betas}
	for _, v := range values {
		k.most = max(k.most, len(v)-1)
	}
	d := len(values)
	k.width = max(1, taskProposals/max(1, d*len(betas)))
	return newChains(o, d, 0, k.of).asking(d * k.most * len(betas)), nil
}

// of is the kernel for so many chains.
func (k *sites) of(chains int) kernel {
	n := *k
	follow := k.follow()
	n.apart, n.towers = follow != nil, make([]tower, chains)
	for c := range n.towers {
		n.towers[c].open(len(k.betas), len(k.values), follow)
	}
	n.task = func(i int) {
		for c := i * n.width; c < min((i+1)*n.width, len(n.towers)); c++ {
			n.alone(&n.towers[c], n.random[c])
		}
	}
	return &n
}

// follow makes followers, nil where the energy has none and can be asked by one thread alone.
func (k *sites) follow() func() core.Follower {
	if e, ok := core.AbilityOf[core.Followed](k.energy); ok && e.Follow() != nil {
		return e.Follow
	}
	if e, ok := core.AbilityOf[core.Bonded](k.energy); ok {
		if b, err := e.Bonds(); err == nil {
			return b.Follow
		}
	}
	if e, ok := core.AbilityOf[core.Concurrent](k.energy); ok {
		return func() core.Follower { return &difference{energy: e} }
	}
	return nil
}

// proposal is what one random number decides: a site, another value of it, and u in [0, 1).
type proposal struct {
	site int
	to   float64
	u    float64
}

// propose takes one of the sites times other values, all alike, as the whole part of a multiple of
// a random number; what is behind the point is u.
func (k *sites) propose(random *rand.Rand, x []float64) proposal {
	n := uint64(len(x) * k.most)
	which, rest := bits.Mul64(random.Uint64(), n)
	p := proposal{site: int(which), u: float64(rest>>11) * 0x1p-53}
	number := 0
	if k.most > 1 {
		p.site, number = int(which)/k.most, int(which)%k.most
	}
	values := k.values[p.site]
	if number >= len(values)-1 { // a site of fewer values than others: nothing is proposed
		p.to = x[p.site]
		return p
	}
	if values[number] == x[p.site] { // the last stands in for the value that is there
		number = len(values) - 1
	}
	p.to = values[number]
	return p
}

// accepts tells whether x = beta dE is accepted at u.
func accepts(x, u float64) bool { return x <= 0 || u < math.Exp(-x) }

// alone makes the move of one chain.
func (k *sites) alone(t *tower, random *rand.Rand) {
	for r := range t.at {
		a := &t.at[r]
		taken := 0
		for range a.x {
			p := k.propose(random, a.x)
			if change := a.follow.Change(p.site, p.to); accepts(k.betas[r]*change, p.u) {
				a.follow.Set(p.site, p.to)
				a.e += change
				taken++
			}
		}
		if r == 0 {
			t.accepted = float64(taken) / float64(len(a.x))
		}
	}
	t.exchange(k.betas, random)
}

// together makes the move of all chains, proposal after proposal, in calls about all chains.
func (k *sites) together(random []*rand.Rand) error {
	n, d := len(k.towers), len(k.values)
	made := make([]proposal, n)
	taken := make([]int, n)
	for r := range k.betas {
		clear(taken)
		k.gather(r)
		for range d {
			for c, stream := range random {
				x := k.batch.X[c*d : (c+1)*d]
				made[c] = k.propose(stream, x)
				x[made[c].site] = made[c].to
			}
			if err := k.energy.Eval(k.batch.E, &k.batch); err != nil {
				return err
			}
			for c, p := range made {
				a := &k.towers[c].at[r]
				if change := k.batch.E[c] - a.e; accepts(k.betas[r]*change, p.u) {
					a.x[p.site], a.e = p.to, k.batch.E[c]
					taken[c]++
				} else {
					k.batch.X[c*d+p.site] = a.x[p.site]
				}
			}
		}
		for c := range k.towers {
			if r == 0 {
				k.towers[c].accepted = float64(taken[c]) / float64(d)
			}
		}
	}
	for c := range k.towers {
		k.towers[c].exchange(k.betas, random[c])
	}
	return nil
}

// gather makes the batch the replicas number r of all chains.
func (k *sites) gather(r int) {
	n, d := len(k.towers), len(k.values)
	k.batch.N, k.batch.X, k.batch.E = n, core.Resize(k.batch.X, n*d), core.Resize(k.batch.E, n)
	for c := range k.towers {
		copy(k.batch.X[c*d:], k.towers[c].at[r].x)
	}
}

func (k *sites) start(seed uint64, random []*rand.Rand) ([]float64, error) {
	n, d := len(k.towers), len(k.values)
	one, all := make([]float64, n*d), make([]float64, 0, n*d*len(k.betas))
	if err := k.first(one, seed, random); err != nil {
		return nil, err
	}
	for c := range n {
		for range k.betas {
			all = append(all, one[c*d:(c+1)*d]...)
		}
	}
	return all, nil
}

func (k *sites) enter(at place, x []float64, _ uint64, _ int) error {
	d, row := len(k.values), len(k.values)*len(k.betas)
	u := make([]float64, len(k.towers))
	for r := range k.betas {
		for c := range k.towers {
			copy(k.towers[c].at[r].x, x[c*row+r*d:])
		}
		k.gather(r)
		if err := k.energy.Eval(k.batch.E, &k.batch); err != nil {
			return err
		}
		scale(u, k.betas[r], k.batch.E)
		if err := finite(at.from, k.batch.E, u); err != nil {
			return err
		}
		for c, e := range k.batch.E {
			k.towers[c].at[r].take(e)
		}
	}
	for c := range k.towers {
		k.towers[c].forget()
	}
	return nil
}

func (k *sites) move(accepted []float64, _ float64, random []*rand.Rand) (float64, error) {
	if k.apart {
		k.random = random
		par.For((len(k.towers)+k.width-1)/k.width, k.task)
		k.random = nil
	} else if err := k.together(random); err != nil {
		return 0, err
	}
	sum := 0.0
	for c := range k.towers {
		t := &k.towers[c]
		if t.err != nil {
			return 0, t.err
		}
		accepted[c] += t.accepted
		sum += t.accepted
	}
	return sum / float64(len(k.towers)), nil
}

func (k *sites) show(dst *core.Batch, i int) error {
	d := len(k.values)
	k.gather(0)
	copy(dst.X[i*d:], k.batch.X)
	k.showExchanges(dst, i)
	// Anew, because the sum of all changes has their rounding.
	if err := k.energy.Eval(k.batch.E, &k.batch); err != nil {
		return err
	}
	copy(dst.E[i:], k.batch.E)
	return nil
}

func (k *sites) leave() (all []float64) {
	for c := range k.towers {
		for _, a := range k.towers[c].at {
			all = append(all, a.x...)
		}
	}
	return all
}

// difference follows any energy that several threads can ask, by its values.
type difference struct {
	energy core.Concurrent
	x      []float64
	e      [1]float64
	at     float64 // E(x)
	next   float64 // E after the change that was asked for last
	err    error
}

// Start implements core.Follower.
func (f *difference) Start(x []float64) {
	f.x = x
	f.at = f.value()
}

func (f *difference) value() float64 {
	if err := f.energy.EvalRows(nil, f.e[:], f.x); err != nil {
		f.err = err
		return math.NaN() // accepted by nobody
	}
	return f.e[0]
}

// Change implements core.Follower.
func (f *difference) Change(i int, to float64) float64 {
	was := f.x[i]
	f.x[i] = to
	f.next = f.value()
	f.x[i] = was
	return f.next - f.at
}

// Set implements core.Follower, of the change that was asked for last.
func (f *difference) Set(i int, to float64) { f.x[i], f.at = to, f.next }
