package electronflow

import (
	"math"
	"math/bits"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels/lanes"
)

// width is the number of configurations that a wave works on.
const width = lanes.Width

// wave is ln Psi_K(x) and its derivatives in eight configurations, component i of
// configuration c at i*8 + c. Arrays that are marked complex have eight real parts
// and eight imaginary parts for each number.
type wave struct {
	m      *Model
	size   int // coordinates
	net    flow
	slater *determinants

	k, x, z []float64
	jac     []float64 // dz/dx

	logDet, phase []float64 // of the Slater determinant; complex phase
	logJac, sign  []float64 // of dz/dx

	// of derivatives
	scratch, inverse []float64 // matrices like jac
	slope, trace     []float64 // complex: d ln det/dz, and (lap Psi)/Psi
	zbar, jbar       []float64
	grad, xbar       []float64
	series           []float64
	first, second    []float64
	v                []float64
	total            []float64 // complex: grad ln Psi
	metric, b, rest  []float64 // of the Laplacian: what does not depend on the state

	// of draws
	pcg     [width]rand.PCG
	random  [width]*rand.Rand // reads pcg
	drawing drawing
	walk    walk
}

func (m *Model) newWave() *wave {
	size := m.net.Size()
	w := &wave{m: m, size: size, net: m.newFlow(), slater: newDeterminants(m.kinds, m.net.Dim)}
	for _, s := range []struct {
		to   *[]float64
		size int
	}{
		{&w.k, size}, {&w.x, size}, {&w.z, size}, {&w.jac, size * size},
		{&w.logDet, 1}, {&w.phase, 2}, {&w.logJac, 1}, {&w.sign, 1},
		{&w.scratch, size * size}, {&w.inverse, size * size}, {&w.slope, 2 * size}, {&w.trace, 2},
		{&w.zbar, size}, {&w.jbar, size * size}, {&w.grad, m.params.Size()}, {&w.xbar, size},
		{&w.first, 1}, {&w.second, 1}, {&w.v, size}, {&w.total, 2 * size},
		{&w.metric, size * size}, {&w.b, size}, {&w.rest, 1},
	} {
		*s.to = make([]float64, s.size*width)
	}
	for c := range w.random {
		w.random[c] = rand.New(&w.pcg[c])
	}
	w.drawing = m.newDrawing()
	if m.config.Draws == chained {
		w.walk.open(w)
	}
	return w
}

// seed has place c read stream i.
func (w *wave) seed(c int, seed, i uint64) { core.SeedStream(&w.pcg[c], seed, i) }

// states writes the wave vectors of up to eight states to dst, laid out as w.k; the
// last one repeats.
func (w *wave) states(dst []float64, k []int32) {
	n, d := w.m.net.Particles, w.m.net.Dim
	for c := range width {
		row := k[min(c, len(k)/n-1)*n:]
		for j := range n {
			for a, q := range w.m.spec.Orbitals[row[j]] {
				dst[(j*d+a)*width+c] = 2 * math.Pi * q / w.m.net.Box[a]
			}
		}
	}
}

// configurations sets x of up to eight; the last one repeats.
func (w *wave) configurations(x []float64) {
	for c := range width {
		row := x[min(c, len(x)/w.size-1)*w.size:][:w.size]
		for i, v := range row {
			w.x[i*width+c] = v
		}
	}
}

// write writes n of eight places, moved into the box, to configurations.
func (w *wave) write(x, places []float64, n int) {
	for c := range n {
		for i := range w.size {
			edge := w.m.net.Box[i%w.m.net.Dim]
			v := places[i*width+c]
			x[c*w.size+i] = v - edge*math.Floor(v/edge)
		}
	}
}

// folds counts the places where the map turns space inside out, from the signs of det dz/dx.
func folds(signs []float64) (count int) {
	for _, sign := range signs {
		if sign < 0 {
			count++
		}
	}
	return count
}

// evaluate computes ln Psi. It leaves no Jacobian.
func (w *wave) evaluate() {
	w.net.Set(w.m.flow, w.x)
	w.net.Forward(w.z, w.jac)
	lanes.LogDet(w.logJac, w.sign, w.size, w.jac)
	w.slater.Waves(w.k, w.z)
	w.slater.LogDet(w.logDet, w.phase)
}

// logAbs is ln|Psi| of configuration c.
func (w *wave) logAbs(c int) float64 { return w.m.norm + w.logDet[c] + 0.5*w.logJac[c] }

// mapped computes z, J and its inverse.
func (w *wave) mapped() {
	w.net.Set(w.m.flow, w.x)
	w.net.Forward(w.z, w.jac)
	copy(w.scratch, w.jac)
	lanes.Invert(w.inverse, w.logJac, w.sign, w.size, w.scratch)
}

// differentiate computes J, its inverse, ln Psi and d ln det/dz.
func (w *wave) differentiate() {
	w.mapped()
	w.slater.Waves(w.k, w.z)
	w.slater.Gradient(w.logDet, w.phase, w.slope, nil, w.k, nil)
}

// logJacobian sets jbar to the derivative of 1/2 ln|det J| in J, which is half the
// transpose of J^-1, times scale where that is not nil.
func (w *wave) logJacobian(scale []float64) {
	n := w.size
	for i := range n {
		for j := range n {
			to, from := w.jbar[(i*n+j)*width:][:width], w.inverse[(j*n+i)*width:][:width]
			for c, v := range from {
				to[c] = 0.5 * v
			}
			for c, s := range scale {
				to[c] *= s
			}
		}
	}
}

// The Laplacian, with g = d ln det/dz, J = dz/dx, M = J J^T and h = 1/2 grad ln|det J|: from
//
//	grad ln Psi = J^T g + h
//	lap ln Psi  = sum M d2 ln det/dz2 + g.lap z + 1/2 lap ln|det J|
//
// it is
//
//	(lap Psi)/Psi = lap ln Psi + (grad ln Psi)^2
//	              = sum M d2 ln det/dz2 + g.(M g + b) + rest,
//	b    = lap z + 2 J h
//	rest = |h|^2 + 1/2 lap ln|det J|,
//
// where M, b and rest do not depend on the state.

// laplacian writes (lap Psi)/Psi of up to eight configurations. first is the number of
// the first one in its batch.
func (w *wave) laplacian(dst []complex128, first int) {
	w.lift(first)
	w.slater.Waves(w.k, w.z)
	w.curve(dst)
}

// curve writes (lap Psi)/Psi of the state whose waves the determinant has, and sets ln det. It
// follows lift.
func (w *wave) curve(dst []complex128) {
	w.slater.Gradient(w.logDet, w.phase, w.slope, w.trace, w.k, w.metric)
	lanes.Quadratic(w.trace, w.size, w.slope, w.b, w.metric)
	for c := range dst {
		dst[c] = complex(w.trace[c]+w.rest[c], w.trace[width+c])
	}
}

// lift computes what the map gives to the Laplacian.
func (w *wave) lift(first int) {
	w.mapped()
	n := w.size
	lanes.Metric(w.metric, n, w.jac)
	w.net.Laplacian(w.b)
	clear(w.total)
	clear(w.rest)
	if w.m.exact {
		w.alongAxes()
	} else {
		w.alongProbes(first)
	}
	for e := range n {
		h := w.total[2*e*width:][:width]
		for c, v := range h {
			w.rest[c] += v * v
		}
		for p := range n {
			to, jac := w.b[p*width:][:width], w.jac[(p*n+e)*width:][:width]
			for c, v := range h {
				to[c] += 2 * jac[c] * v
			}
		}
	}
}

// alongAxes adds the derivatives of 1/2 ln|det J| along all coordinates.
func (w *wave) alongAxes() {
	for i := range w.size {
		clear(w.v)
		for c := range width {
			w.v[i*width+c] = 1
		}
		w.line()
		for c := range width {
			w.total[2*i*width+c] += 0.5 * w.first[c]
			w.rest[c] += 0.5 * w.second[c]
		}
	}
}

// alongProbes adds the gradient of 1/2 ln|det J|, and Hutchinson's estimate of its
// Laplacian, the mean of v.(d2/dx2) v over vectors v of random signs: its variance
// is that of the elements off the diagonal alone, less than with normal vectors.
func (w *wave) alongProbes(first int) {
	w.slopeOfJacobian()
	for p := range w.m.probes {
		for c := range width {
			w.signs(c, first, p)
		}
		w.line()
		for c := range width {
			w.rest[c] += 0.5 * w.second[c] / float64(w.m.probes)
		}
	}
}

// signs draws v of configuration c. What is drawn follows from x, from the
// configuration's place in its batch and from p, and so is the same in every call.
func (w *wave) signs(c, first, p int) {
	seed := core.Derive(uint64(first+c), uint64(p))
	for i := range w.size {
		seed = core.Mix(seed ^ math.Float64bits(w.x[i*width+c]))
	}
	var word uint64
	for i := range w.size {
		if i%64 == 0 {
			word = core.Derive(seed, uint64(i/64))
		}
		w.v[i*width+c] = float64(1 - 2*int64(bits.RotateLeft64(word, i%64)&1))
	}
}

// line computes the derivatives of ln|det J| along v.
func (w *wave) line() {
	if w.series == nil {
		w.series = make([]float64, 3*len(w.jac))
	}
	w.net.Along(w.series, w.v)
	lanes.Series(w.first, w.second, w.size, w.inverse, w.series, w.scratch)
}

// pull writes the derivatives in theta of Re conj(v) ln Psi into w.grad; v is complex,
// one for each configuration. It follows differentiate.
func (w *wave) pull(v []float64) {
	for i := range w.size {
		g := w.slope[2*i*width:][:2*width]
		for c := range width {
			w.zbar[i*width+c] = v[c]*g[c] + v[width+c]*g[width+c]
		}
	}
	w.logJacobian(v[:width])
	w.net.Pull(w.grad, w.xbar, w.zbar, w.jbar)
}

// pullPhase writes the derivatives in theta of Im ln Psi, to which |det J| adds
// nothing. It follows differentiate.
func (w *wave) pullPhase() {
	for i := range w.size {
		copy(w.zbar[i*width:(i+1)*width], w.slope[(2*i+1)*width:])
	}
	w.net.Pull(w.grad, w.xbar, w.zbar, nil)
}
