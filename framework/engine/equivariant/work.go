package equivariant

import "math"

// Work is a map with its parameters on eight configurations. It keeps what Set
// and Forward computed for the calls that follow, and allocates nothing.
type Work struct {
	*Map
	params       int // length of theta
	theta        []float64
	x            []float64
	cosine, sine []float64 // of half angles k_a x_ia / 2
	kernel
}

// On returns a workspace.
func (m *Map) On() *Work {
	if m.Dim != 2 && m.Dim != 3 {
		panic("equivariant: the dimension is not 2 or 3")
	}
	need("the box", len(m.Box), m.Dim)
	size := m.Size() * Lanes
	w := &Work{Map: m, params: m.Parameters(), x: make([]float64, size), cosine: make([]float64, size), sine: make([]float64, size)}
	w.open()
	return w
}

// Set takes the parameters, which it does not copy, and the configurations, n d
// rows of eight.
func (w *Work) Set(theta, x []float64) {
	need("theta", len(theta), w.params)
	need("x", len(x), len(w.x))
	w.theta = theta
	copy(w.x, x)
	for i, v := range x {
		w.sine[i], w.cosine[i] = math.Sincos(math.Pi / w.Box[i/Lanes%w.Dim] * v)
	}
}

// Forward writes z and J = dz/dx, element ij at (i n d + j)*8.
func (w *Work) Forward(z, jac []float64) {
	size := w.Size()
	need("z", len(z), size*Lanes)
	need("J", len(jac), size*size*Lanes)
	w.forward(z, jac)
	for i, v := range w.x {
		z[i] += v
	}
}

// Along writes J and its first two derivatives along the line x + t v, of element
// ij at (i n d + j)*24, 8 numbers each.
func (w *Work) Along(jac, v []float64) {
	size := w.Size()
	need("v", len(v), size*Lanes)
	need("J", len(jac), 3*size*size*Lanes)
	w.along(jac, v)
}

// Laplacian writes lap z. It follows Forward.
func (w *Work) Laplacian(lap []float64) {
	need("the Laplacian", len(lap), w.Size()*Lanes)
	w.laplacian(lap)
}

// Pull writes the derivatives of
//
//	sum_i zbar_i z_i + sum_ij jbar_ij J_ij
//
// in theta into grad, eight numbers for each parameter, and those in x into xbar.
// jbar may be nil for zero. It follows Forward.
func (w *Work) Pull(grad, xbar, zbar, jbar []float64) {
	size := w.Size()
	need("the gradient", len(grad), w.params*Lanes)
	need("xbar", len(xbar), size*Lanes)
	need("zbar", len(zbar), size*Lanes)
	if jbar != nil {
		need("jbar", len(jbar), size*size*Lanes)
	}
	w.pull(grad, xbar, zbar, jbar)
}
