package electronflow

import "github.com/helmholtz-physics/helmholtz/framework/engine/kernels/lanes"

// Electrons of both spins have a determinant for each, of the same map,
//
//	Psi_K(x) = prod_s (N_s! V^N_s)^(-1/2) det[exp(i k_j.z_i(x))]_s  |det dz/dx|^(1/2),
//
// with i over the N_s electrons of spin s, one spin after the other, and k_j over their orbitals.
// H does not know of spins and conserves them: an observable is the same as of the wave function
// that is antisymmetric in space and spin. ln det is a sum over the spins, and its second
// derivatives are zero between electrons of different spin.

// determinants are those of all spins in eight configurations, as lanes.Slater has that of one.
type determinants struct {
	d    int
	from []int // the first electron of each
	of   []*lanes.Slater

	log, phase, trace []float64 // of one
}

func newDeterminants(kinds []int, d int) *determinants {
	s := &determinants{d: d, log: make([]float64, width), phase: make([]float64, 2*width), trace: make([]float64, 2*width)}
	from := 0
	for _, n := range kinds {
		s.from, s.of = append(s.from, from), append(s.of, lanes.NewSlater(n, d))
		from += n
	}
	return s
}

// part are the numbers of determinant k in an array with so many for each coordinate.
func (s *determinants) part(x []float64, k, per int) []float64 {
	return x[s.from[k]*s.d*per:][:s.of[k].N*s.d*per]
}

// Waves is that of lanes.Slater, and so are LogDet and Gradient.
func (s *determinants) Waves(k, z []float64) {
	for i, one := range s.of {
		one.Waves(s.part(k, i, width), s.part(z, i, width))
	}
}

func (s *determinants) LogDet(logAbs, phase []float64) {
	s.of[0].LogDet(logAbs, phase)
	for _, one := range s.of[1:] {
		one.LogDet(s.log, s.phase)
		for c, l := range s.log {
			logAbs[c] += l
			re, im := phase[c], phase[width+c]
			phase[c], phase[width+c] = re*s.phase[c]-im*s.phase[width+c], re*s.phase[width+c]+im*s.phase[c]
		}
	}
}

func (s *determinants) Gradient(gradient, trace, k, jac []float64) {
	to := trace
	for i, one := range s.of {
		var rows []float64
		if jac != nil {
			rows = s.part(jac, i, len(k))
		}
		one.Gradient(s.part(gradient, i, 2*width), to, s.part(k, i, width), rows)
		if to == nil {
			continue
		}
		if i > 0 {
			for c, v := range to {
				trace[c] += v
			}
		}
		to = s.trace
	}
}
