package sample

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// clusters is the algorithm of Wolff (1989, Phys. Rev. Lett. 62, 361) for spins
//
//	E(s) = -sum_<ij> J_ij s_i s_j - sum_i h_i s_i.
//
// From a site at random a cluster grows over satisfied bonds, J_ij s_i s_j > 0, each taken with
// probability
//
//	p_ij = 1 - exp(-2 beta |J_ij|),
//
// and is turned over, with certainty where there are no fields: the ratio of the ways to make the
// cluster before and after is exp(-beta dE) of the bonds. Fields are left to a Metropolis step,
//
//	min(1, exp(-2 beta sum_i h_i s_i)),   i in the cluster, s before.
//
// The bonds inside of a cluster are all satisfied, as long as none is frustrated, so that spins can
// be turned as soon as they join: a bond to one of them is then broken, and not taken again.
//
// A move is one cluster of each chain.
type clusters struct {
	energy core.Energy
	first  first
	space  core.Space
	bonds  core.Bonds
	p      []float64 // of each bond, at both of its ends
	beta   float64
	x      []float64
	turned [][]int32 // of each chain, the cluster at work
	taken  []bool
	batch  core.Batch

	random []*rand.Rand // during a move
	task   func(i int)
}

// newClusters builds the sampler. Without the energy's bonds at hand it can place chains, and they
// have to move where the energy is.
func newClusters(o Options, t core.Target) (core.Sampler, error) {
	space := t.Energy.Spec().Space
	k := &clusters{energy: t.Energy, first: firstOf(t), space: space, beta: t.Beta}
	if e, ok := core.AbilityOf[core.Bonded](t.Energy); ok {
		var err error
		if k.bonds, err = e.Bonds(); err != nil {
			return nil, err
		}
		if k.bonds.Frustrated() {
			err := core.Errorf(core.Mismatch, "open sampler", string(o.Method), "the couplings are frustrated: no configuration satisfies all, and clusters would take all of the system")
			err.Hint = "use " + string(MethodSingleSite) + ", with temperatures for parallel tempering"
			return nil, err
		}
		k.p = make([]float64, len(k.bonds.J))
		for b, j := range k.bonds.J {
			k.p[b] = -math.Expm1(-2 * t.Beta * math.Abs(j))
		}
	}
	return newChains(o, space.Size(), 0, k.of), nil
}

// of is the kernel for so many chains.
func (k *clusters) of(chains int) kernel {
	n := *k
	n.x, n.turned, n.taken = make([]float64, chains*k.space.Size()), make([][]int32, chains), make([]bool, chains)
	n.task = func(c int) { n.taken[c] = n.turn(c, n.random[c]) }
	return &n
}

func (k *clusters) start(seed uint64, random []*rand.Rand) ([]float64, error) {
	x := make([]float64, len(k.x))
	return x, k.first(x, seed, random)
}

func (k *clusters) enter(at place, x []float64, _ uint64, _ int) error {
	copy(k.x, x)
	u := make([]float64, len(k.turned))
	if err := k.evaluate(); err != nil {
		return err
	}
	scale(u, k.beta, k.batch.E)
	return finite(at.from, k.batch.E, u)
}

func (k *clusters) evaluate() error {
	n := len(k.turned)
	k.batch.N, k.batch.X, k.batch.E = n, k.x, core.Resize(k.batch.E, n)
	return k.energy.Eval(k.batch.E, &k.batch)
}

func (k *clusters) move(accepted []float64, _ float64, random []*rand.Rand) (float64, error) {
	if k.p == nil {
		err := core.Errorf(core.Unsupported, "move chains", string(MethodWolff), "the energy's process does not make clusters")
		err.Hint = "energies that are built with the framework's SDK do; use " + string(MethodSingleSite) + " for this one"
		return 0, err
	}
	k.random = random
	par.For(len(k.turned), k.task)
	k.random = nil
	sum := 0.0
	for c, taken := range k.taken {
		if taken {
			accepted[c]++
			sum++
		}
	}
	return sum / float64(len(k.taken)), nil
}

// turn turns a cluster of chain c over, and tells whether it stays so.
func (k *clusters) turn(c int, random *rand.Rand) bool {
	n := k.bonds.Sites()
	x, b := k.x[c*n:(c+1)*n], &k.bonds
	seed := random.IntN(n)
	cluster := append(k.turned[c][:0], int32(seed))
	x[seed] = -x[seed]
	for at := 0; at < len(cluster); at++ {
		i := cluster[at]
		was := -x[i]
		for e := b.Start[i]; e < b.Start[i+1]; e++ {
			if j := b.Site[e]; b.J[e]*was*x[j] > 0 && random.Float64() < k.p[e] {
				x[j] = -x[j]
				cluster = append(cluster, j)
			}
		}
	}
	k.turned[c] = cluster
	if b.H == nil {
		return true
	}
	change := 0.0 // sum_i h_i s_i before, twice
	for _, i := range cluster {
		change -= 2 * b.H[i] * x[i]
	}
	if accepts(k.beta*change, random.Float64()) {
		return true
	}
	for _, i := range cluster {
		x[i] = -x[i]
	}
	return false
}

func (k *clusters) show(dst *core.Batch, i int) error {
	copy(dst.X[i*k.space.Size():], k.x)
	if err := k.evaluate(); err != nil {
		return err
	}
	copy(dst.E[i:], k.batch.E)
	return nil
}

func (k *clusters) leave() []float64 { return append([]float64(nil), k.x...) }
