package learn

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/assign"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// Starts and ends of paths that are drawn independently cross each other. Optimal
// transport within blocks of a batch deals the starts to the ends,
//
//	min over permutations sigma of sum_i |x_1,i - x_0,sigma(i)|^2,
//
// and leaves the densities of both as they are (Pooladian et al. 2023, arXiv:2304.14772;
// Tong et al. 2023, arXiv:2302.00482). Between configurations of identical particles the
// distance is that of the best order of the particles (Klein, Kraemer and Noe 2023,
// arXiv:2306.15030), an assignment problem of its own:
//
//	|x_1 - x_0|^2 = min over permutations tau of sum_k |r_1,k - r_0,tau(k)|^2.
//
// Of independent pairs the order of the particles alone can be chosen.

// coupler has the memory of a core.Coupler.
type coupler struct {
	core.Coupling
	particles, d int // of a configuration, and coordinates of a particle
	blocks       []block
}

// block is the memory of one that is dealt.
type block struct {
	outer, inner assign.Solver
	cost, pair   []float64
	sigma, best  []int
}

// NewCoupler returns the coupler of configurations of a space, nil where starts and ends
// stay as they are.
func NewCoupler(c core.Coupling, space core.Space) core.Coupler {
	if c == (core.Coupling{}) {
		return nil
	}
	k := &coupler{Coupling: c, particles: 1, d: space.Size()}
	if c.Particles {
		k.particles, k.d = space.Shape[0], space.Shape[1]
	}
	k.Block = max(k.Block, 1)
	return k
}

// Couple implements core.Coupler.
func (k *coupler) Couple(start, unpaired, end []float64, from, n int, last bool) error {
	m := k.Block
	if from%m != 0 || n%m != 0 && !last {
		return core.Errorf(core.Unsupported, "couple", "", "a block of %d configurations is on two ranks; run on one, or make the batch a multiple of the block and of the ranks", m)
	}
	for len(k.blocks) < (n+m-1)/m {
		k.blocks = append(k.blocks, block{})
	}
	size := k.particles * k.d
	par.For((n+m-1)/m, func(b int) {
		at, to := b*m*size, min((b+1)*m, n)*size
		k.deal(&k.blocks[b], start[at:to], unpaired[at:to], end[at:to])
	})
	return nil
}

// deal couples the configurations of one block.
func (k *coupler) deal(w *block, start, unpaired, end []float64) {
	size := k.particles * k.d
	n := len(end) / size
	w.cost, w.sigma = core.Resize(w.cost, n*n), core.Resize(w.sigma, n)
	w.best = core.Resize(w.best, n*n*k.particles)
	for i := range n {
		for j := range n {
			c := i*n + j
			w.cost[c] = k.match(w, w.best[c*k.particles:(c+1)*k.particles], unpaired[j*size:(j+1)*size], end[i*size:(i+1)*size])
		}
	}
	w.outer.Solve(w.sigma, w.cost)
	for i, j := range w.sigma {
		tau := w.best[(i*n+j)*k.particles:]
		for p := range k.particles {
			copy(start[i*size+p*k.d:i*size+(p+1)*k.d], unpaired[j*size+tau[p]*k.d:])
		}
	}
}

// match finds which particle of x_0 goes to each of x_1, and their squared distance.
func (k *coupler) match(w *block, tau []int, x0, x1 []float64) float64 {
	if k.particles == 1 {
		tau[0] = 0
		return square(x0, x1)
	}
	w.pair = core.Resize(w.pair, k.particles*k.particles)
	for p := range k.particles {
		for q := range k.particles {
			w.pair[p*k.particles+q] = square(x0[q*k.d:(q+1)*k.d], x1[p*k.d:(p+1)*k.d])
		}
	}
	return w.inner.Solve(tau, w.pair)
}

func square(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += (v - b[i]) * (v - b[i])
	}
	return sum
}
