//go:build !cgo || purego

package kernels

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// leak is the slope of LeakyReLU below 0.
const leak = 0.01

func activate[T tensor.Real](f Activation, y []T) {
	for i, v := range y {
		switch f {
		case ELU:
			y[i] = max(v, 0) + expm1(min(v, 0))
		case Tanh:
			y[i] = tanh1(v)
		case LeakyReLU:
			y[i] = max(v, 0) + leak*min(v, 0)
		case Softplus:
			y[i] = softplus(v)
		}
	}
}

func activateBackward[T tensor.Real](f Activation, dy, y []T) {
	for i, v := range y[:len(dy)] {
		switch f {
		case ELU:
			dy[i] *= 1 + min(v, 0)
		case Tanh:
			dy[i] *= 1 - v*v
		case LeakyReLU:
			if v <= 0 {
				dy[i] *= leak
			}
		case Softplus:
			dy[i] *= -expm1(-v)
		}
	}
}

// mlpScratch holds the inputs, all hidden activations and the adjoints of two
// layers, for one configuration.
func mlpScratch(m MLP) int {
	size, widest := int(m.Sizes[0]), int(m.Sizes[0])
	for _, units := range m.Sizes[1:] {
		size += m.Groups * int(units)
		widest = max(widest, m.Groups*int(units))
	}
	return size + 2*widest
}

// values evaluates the networks in configuration j at one place, every layer
// behind the one before, and returns all of them and the number in use.
func mlpValues[T tensor.Real](m MLP, x, w []T, in []int64, j, n int, h []T) (outputs int) {
	for i, r := range in {
		h[i] = x[int(r)*n+j]
	}
	from := 0
	m.Layers(func(at, rows, cols int) {
		to, stride := from+m.stored(at, cols), m.stride(at, cols)
		for r := range rows {
			sum := w[at+rows*cols+r]
			for c, v := range w[at+r*cols : at+(r+1)*cols] {
				sum += v * h[from+r/(rows/m.Groups)*stride+c]
			}
			h[to+r] = sum
		}
		if at+rows*(cols+1) < m.Weights() {
			activate(m.Activation, h[to:to+rows])
		}
		from = to
	})
	return from
}

// stride is the distance of the inputs of neighbouring groups in the layer
// whose weights begin at at: the first layer's are shared.
func (m MLP) stride(at, cols int) int {
	if at == 0 {
		return 0
	}
	return cols
}

// stored is the number of inputs of a layer.
func (m MLP) stored(at, cols int) int {
	if at == 0 {
		return cols
	}
	return m.Groups * cols
}

func mlpForward[T tensor.Real](m MLP, y, x, w []T, in []int64, places, n int, scratch []T) {
	inputs, outputs := int(m.Sizes[0]), m.Outputs()
	for p := range places {
		for j := range n {
			o := mlpValues(m, x, w, in[p*inputs:(p+1)*inputs], j, n, scratch)
			for r := range outputs {
				y[(p*outputs+r)*n+j] = scratch[o+r]
			}
		}
	}
}

func mlpBackward[T tensor.Real](m MLP, dx, dw, dy, x, w []T, in []int64, places, n int, scratch []T) {
	inputs, outputs := int(m.Sizes[0]), m.Outputs()
	for p := range places {
		for j := range n {
			rows := in[p*inputs : (p+1)*inputs]
			o := mlpValues(m, x, w, rows, j, n, scratch)
			d := scratch[o+outputs:]
			for r := range outputs {
				d[r] = dy[(p*outputs+r)*n+j]
			}
			for i, v := range mlpPull(m, dw, w, d, scratch[:o]) {
				dx[int(rows[i])*n+j] += v
			}
		}
	}
}

// pull takes the adjoints of the outputs, at the head of d, to those of the
// inputs. h are the inputs and hidden activations.
func mlpPull[T tensor.Real](m MLP, dw, w, d, h []T) []T {
	half := len(d) / 2
	d, e := d[:half], d[half:]
	end, at := len(h), m.Weights()
	for l := len(m.Sizes) - 2; l >= 0; l-- {
		rows, cols := m.Groups*int(m.Sizes[l+1]), int(m.Sizes[l])
		at -= rows * (cols + 1)
		from, stride := end-m.stored(at, cols), m.stride(at, cols)
		clear(e)
		for r := range rows {
			g := r / (rows / m.Groups) * stride
			for c := range cols {
				e[g+c] += d[r] * w[at+r*cols+c]
			}
			if dw == nil {
				continue
			}
			dw[at+rows*cols+r] += d[r]
			for c := range cols {
				dw[at+r*cols+c] += d[r] * h[from+g+c]
			}
		}
		if l > 0 {
			activateBackward(m.Activation, e[:end-from], h[from:end])
		}
		d, e, end = e, d, from
	}
	return d[:m.Sizes[0]]
}
