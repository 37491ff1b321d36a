package reference

import "github.com/helmholtz-physics/helmholtz/framework/core"

// spins is a ring of n spins.
func spins(n int) core.Space {
	return core.Space{Kind: core.Spins, Shape: []int{n}, Lattice: "square", Periodic: true}
}

// TransverseIsing is the quantum Ising ring in a transverse field,
//
//	H = - sum_i sz_i sz_{i+1} - h sum_i sx_i,
//
// in the basis of sz: n links from each configuration, of element -h.
func TransverseIsing(n int, h float64) core.Part {
	return energy("transverse_ising", "quantum Ising ring in a transverse field", func() core.Energy { return &ring{n: n, field: h} })
}

// Heisenberg is the antiferromagnetic ring of spins 1/2,
//
//	H = sum_i S_i . S_{i+1}
//
// in the basis of sz, with every second spin turned by pi about z, so that all
// elements are <= 0: from each configuration as many links as neighbours are opposite,
// of element -1/2.
func Heisenberg(n int) core.Part {
	return energy("heisenberg", "antiferromagnetic Heisenberg ring", func() core.Energy { return &ring{n: n, exchange: true} })
}

// ring is either of them.
type ring struct {
	n        int
	field    float64
	exchange bool

	y []float64
	h []complex128
}

var (
	_ core.Energy = (*ring)(nil)
	_ core.Linker = (*ring)(nil)
)

// Spec implements core.Energy.
func (r *ring) Spec() core.EnergySpec {
	return core.EnergySpec{Space: spins(r.n), Units: "J", Powers: []core.Power{core.PowerLinks}}
}

// Eval implements core.Energy: the diagonal of H.
func (r *ring) Eval(dst []float64, b *core.Batch) error {
	for i := range dst {
		s := b.X[i*r.n : (i+1)*r.n]
		dst[i] = 0
		for j, v := range s {
			dst[i] += v * s[(j+1)%r.n]
		}
		if r.exchange {
			dst[i] /= 4
		} else {
			dst[i] = -dst[i]
		}
	}
	return nil
}

// Links implements core.Linker.
func (r *ring) Links(count []int32, b *core.Batch) ([]float64, []complex128, error) {
	r.y, r.h = r.y[:0], r.h[:0]
	for i := range count {
		s := b.X[i*r.n : (i+1)*r.n]
		before := len(r.h)
		for j := range s {
			next := (j + 1) % r.n
			switch {
			case !r.exchange:
				r.link(s, -r.field, j)
			case s[j] != s[next]:
				r.link(s, -0.5, j, next)
			}
		}
		count[i] = int32(len(r.h) - before)
	}
	return r.y, r.h, nil
}

// link adds s with some spins turned.
func (r *ring) link(s []float64, element float64, turned ...int) {
	at := len(r.y)
	r.y, r.h = append(r.y, s...), append(r.h, complex(element, 0))
	for _, j := range turned {
		r.y[at+j] = -r.y[at+j]
	}
}
