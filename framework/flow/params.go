package flow

import (
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Start writes the starting values of params, each from a stream of its own.
func Start(theta []float64, params []Param, seed uint64) {
	for k, p := range params {
		values := theta[:p.Size()]
		clear(values)
		if p.Start != nil {
			var r rand.PCG
			core.SeedStream(&r, seed, uint64(k))
			p.Start(values, rand.New(&r))
		}
		theta = theta[p.Size():]
	}
}

// piece is one part of so many of a Param, number k, which stands at off in
// theta.
type piece struct {
	param               *grad.Param
	k, part, parts, off int
}

// pieceSize is the number of parameters that one task copies or sums.
const pieceSize = 1 << 14

func pieces(k int, p *grad.Param, off int) []piece {
	parts := 1 + p.Size()/pieceSize
	var all []piece
	for part := range parts {
		all = append(all, piece{p, k, part, parts, off})
	}
	return all
}

// clearGrads empties the gradients of all workspaces that are about to be used.
// Those that are yet to be made are empty.
func (m *Model) clearGrads(on *chunks) {
	m.on = on
	par.For(len(m.pieces), m.clear)
}

// sumGrads writes the sum of the gradients of the chunks just used to dst, in the
// order of chunks and views.
func (m *Model) sumGrads(dst []float64) {
	par.For(len(m.pieces), m.sum)
	m.call.theta = dst
	par.For(len(m.pieces), m.unload)
	m.release()
}

// thetaOf is the piece's Param in the caller's slice.
func (m *Model) thetaOf(p piece) []float64 { return m.call.theta[p.off : p.off+p.param.Size()] }

func (m *Model) loadPiece(i int) {
	p := m.pieces[i]
	p.param.LoadPart(m.thetaOf(p), p.part, p.parts)
}

func (m *Model) clearPiece(i int) {
	p := m.pieces[i]
	p.param.ClearPart(p.part, p.parts)
	for _, c := range m.on.made {
		for _, v := range c.views {
			v.grads[p.k].ClearPart(p.part, p.parts)
		}
	}
}

func (m *Model) sumPiece(i int) {
	p := m.pieces[i]
	n := len(p.param.Grad)
	from, to := n*p.part/p.parts, n*(p.part+1)/p.parts
	dst := p.param.Grad[from:to]
	for _, c := range m.on.made {
		for _, v := range c.views {
			tensor.Add(dst, dst, v.grads[p.k].Grad[from:to])
		}
	}
}

func (m *Model) unloadPiece(i int) {
	p := m.pieces[i]
	p.param.UnloadPart(m.thetaOf(p), p.part, p.parts)
}
