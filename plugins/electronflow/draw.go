package electronflow

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/det"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// As |Psi_K(x)|^2 dx = |det exp(i k_j.z_i)|^2 / (N! V^N) dz, the image z of x is where free
// electrons of the state K are. So a configuration is drawn as K from p(K), z as a
// determinantal process (package det), one for each spin, and x as the place that the map takes to z
// (newton.go): independent of all others, without chains.

// Sample implements core.Density: independent draws, or moves of chains.
func (m *Model) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, m.net.Size())
	dst.K = core.Resize(dst.K, n*m.net.Particles)
	m.folds = core.Resize(m.folds, (n+width-1)/width)
	var err error
	if m.config.Draws == chained {
		err = m.walkAll(dst, seed)
	} else {
		err = m.drawAll(dst, seed)
	}
	if err != nil {
		return err
	}
	for _, f := range m.folds {
		m.add(folded, int64(f), true)
	}
	// The ID is a name, no result depends on it; random, so that two models do
	// not take each other's batches for their own.
	dst.ID = rand.Uint64() | 1
	return nil
}

// drawAll draws a batch. Configuration i reads its own streams.
func (m *Model) drawAll(dst *core.Batch, seed uint64) error {
	if err := m.drawStates(dst.K, dst.LogP, core.Derive(seed, 1), dst.From); err != nil {
		return err
	}
	return m.run("draw", call{b: dst, seed: core.Derive(seed, 2)}, (*Model).draw)
}

// DrawStates implements core.StateDrawer.
func (m *Model) DrawStates(x []float64, k []int32, u []float64) error {
	n := len(x) / m.net.Size()
	m.folds = core.Resize(m.folds, (n+width-1)/width)
	return m.run("draw", call{b: &core.Batch{N: n, X: x, K: k}, u: u}, (*Model).draw)
}

// draw draws the configurations that are at. Places of the wave beyond repeat the last one.
func (m *Model) draw(w *wave, at par.Span) error {
	b, d := m.call.b, &w.drawing
	for c := range width {
		i := at.From + min(c, at.N-1)
		if u := m.call.u; u != nil {
			core.SeedBy(&w.pcg[c], u[i*w.size:(i+1)*w.size])
		} else {
			w.seed(c, m.call.seed, uint64(b.From+i))
		}
		d.places(b.K[i*m.net.Particles:][:m.net.Particles], w.random[c])
		for j, v := range d.one {
			d.z[j*width+c] = v
		}
	}
	if err := d.invert(w, at); err != nil {
		return err
	}
	m.folds[at.From/width] = folds(w.sign[:at.N])
	w.write(b.X[at.From*w.size:], d.at, at.N)
	return nil
}

// drawing is what a wave draws with.
type drawing struct {
	free  []*det.Process[complex128] // of each spin
	kinds []int
	one   []float64 // z of one configuration
	newton
}

func (m *Model) newDrawing() drawing {
	d := drawing{kinds: m.kinds, one: make([]float64, m.net.Size()), newton: newNewton(m.net.Size())}
	for _, n := range m.kinds {
		d.free = append(d.free, det.NewProcess(waves{m}, n, m.net.Dim))
	}
	return d
}

// places sets one to z in the state k: electrons of different spins know nothing of each other.
func (d *drawing) places(k []int32, r *rand.Rand) {
	z, dim := d.one, len(d.one)/len(k)
	for s, n := range d.kinds {
		d.free[s].Draw(z[:n*dim], k[:n], r)
		z, k = z[n*dim:], k[n:]
	}
}

// waves are the plane waves of one electron.
type waves struct{ *Model }

// Propose implements det.Orbitals: a plane wave has the same density everywhere.
func (w waves) Propose(z []float64, _ []int32, r *rand.Rand) {
	for a, edge := range w.net.Box {
		z[a] = edge * r.Float64()
	}
}

// Evaluate implements det.Orbitals.
func (w waves) Evaluate(phi []complex128, z []float64, k []int32) {
	for j, orbital := range k {
		angle := 0.0
		for a, q := range w.spec.Orbitals[orbital] {
			angle += 2 * math.Pi / w.net.Box[a] * q * z[a]
		}
		sin, cos := math.Sincos(angle)
		phi[j] = complex(cos, sin)
	}
}
