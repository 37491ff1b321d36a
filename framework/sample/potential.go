package sample

import (
	"fmt"
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// potential is U = -ln of the density of some coordinates q, up to a constant.
type potential interface {
	// point makes room for chains of d coordinates.
	point(chains, d int) point
	// at fills in all that follows from p.q.
	at(p *point) error
}

// point is where all chains stand, one after the other.
type point struct {
	q, u, g []float64 // coordinates, U, grad U
	x, e    []float64 // the configurations that q stands for, and their energies
}

// inX is a point whose coordinates are the configurations themselves.
func inX(chains, d int) point {
	q := make([]float64, chains*d)
	return point{q: q, u: make([]float64, chains), g: make([]float64, chains*d), x: q, e: make([]float64, chains)}
}

// take copies chain c of another point.
func (p *point) take(o *point, c, d int) {
	copy(p.q[c*d:(c+1)*d], o.q[c*d:])
	copy(p.g[c*d:(c+1)*d], o.g[c*d:])
	copy(p.x[c*d:(c+1)*d], o.x[c*d:])
	p.u[c], p.e[c] = o.u[c], o.e[c]
}

// inEnergy is U = beta E(x) without its gradient, which is put to zero.
type inEnergy struct {
	energy core.Energy
	beta   float64
	batch  core.Batch
}

func (*inEnergy) point(chains, d int) point { return inX(chains, d) }

func (f *inEnergy) at(p *point) error {
	f.batch.N, f.batch.X = len(p.u), p.x
	if err := f.energy.Eval(p.e, &f.batch); err != nil {
		return err
	}
	clear(p.g)
	scale(p.u, f.beta, p.e)
	return nil
}

// inForces is U = beta E(x), grad U = beta dE/dx.
type inForces struct {
	energy core.EnergySloper
	beta   float64
	batch  core.Batch
}

func (*inForces) point(chains, d int) point { return inX(chains, d) }

func (f *inForces) at(p *point) error {
	f.batch.N, f.batch.X = len(p.u), p.x
	if err := f.energy.Slope(p.g, p.e, &f.batch); err != nil {
		return err
	}
	scale(p.u, f.beta, p.e)
	scale(p.g, f.beta, p.g)
	return nil
}

// inRows is inForces, or inEnergy without forces, of an energy that several threads can ask.
type inRows struct {
	energy core.Concurrent
	beta   float64
	forces bool
}

func (*inRows) point(chains, d int) point { return inX(chains, d) }

func (f *inRows) at(p *point) error {
	g := p.g
	if !f.forces {
		clear(g)
		g = nil
	}
	if err := f.energy.EvalRows(g, p.e, p.x); err != nil {
		return err
	}
	scale(p.u, f.beta, p.e)
	scale(g, f.beta, g)
	return nil
}

// inLatent is the potential of the latent variables z of a map x = f(z), under
// which x has the Boltzmann density (Li and Wang 2018, Phys. Rev. Lett. 121,
// 260601, arXiv:1802.02840):
//
//	U(z) = -[ln N(z) - beta E(x) - ln q(x)] = beta E(f(z)) - ln|det dx/dz|,
//	grad U = (dx/dz)^T beta dE/dx - grad_z ln|det dx/dz|.
//
// Where q is the Boltzmann density it is -ln p_0(z), z^2/2 without a base: the chain mixes as fast as one
// on independent normal variables.
type inLatent struct {
	forces *inForces
	model  core.Mapper
	xbar   []float64 // beta dE/dx
	lbar   []float64 // -1
	lnDet  []float64
}

func newInLatent(chains, d int, m core.Mapper, f *inForces) *inLatent {
	u := &inLatent{forces: f, model: m, xbar: make([]float64, chains*d), lbar: make([]float64, chains), lnDet: make([]float64, chains)}
	for c := range u.lbar {
		u.lbar[c] = -1
	}
	return u
}

func (*inLatent) point(chains, d int) point {
	p := inX(chains, d)
	p.x = make([]float64, chains*d)
	return p
}

func (l *inLatent) at(p *point) error {
	if err := l.model.Map(p.x, l.lnDet, p.q); err != nil {
		return err
	}
	if err := l.forces.at(&point{u: p.u, g: l.xbar, x: p.x, e: p.e}); err != nil {
		return err
	}
	for c, v := range l.lnDet {
		p.u[c] -= v
	}
	return l.model.MapPull(p.g, p.q, l.xbar, l.lbar)
}

// blank makes what an energy does not write a NaN, which no chain takes for a number.
func blank(v []float64) {
	for i := range v {
		v[i] = math.NaN()
	}
}

// blank makes all that at fills in a NaN.
func (p *point) blank() {
	blank(p.e)
	blank(p.g)
}

// senseless says what is wrong with chain c at a place that no trajectory goes on from: nothing
// where E is +Inf, or so large that the step was too long for it.
func (p *point) senseless(c int) error {
	d := len(p.g) / len(p.u)
	e, g := p.e[c], p.g[c*d:(c+1)*d]
	said := "its energy"
	if i := slices.IndexFunc(p.q[c*d:(c+1)*d], math.IsNaN); i >= 0 { // a slope has brought it there
		e, said = p.q[c*d+i], fmt.Sprintf("component %d of its slope at the place before", i)
	}
	if !math.IsNaN(e) && !math.IsInf(e, -1) {
		i := slices.IndexFunc(g, func(v float64) bool { return v-v != 0 })
		if math.IsInf(e, 1) || i < 0 {
			return nil
		}
		said, e = fmt.Sprintf("component %d of its slope", i), g[i]
	}
	err := core.Errorf(core.Numeric, "move chains", "energy", "%s is %v", said, e)
	err.Hint = "NaN is also what the energy leaves out; every number has to be written, and +Inf alone stands for a configuration that cannot be"
	return err
}

func scale(dst []float64, by float64, x []float64) {
	if by == 1 && len(dst) > 0 && &dst[0] == &x[0] {
		return
	}
	for i, v := range x {
		dst[i] = by * v
	}
}
