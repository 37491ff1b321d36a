package electronflow

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels/lanes"
)

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
	metric            []float64 // its block of a matrix
}

func newDeterminants(kinds []int, d int) *determinants {
	s := &determinants{d: d, log: make([]float64, width), phase: make([]float64, 2*width), trace: make([]float64, 2*width)}
	from := 0
	for _, n := range kinds {
		s.from, s.of = append(s.from, from), append(s.of, lanes.NewSlater(n, d))
		from += n
	}
	if len(kinds) > 1 {
		s.metric = make([]float64, slices.Max(kinds)*d*slices.Max(kinds)*d*width)
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
		s.times(logAbs, phase)
	}
}

// times multiplies by the determinant that log and phase are of.
func (s *determinants) times(logAbs, phase []float64) {
	for c, l := range s.log {
		logAbs[c] += l
		re, im := phase[c], phase[width+c]
		phase[c], phase[width+c] = re*s.phase[c]-im*s.phase[width+c], re*s.phase[width+c]+im*s.phase[c]
	}
}

func (s *determinants) Gradient(logAbs, phase, gradient, trace, k, metric []float64) {
	for i, one := range s.of {
		l, p, t := logAbs, phase, trace
		if i > 0 {
			if l, p = s.log, s.phase; trace != nil {
				t = s.trace
			}
		}
		one.Gradient(l, p, s.part(gradient, i, 2*width), t, s.part(k, i, width), s.block(metric, i))
		if i == 0 {
			continue
		}
		s.times(logAbs, phase)
		for c := range trace {
			trace[c] += s.trace[c]
		}
	}
}

// block is what a determinant has of a matrix of all coordinates; nil of nil.
func (s *determinants) block(metric []float64, i int) []float64 {
	if metric == nil || len(s.of) == 1 {
		return metric
	}
	size, from := s.of[i].N*s.d, s.from[i]*s.d
	all := (s.from[len(s.of)-1] + s.of[len(s.of)-1].N) * s.d
	block := s.metric[:size*size*width]
	for p := range size {
		copy(block[p*size*width:(p+1)*size*width], metric[((from+p)*all+from)*width:])
	}
	return block
}

// table has the waves of some wave vectors for the electrons of each spin.
type table []*lanes.Table

func (s *determinants) newTable(vectors [][]float64) (t table) {
	for _, one := range s.of {
		t = append(t, lanes.NewTable(one.N, vectors))
	}
	return t
}

// fill is that of lanes.Table, and Choose that of lanes.Slater.
func (s *determinants) fill(t table, z []float64) {
	for i, one := range t {
		one.Waves(s.part(z, i, width))
	}
}

func (s *determinants) Choose(k []float64, t table, places []int32) {
	for i, one := range s.of {
		one.Choose(s.part(k, i, width), t[i], places[s.from[i]:s.from[i]+one.N])
	}
}
