package sample

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/leap"
)

// leapfrog is Hamiltonian Monte Carlo (Duane, Kennedy, Pendleton and Roweth
// 1987, Phys. Lett. B 195, 216; Neal 2011, arXiv:1206.1901) for the density
// exp(-U(q)): momenta p ~ N(0, 1), then L leapfrog steps of H = U(q) + p^2/2,
//
//	p -= eps/2 grad U(q),   q += eps p,   p -= eps/2 grad U(q),
//
// the last half of a kick and the first half of the next in one, which preserve volume and are undone by p -> -p, then acceptance with
// probability min(1, exp(-(H' - H))). Three more methods are special cases:
//
//	L = 1            MALA, the Langevin step q - eps^2/2 grad U + eps p
//	grad U left out  Metropolis: q + eps p, and H' - H = U' - U
//	q = z            latent HMC; only U differs
//
// On a sphere, or where q goes round, the space's geodesic stands in for q += eps p,
// and p is kept in the tangent space (Byrne and Girolami 2013, Scandinavian Journal
// of Statistics 40, 825, arXiv:1301.6064): volume and reversibility are as before.
//
// The step of a chain is eps = step (1 +- jitter u) with u uniform, drawn anew
// for every move: a fixed L eps that meets the period of a mode would bring it
// back to where it was (Neal 2011, section 3.2).
type leapfrog struct {
	space     core.Space // of q
	potential potential
	first     first
	steps     int
	flat      bool // q moves along straight lines
	raw       bool // the energy is its author's own: see core.Target

	now, next point
	p         []float64
	eps, half []float64 // of each chain: its step, and half of it
	h         []float64 // H at the start of the move
	lost      []bool    // chains whose trajectory is given up
	ratio     []float64 // of each chain: the probability that its move is accepted
}

// jitter is the largest relative change of a chain's step. Half of it leaves
// long periods in resonance, twice as much wastes small steps.
const jitter = 0.2

// divergence is the error in H at which a trajectory is given up, rejected and
// followed no further, so that no energy is asked for at senseless places. It
// would be accepted with probability exp(-1000), if it came to that.
const divergence = 1000

func newLeapfrog(space core.Space, chains, steps int, u potential, from first) *leapfrog {
	d := space.Size()
	return &leapfrog{space: space, potential: u, first: from, steps: steps, flat: space.Flat(),
		now: u.point(chains, d), next: u.point(chains, d), p: make([]float64, chains*d),
		eps: make([]float64, chains), half: make([]float64, chains), h: make([]float64, chains), lost: make([]bool, chains), ratio: make([]float64, chains)}
}

func (l *leapfrog) start(seed uint64, random []*rand.Rand) ([]float64, error) {
	q := make([]float64, len(l.p))
	return q, l.first(q, seed, random)
}

func (l *leapfrog) enter(at place, q []float64, _ uint64, _ int) error {
	return l.enterFrom(at.from, q)
}

// enterFrom takes up chains first, first+1, ... of all.
func (l *leapfrog) enterFrom(first int, q []float64) error {
	copy(l.now.q, q)
	if l.raw {
		l.now.blank()
	}
	if err := l.potential.at(&l.now); err != nil {
		return err
	}
	return finite(first, l.now.e, l.now.u)
}

// finite refuses chains that cannot move, because every ratio is 0 or NaN.
func finite(first int, e, u []float64) error {
	for c, v := range u {
		if v-v != 0 {
			err := core.Errorf(core.Numeric, "start chains", fmt.Sprintf("chain %d", first+c), "its energy is %v, and -ln of its density %v", e[c], v)
			err.Hint = "another seed, or a model to start from, may help"
			return err
		}
	}
	return nil
}

func (l *leapfrog) move(accepted []float64, step float64, random []*rand.Rand) (float64, error) {
	err := l.moveEach(l.ratio, accepted, step, random)
	return mean(l.ratio), err
}

func (l *leapfrog) ratios() []float64 { return l.ratio }

// moveEach is move, with the acceptance probability of each chain by itself.
func (l *leapfrog) moveEach(ratio, accepted []float64, step float64, random []*rand.Rand) error {
	d := len(l.p) / len(l.h)
	for c, r := range random {
		l.eps[c] = step * (1 + jitter*(2*r.Float64()-1))
		p := l.p[c*d : (c+1)*d]
		normals(p, r)
		l.space.Project(l.now.q[c*d:(c+1)*d], p)
		l.h[c] = l.now.u[c] + kinetic(p)
	}
	if err := l.trajectory(); err != nil {
		return err
	}
	for c, r := range random {
		a := math.Exp(min(0, l.h[c]-l.next.u[c]-kinetic(l.p[c*d:(c+1)*d])))
		u := r.Float64()          // always, so that the stream goes on alike
		if a != a && !l.lost[c] { // of the last kick
			if err := l.sensible(c); err != nil {
				return err
			}
			l.lost[c] = true
		}
		if ratio[c] = a; l.lost[c] {
			ratio[c] = 0
			continue
		}
		if u < a {
			accepted[c]++
			l.now.take(&l.next, c, d)
		}
	}
	return nil
}

// sensible looks at the place that chain c does not go on from, where nobody else has.
func (l *leapfrog) sensible(c int) error {
	if !l.raw {
		return nil
	}
	return l.next.senseless(c)
}

// mean of the chains, whose order alone decides how it is rounded.
func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// trajectory follows all chains from now with momenta p to next and p. Two halves of a kick at
// the same place are one.
func (l *leapfrog) trajectory() error {
	d := len(l.p) / len(l.h)
	copy(l.next.q, l.now.q)
	copy(l.next.g, l.now.g)
	clear(l.lost)
	scale(l.half, 0.5, l.eps)
	for k := range l.steps {
		kick := l.eps
		if k == 0 {
			kick = l.half
		}
		l.kickAndMove(kick)
		if l.raw {
			l.next.blank()
		}
		if err := l.potential.at(&l.next); err != nil {
			return err
		}
		for c, u := range l.next.u {
			if !l.lost[c] && !(u-l.h[c] < divergence) { // H is more by the kinetic energy
				if err := l.sensible(c); err != nil {
					return err
				}
				l.lost[c] = true
				copy(l.next.q[c*d:(c+1)*d], l.now.q[c*d:]) // a place known to be sound
			}
		}
	}
	for c := range l.eps {
		l.kick(c, l.half[c])
	}
	return nil
}

// kickAndMove changes the momenta p at q by -kick g, and takes a step of q.
func (l *leapfrog) kickAndMove(kick []float64) {
	if l.flat {
		leap.Step(l.next.q, l.p, l.next.g, kick, l.eps, l.lost)
		return
	}
	d := len(l.p) / len(l.h)
	for c, eps := range l.eps {
		if !l.lost[c] {
			l.kick(c, kick[c])
			l.space.Move(l.next.q[c*d:(c+1)*d], l.p[c*d:(c+1)*d], eps)
		}
	}
}

// kick changes the momentum of chain c by -kick g.
func (l *leapfrog) kick(c int, kick float64) {
	d := len(l.p) / len(l.h)
	p, g := l.p[c*d:(c+1)*d], l.next.g[c*d:(c+1)*d]
	for j := range p {
		p[j] -= kick * g[j]
	}
	if !l.flat {
		l.space.Project(l.next.q[c*d:(c+1)*d], p)
	}
}

func (l *leapfrog) show(dst *core.Batch, i int) error {
	copy(dst.X[i*len(l.p)/len(l.h):], l.now.x)
	copy(dst.E[i:], l.now.e)
	return nil
}

func (l *leapfrog) leave() []float64 { return append([]float64(nil), l.now.q...) }

// kinetic energy p^2/2 of one chain, as four sums, which do not wait for each other.
func kinetic(p []float64) float64 {
	var a, b, c, d float64
	for ; len(p) >= 4; p = p[4:] {
		a += p[0] * p[0]
		b += p[1] * p[1]
		c += p[2] * p[2]
		d += p[3] * p[3]
	}
	for _, v := range p {
		a += v * v
	}
	return ((a + b) + (c + d)) / 2
}
