package electronflow

import (
	"math"
	"math/cmplx"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// The map does not know K: of many states at one x only the determinants of plane waves differ,
//
//	Psi_K(x) = (N! V^N)^(-1/2) det[e_k(z_i)] |det J|^(1/2),   e_k(z) = exp(i k.z),
//
// and their elements are those of one table e_k(z_i) of all waves k that some state has. What the
// map gives to the Laplacian (wave.go) is the same for all of them.

// span are the states of a call.
type span struct {
	logPsi, lap []complex128
	vectors     [][]float64 // wave vectors that some state has
	places      []int32     // in vectors, of each label of the states
}

// SpanPsi implements core.StateSpanner.
func (m *Model) SpanPsi(logPsi, lap []complex128, x []float64, states []int32) error {
	n, particles := len(x)/m.net.Size(), m.net.Particles
	if len(logPsi) != n*len(states)/particles || len(lap) != len(logPsi) {
		panic("electronflow: the lengths of SpanPsi's arguments do not fit")
	}
	if len(logPsi) == 0 {
		return nil
	}
	m.span = span{logPsi: logPsi, lap: lap, places: make([]int32, len(states))}
	defer func() { m.span = span{} }()
	known := map[int32]int32{}
	for j, k := range states {
		place, seen := known[k]
		if !seen {
			place = int32(len(m.span.vectors))
			known[k] = place
			m.span.vectors = append(m.span.vectors, m.vector(k))
		}
		m.span.places[j] = place
	}
	return m.run("evaluate ln Psi of many states", call{b: &core.Batch{N: n, X: x}}, (*Model).spanned)
}

// vector is the wave vector of an orbital.
func (m *Model) vector(orbital int32) []float64 {
	k := make([]float64, m.net.Dim)
	for a, q := range m.spec.Orbitals[orbital] {
		k[a] = 2 * math.Pi * q / m.net.Box[a]
	}
	return k
}

func (m *Model) spanned(w *wave, at par.Span) error {
	s, n, particles := &m.span, m.call.b.N, m.net.Particles
	w.configurations(m.call.b.X[at.From*w.size : (at.From+at.N)*w.size])
	w.lift(at.From)
	waves := w.slater.newTable(s.vectors)
	w.slater.fill(waves, w.z)
	for k := range len(s.places) / particles {
		w.slater.Choose(w.k, waves, s.places[k*particles:(k+1)*particles])
		w.curve(s.lap[k*n+at.From:][:at.N])
		for c := range at.N {
			s.logPsi[k*n+at.From+c] = complex(w.logAbs(c), cmplx.Phase(complex(w.phase[c], w.phase[width+c])))
		}
	}
	return nil
}
