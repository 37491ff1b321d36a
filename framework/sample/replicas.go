package sample

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Parallel tempering (Hukushima and Nemoto 1996, J. Phys. Soc. Jpn. 65, 1604; Swendsen and Wang
// 1986, Phys. Rev. Lett. 57, 2607): a chain is one replica at each temperature of a ladder, with the
// density prod_r exp(-beta_r E(x_r)). After each move, from the hottest pair to the coldest, the
// configurations of neighbours r, r+1 are exchanged with probability
//
//	min(1, exp[(beta_r - beta_(r+1)) (E(x_r) - E(x_(r+1)))]),
//
// which leaves the density unchanged. Draws are those of the replica at the run's temperature.

// ladder is the inverse temperatures of the replicas.
func ladder(o Options, beta float64) ([]float64, error) {
	betas := []float64{beta}
	below := 1 / beta
	for i, t := range o.Temperatures {
		if !(t > below) || math.IsInf(t, 1) {
			err := core.Errorf(core.Invalid, "open sampler", string(o.Method), "sampler.temperatures: number %d is %v, after %v", i+1, t, below)
			err.Hint = "give finite temperatures, each above the one before, and the first above that of the run"
			return nil, err
		}
		betas = append(betas, 1/t)
		below = t
	}
	return betas, nil
}

// replica is where one replica is.
type replica struct {
	x      []float64
	e      float64
	follow core.Follower // nil where chains move together
}

// take takes up the configuration that x has become.
func (a *replica) take(e float64) {
	a.e = e
	if a.follow != nil {
		a.follow.Start(a.x)
	}
}

// tower is the replicas of a chain.
type tower struct {
	at       []replica
	accepted float64   // of the last move, at the run's temperature
	moves    int       // since the last draw
	swapped  []float64 // exchanges since the last draw, by pair
	err      error
}

func (t *tower) open(replicas, d int, follow func() core.Follower) {
	t.at, t.swapped = make([]replica, replicas), make([]float64, replicas-1)
	x := make([]float64, replicas*d)
	for r := range t.at {
		t.at[r].x = x[r*d : (r+1)*d : (r+1)*d]
		if follow != nil {
			t.at[r].follow = follow()
		}
	}
}

// forget forgets exchanges.
func (t *tower) forget() {
	clear(t.swapped)
	t.moves = 0
}

// exchange tries all pairs.
func (t *tower) exchange(betas []float64, random *rand.Rand) {
	for r := len(t.at) - 2; r >= 0; r-- {
		a, b := &t.at[r], &t.at[r+1]
		if accepts((betas[r]-betas[r+1])*(b.e-a.e), random.Float64()) {
			*a, *b = *b, *a
			t.swapped[r]++
		}
	}
	t.moves++
	for r := range t.at {
		if f, ok := t.at[r].follow.(*difference); ok && f.err != nil {
			t.err = f.err
		}
	}
}

// showExchanges writes the accepted fraction of the exchanges of each chain since its last draw, pair
// after pair, at place i and on of the batch.
func (k *sites) showExchanges(dst *core.Batch, i int) {
	pairs := len(k.betas) - 1
	if pairs == 0 {
		return
	}
	all := core.Resize(core.Swaps.Of(dst), dst.N*pairs)
	core.Swaps.Put(dst, all)
	for c := range k.towers {
		t := &k.towers[c]
		for p, n := range t.swapped {
			all[(i+c)*pairs+p] = n / float64(max(1, t.moves))
		}
		t.forget()
	}
}
