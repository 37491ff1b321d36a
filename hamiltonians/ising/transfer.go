package ising

import (
	"math"
	"math/bits"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// The transfer matrix, site by site. For every state t of a row the sum over
// all rows above is kept as an ensemble: its weight, mean and variance of its
// energy, relative to one of its levels. Adding site x of the next row sums over the old spin s_x:
//
//	Z'(.. s'_x ..) = sum_{s_x} exp(beta J s'_x s_x) Z(.. s_x ..)
//
// and the law of total variance joins the moments, so that heat capacities do
// not suffer from cancellation and weights of any ratio can be joined. A row
// costs width * 2^width such steps instead of 4^width.
//
// An open lattice needs one such pass. On a torus the first row is fixed and
// Z is the sum over its states; states that translations, the half turn of
// the torus (which reverses a row) or, without field, the flip of all spins
// map onto each other have equal sums, and one of each orbit is computed.

// ensemble is a set of weighted configurations of total weight
// w exp(x - beta e). The factor w grows at each join; settle keeps it from
// overflowing, seldom enough that its logarithm costs nothing. Weights compare
// by differences of e alone, so at any beta, +Inf included, levels that are equal
// count as that.
type ensemble struct {
	e, x, w        float64
	mean, variance float64 // of the energy, the mean relative to e
}

// join unites two ensembles.
func (p pass) join(a, b ensemble) ensemble {
	above := b.e - a.e
	if math.Abs(above) <= p.tolerance {
		above = 0
	}
	fall := b.x - a.x
	if above != 0 {
		fall -= p.beta * above
	}
	if fall > 0 {
		a, b, above, fall = b, a, -above, -fall
	}
	wb := b.w * math.Exp(fall)
	w := a.w + wb
	share := wb / w
	d := b.mean + above - a.mean
	return ensemble{
		e: a.e, x: a.x, w: w,
		mean:     a.mean + share*d,
		variance: a.variance + share*(b.variance-a.variance) + share*(1-share)*d*d,
	}
}

// single is the ensemble of one configuration of energy e.
func single(e float64) ensemble { return ensemble{e: e, w: 1} }

// settle makes w = 1.
func (a *ensemble) settle() {
	a.x += math.Log(a.w)
	a.w = 1
}

func (p pass) joinAll(v []ensemble) ensemble {
	all := v[0]
	for _, a := range v[1:] {
		all = p.join(all, a)
	}
	all.settle()
	return all
}

// maxSteps bounds the joins of one solution, of some 20 ns each, shared by two
// processors on a torus: about a second.
const maxSteps = 1 << 27

// transfer is a lattice turned so that its rows are the short edge.
type transfer struct {
	lattice
	w, h int // width and number of rows
}

func newTransfer(l lattice) transfer {
	// All bonds stay bonds when x and y are exchanged.
	return transfer{lattice: l, w: min(l.lx, l.ly), h: max(l.lx, l.ly)}
}

// affordable tells whether solve stays within maxSteps.
func (t transfer) affordable() bool {
	w := float64(t.w)
	steps := math.Exp2(w) * w * float64(t.h)
	if !t.periodic {
		return 2*steps <= maxSteps // on one processor
	}
	steps *= math.Exp2(w) / (2 * w) // about the number of orbits
	if t.field == 0 {
		steps /= 2
	}
	if t.triangular {
		steps *= 2 // the spin that is kept
	}
	return steps <= maxSteps
}

// solve returns the exact values at beta, which may be +Inf.
func (t transfer) solve(beta float64) (core.Exact, error) {
	largest := math.Abs(t.j)*t.countBonds() + math.Abs(t.field)*float64(t.w*t.h) // no |E| is larger
	p := pass{transfer: t, beta: beta, tolerance: exact.Range{Highest: largest}.Tolerance(), row: make([]float64, 1<<t.w)}
	for s := range p.row {
		p.row[s] = t.rowEnergy(uint(s))
	}
	var all ensemble
	if t.periodic {
		all = p.torus()
	} else {
		all = p.open()
	}
	sum := exact.Partition{Lowest: all.e, LogW: all.x, Excess: all.mean}
	if all.variance > 0 {
		spread := beta * math.Sqrt(all.variance)
		sum.HeatCapacity = spread * spread
	}
	return sum.Discrete(beta, "transfer matrix"), nil
}

// Rows are bit patterns: bit x is 1 where spin x is down.

// rowEnergy is the energy of a row's own bonds and of the field on it.
func (t transfer) rowEnergy(s uint) float64 {
	bonds, unequal := t.w-1, bits.OnesCount((s^s>>1)&(1<<(t.w-1)-1))
	if t.periodic {
		bonds, unequal = t.w, bits.OnesCount(s^t.rotate(s))
	}
	up := t.w - 2*bits.OnesCount(s)
	return -t.j*float64(bonds-2*unequal) - t.field*float64(up)
}

// rotate moves spin x to x+1 around the row.
func (t transfer) rotate(s uint) uint {
	return (s<<1 | s>>(t.w-1)) & (1<<t.w - 1)
}

// coupling is the energy of the bonds from row a to row b below it on a torus.
func (t transfer) coupling(a, b uint) float64 {
	bonds := t.w - 2*bits.OnesCount(a^b)
	if t.triangular {
		bonds += t.w - 2*bits.OnesCount(t.rotate(a)^b)
	}
	return -t.j * float64(bonds)
}

// orbits returns one row state of each orbit and the orbits' sizes.
func (t transfer) orbits() (states []uint, sizes []float64) {
	index := make(map[uint]int)
	all := uint(1)<<t.w - 1
	for s := range all + 1 {
		images := []uint{s, bits.Reverse(s) >> (bits.UintSize - t.w)}
		if t.field == 0 {
			images = append(images, all^images[0], all^images[1])
		}
		least := s
		for _, image := range images {
			for range t.w {
				image = t.rotate(image)
				least = min(least, image)
			}
		}
		i, ok := index[least]
		if !ok { // least itself comes first
			i = len(states)
			index[least] = i
			states, sizes = append(states, s), append(sizes, 0)
		}
		sizes[i]++
	}
	return states, sizes
}

// pass is a transfer matrix at one beta.
type pass struct {
	transfer
	beta      float64
	tolerance float64   // up to which energies are equal
	row       []float64 // energies of the row states
}

// open sums over an open lattice.
func (p pass) open() ensemble {
	v := make([]ensemble, 1<<p.w)
	for s, e := range p.row {
		v[s] = single(e)
	}
	for range p.h - 1 {
		p.nextRow(v)
	}
	return p.joinAll(v)
}

// torus sums over a torus.
func (p pass) torus() ensemble {
	starts, sizes := p.orbits()
	sums := make([]ensemble, len(starts))
	par.For(len(starts), func(i int) {
		sums[i] = p.from(starts[i])
		sums[i].x += math.Log(sizes[i])
	})
	return p.joinAll(sums)
}

// from sums over a torus whose first row is s0.
func (p pass) from(s0 uint) ensemble {
	if p.h == 1 {
		e := p.row[s0] + p.coupling(s0, s0)
		return single(e)
	}
	n := 1 << p.w
	v := make([]ensemble, n, 2*n) // room for the kept spin
	for s := range v {
		e := p.row[s0] + p.coupling(s0, uint(s)) + p.row[s]
		v[s] = single(e)
	}
	for range p.h - 2 {
		p.nextRow(v)
	}
	for s := range v {
		v[s].e += p.coupling(uint(s), s0)
	}
	return p.joinAll(v)
}

// nextRow replaces the ensembles of the states of a row by those of the next.
// Sites are added from right to left, so that the old spin x-1 that the
// diagonal bond of site x needs is still there.
func (p pass) nextRow(v []ensemble) {
	if p.triangular && p.periodic {
		p.addTwistedRow(v)
	} else {
		for x := p.w - 1; x >= 0; x-- {
			p.addSite(v, x)
			if p.triangular && x > 0 {
				p.addBond(v, x, x-1)
			}
		}
	}
	for s := range v {
		v[s].e += p.row[s]
		v[s].settle()
	}
}

// addTwistedRow adds the sites of a row of the triangular torus, where the
// diagonal bond of the last site added leads to the old rightmost spin: it is
// kept as bit w of the state until then. v has room for the doubled states.
func (p pass) addTwistedRow(v []ensemble) {
	n, x := len(v), p.w-1
	wide := v[:2*n]
	for s := range n / 2 { // the rightmost spin is the highest bit of a row
		up, down := v[s], v[s+n/2]
		wide[s], wide[s+n/2] = up, up
		wide[n+s], wide[n+s+n/2] = down, down
	}
	p.addBond(wide, x, p.w)
	for ; x > 0; x-- {
		p.addBond(wide, x, x-1)
		p.addSite(wide, x-1)
	}
	p.addBond(wide, 0, p.w)
	for s := range v {
		v[s] = p.join(wide[s], wide[n+s])
	}
}

// addSite sums over the old spin x and puts the new one in its place.
func (p pass) addSite(v []ensemble, x int) {
	for base := 0; base < len(v); base += 2 << x {
		ups, downs := v[base:][:1<<x], v[base+1<<x:][:1<<x]
		for s, up := range ups {
			down := downs[s]
			up.e -= p.j
			down.e += p.j
			ups[s] = p.join(up, down)
			up.e += 2 * p.j
			down.e -= 2 * p.j
			downs[s] = p.join(up, down)
		}
	}
}

// addBond adds the bond between the spins at two bits of the state.
func (p pass) addBond(v []ensemble, x, y int) {
	for s := range v {
		e := -p.j
		if (s>>x^s>>y)&1 == 1 {
			e = p.j
		}
		v[s].e += e
	}
}
