package optim

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// pieceSize is how many parameters a thread takes at a time: some tens of microseconds of Adam.
const pieceSize = 1 << 14

// pieces moves parameters on all threads, each by its own numbers. It keeps the arguments, so that a
// step does not allocate.
type pieces struct {
	theta    []float64
	d        core.Derivative
	from, to int
	move     func(theta []float64, d core.Derivative, from, to int)
	body     func(int)
}

// each calls move for pieces of the parameters from to to-1, with their theta and gradient.
func (p *pieces) each(theta []float64, d core.Derivative, from, to int, move func(theta []float64, d core.Derivative, from, to int)) {
	p.theta, p.d, p.from, p.to, p.move = theta, d, from, to, move
	if p.body == nil {
		p.body = p.one
	}
	par.For((to-from+pieceSize-1)/pieceSize, p.body)
	p.theta, p.d = nil, core.Derivative{}
}

func (p *pieces) one(k int) {
	from := p.from + k*pieceSize
	to := min(from+pieceSize, p.to)
	d := p.d
	d.Gradient = d.Gradient[from:to]
	p.move(p.theta[from:to], d, from, to)
}
