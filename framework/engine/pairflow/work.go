package pairflow

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels"
)

// eight are the numbers of eight configurations.
type eight = [width]float64

// Work is a map with its parameters on eight configurations. It keeps what Set and Forward
// computed for the calls that follow.
type Work struct {
	*Map
	params       int // length of theta
	length, h    float64
	wave         []float64 // 2 pi/L_a
	pairs        [][2]int  // of all groups
	spans        []span    // of each group
	functions    [][]float64
	layers       []layer
	jets         jets
	bars         bars
	end, product []eight // z and J
	// of Laplacian
	metric, lap, earlier []eight
}

// layer is what is kept of one, matrices row-major.
type layer struct {
	x            []eight   // where it begins
	u, c         []eight   // of pair p and axis a at p d + a
	q, eta, deta []float64 // of pair p and configuration c at p width + c: rho/l, eta and d eta/dq
	jac          []eight   // J_l
	before       []eight   // J_(l-1) ... J_1; nil of the first
}

// On returns a workspace.
func (m *Map) On() *Work {
	if m.Dim < 1 || m.Dim > 3 || m.Layers < 1 || len(m.Box) != m.Dim {
		panic(fmt.Sprintf("pairflow: %d layers in %d dimensions with %d edges", m.Layers, m.Dim, len(m.Box)))
	}
	w := &Work{Map: m, params: m.Parameters(), length: m.Length(), h: m.scale()}
	for _, edge := range m.Box {
		w.wave = append(w.wave, 2*math.Pi/edge)
	}
	for _, g := range m.groups() {
		from := len(w.pairs) * width
		w.pairs = append(w.pairs, g.pairs...)
		w.spans = append(w.spans, span{from, len(w.pairs) * width})
	}
	size, n := m.Size(), len(w.pairs)
	w.functions = make([][]float64, m.own()*len(w.spans))
	for l := range m.Layers {
		of := layer{x: make([]eight, size), u: make([]eight, n*m.Dim), c: make([]eight, n*m.Dim),
			q: make([]float64, n*width), eta: make([]float64, n*width), deta: make([]float64, n*width), jac: make([]eight, size*size)}
		if l > 0 {
			of.before = make([]eight, size*size)
		}
		w.layers = append(w.layers, of)
	}
	w.end, w.product = make([]eight, size), make([]eight, size*size)
	w.lap, w.earlier, w.metric = make([]eight, size), make([]eight, size), make([]eight, size*size)
	w.jets, w.bars = newJets(w), newBars(w)
	return w
}

// Set takes the parameters, which it does not copy, and the configurations, n d rows of eight.
func (w *Work) Set(theta, x []float64) {
	need("theta", len(theta), w.params)
	need("x", len(x), w.Size()*width)
	weights := w.radial().Weights()
	for k := range w.functions {
		w.functions[k] = theta[k*weights : (k+1)*weights]
	}
	load(w.layers[0].x, x)
}

// span are the places of a group in arrays of pairs.
type span struct{ from, to int }

// function is the number of the function of a layer and group.
func (w *Work) function(l, group int) int {
	if w.Tied {
		return group
	}
	return l*len(w.spans) + group
}

// Forward writes z and J = dz/dx, element ij at (i n d + j)*8.
func (w *Work) Forward(z, jac []float64) {
	size := w.Size()
	need("z", len(z), size*width)
	need("J", len(jac), size*size*width)
	for l := range w.layers {
		of, to, product := &w.layers[l], w.end, w.product
		if l+1 < len(w.layers) {
			to, product = w.layers[l+1].x, w.layers[l+1].before
		}
		w.measure(of)
		for g, s := range w.spans {
			kernels.RadialForward(w.radial(), of.eta[s.from:s.to], of.deta[s.from:s.to], of.q[s.from:s.to], nil, w.functions[w.function(l, g)])
		}
		w.move(of, to)
		if of.before == nil {
			copy(product, of.jac)
		} else {
			clear(product)
			multiply(product, of.jac, of.before, size, 1)
		}
	}
	store(z, w.end)
	store(jac, w.product)
}

// measure sets what a layer's pairs are: u, c and rho/l.
func (w *Work) measure(of *layer) {
	for p, pair := range w.pairs {
		var square eight
		for a, k := range w.wave {
			xi, xj := &of.x[pair[0]*w.Dim+a], &of.x[pair[1]*w.Dim+a]
			u, c := &of.u[p*w.Dim+a], &of.c[p*w.Dim+a]
			for i := range square {
				sin, cos := math.Sincos(0.5 * k * (xi[i] - xj[i]))
				u[i], c[i] = 2*sin*cos/k, 1-2*sin*sin
				square[i] += 4 * sin * sin / (k * k)
			}
		}
		for i, s := range square {
			of.q[p*width+i] = math.Sqrt(s) / w.length
		}
	}
}

// move writes where the particles come to, and J.
func (w *Work) move(of *layer, to []eight) {
	d := w.Dim
	copy(to, of.x)
	identity(of.jac, w.Size())
	for p, pair := range w.pairs {
		eta, zeta := w.functionsOf(of, p)
		u, c := of.u[p*d:][:d], of.c[p*d:][:d]
		for a := range d {
			at, away := &to[pair[0]*d+a], &to[pair[1]*d+a]
			for i := range eta {
				f := w.h * eta[i] * u[a][i]
				at[i] += f
				away[i] -= f
			}
			for b := range d {
				var slope eight
				for i := range slope {
					slope[i] = w.h * zeta[i] * u[a][i] * u[b][i]
				}
				if a == b {
					for i := range slope {
						slope[i] += w.h * eta[i] * c[a][i]
					}
				}
				w.addBlock(of.jac, pair, a, b, &slope)
			}
		}
	}
}

// functionsOf returns eta and zeta = eta'/rho of pair p.
func (w *Work) functionsOf(of *layer, p int) (eta, zeta eight) {
	for i := range eta {
		at := p*width + i
		eta[i], zeta[i] = of.eta[at], of.deta[at]/(w.length*w.length*of.q[at])
	}
	return eta, zeta
}

// addBlock adds element ab of what a pair adds to a Jacobian.
func (w *Work) addBlock(jac []eight, pair [2]int, a, b int, v *eight) {
	size := w.Size()
	ia, ja, ib, jb := pair[0]*w.Dim+a, pair[1]*w.Dim+a, pair[0]*w.Dim+b, pair[1]*w.Dim+b
	ii, jj, ij, ji := &jac[ia*size+ib], &jac[ja*size+jb], &jac[ia*size+jb], &jac[ja*size+ib]
	for i, x := range v {
		ii[i] += x
		jj[i] += x
		ij[i] -= x
		ji[i] -= x
	}
}

func need(what string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("pairflow: %s has length %d, want %d", what, got, want))
	}
}
