package electronflow

import "github.com/helmholtz-physics/helmholtz/framework/engine/equivariant"

// The map of package equivariant, x + s(x), commutes with permutations and
// translations. Two more properties of the exact eigenstates are given to it here: with
// G a group of mirrors g and P the projection on what leaves the centre of mass,
//
//	z = x + P 1/|G| sum_g g^-1 s(g x),   (P s)_i = s_i - 1/N sum_j s_j.
//
// Mirrors. As Psi_K* = Psi_-K for every map, mirrored states come in pairs that need
// only half of the mirrors: of the plane {1, M_y}, of space {1, M_y, M_z, M_y M_z}.
//
// Centre of mass. With sum_i z_i = sum_i x_i the state of K + q (q added to each k_j)
// is exp(i q.sum_i x_i) Psi_K, so that its energy is that of Psi_K and what the motion
// of the centre of mass adds, as it is for eigenstates.
//
// All is linear in s: with f for the map, S for a diagonal matrix of signs,
//
//	J = 1/|G| sum_g [P S J_f(S x) S] + 1 - P,
//
// and likewise of the other derivatives; cotangents go the other way.
type symmetric struct {
	*equivariant.Map
	centred bool
	images  []image
	z, jac  []float64 // of an image
	bar     []float64 // a cotangent like z
	jacBar  []float64
	grad    []float64
	series  []float64
}

// flow is a map with its derivatives, as equivariant.Work has them.
type flow interface {
	Set(theta, x []float64)
	Forward(z, jac []float64)
	Along(jac, v []float64)
	Laplacian(lap []float64)
	Pull(grad, xbar, zbar, jbar []float64)
}

// image is the map at g x, signs g's along the axes.
type image struct {
	work  *equivariant.Work
	signs [3]float64
	x, v  []float64
}

// mirrors are the elements of G for a dimension.
func mirrors(dim int) [][3]float64 {
	group := [][3]float64{{1, 1, 1}, {1, -1, 1}}
	if dim == 3 {
		group = append(group, [3]float64{1, 1, -1}, [3]float64{1, -1, -1})
	}
	return group
}

// newFlow is the map, with what is asked for of the two; that of package pairflow has both.
func (m *Model) newFlow() flow {
	if m.pairs != nil {
		return m.pairs.On()
	}
	return newSymmetric(m.net, m.config.Mirrors, m.config.Centred)
}

func newSymmetric(net *equivariant.Map, mirrored, centred bool) flow {
	if !mirrored && !centred {
		return net.On()
	}
	s := &symmetric{Map: net, centred: centred}
	group := [][3]float64{{1, 1, 1}}
	if mirrored {
		group = mirrors(net.Dim)
	}
	size, matrix := net.Size()*width, net.Size()*net.Size()*width
	for _, g := range group {
		s.images = append(s.images, image{work: net.On(), signs: g, x: make([]float64, size), v: make([]float64, size)})
	}
	s.z, s.bar = make([]float64, size), make([]float64, size)
	s.jac, s.jacBar = make([]float64, matrix), make([]float64, matrix)
	s.grad = make([]float64, net.Parameters()*width)
	return s
}

// reflect writes g from to dst, rows of eight.
func (s *symmetric) reflect(dst, from []float64, g [3]float64) {
	for i := range s.Size() {
		sign := g[i%s.Dim]
		for c := i * width; c < (i+1)*width; c++ {
			dst[c] = sign * from[c]
		}
	}
}

// add adds scale g from to dst.
func (s *symmetric) add(dst, from []float64, g [3]float64, scale float64) {
	for i := range s.Size() {
		sign := scale * g[i%s.Dim]
		for c := i * width; c < (i+1)*width; c++ {
			dst[c] += sign * from[c]
		}
	}
}

// addMatrix adds scale g from g to dst, matrices with so many numbers for an element.
func (s *symmetric) addMatrix(dst, from []float64, g [3]float64, scale float64, per int) {
	n := s.Size()
	for i := range n {
		for j := range n {
			sign := scale * g[i%s.Dim] * g[j%s.Dim]
			for c := (i*n + j) * per; c < (i*n+j+1)*per; c++ {
				dst[c] += sign * from[c]
			}
		}
	}
}

// centre replaces rows of so many numbers, one for each coordinate, by P of them.
func (s *symmetric) centre(rows []float64, per int) {
	if !s.centred {
		return
	}
	n, d := s.Particles, s.Dim
	for a := range d {
		for c := range per {
			mean := 0.0
			for i := range n {
				mean += rows[(i*d+a)*per+c]
			}
			mean /= float64(n)
			for i := range n {
				rows[(i*d+a)*per+c] -= mean
			}
		}
	}
}

// Set implements flow, and so do the others.
func (s *symmetric) Set(theta, x []float64) {
	for k := range s.images {
		m := &s.images[k]
		s.reflect(m.x, x, m.signs)
		m.work.Set(theta, m.x)
	}
}

func (s *symmetric) Forward(z, jac []float64) {
	clear(z)
	clear(jac)
	share := 1 / float64(len(s.images))
	for k := range s.images {
		m := &s.images[k]
		m.work.Forward(s.z, s.jac)
		s.add(s.z, m.x, [3]float64{1, 1, 1}, -1) // s(g x)
		s.add(z, s.z, m.signs, share)
		s.addMatrix(jac, s.jac, m.signs, share, width)
	}
	s.centre(z, width)
	s.add(z, s.images[0].x, [3]float64{1, 1, 1}, 1)
	s.centre(jac, s.Size()*width)
	s.restore(jac, width)
}

// restore adds 1 - P to a matrix, the derivative of the centre of mass.
func (s *symmetric) restore(jac []float64, per int) {
	if !s.centred {
		return
	}
	n, d := s.Particles, s.Dim
	for i := range n {
		for j := range n {
			for a := range d {
				at := ((i*d+a)*n*d + j*d + a) * per
				for c := range width {
					jac[at+c] += 1 / float64(n)
				}
			}
		}
	}
}

func (s *symmetric) Laplacian(lap []float64) {
	clear(lap)
	for k := range s.images {
		m := &s.images[k]
		m.work.Laplacian(s.z)
		s.add(lap, s.z, m.signs, 1/float64(len(s.images)))
	}
	s.centre(lap, width)
}

func (s *symmetric) Along(jac, v []float64) {
	if s.series == nil {
		s.series = make([]float64, len(jac))
	}
	clear(jac)
	for k := range s.images {
		m := &s.images[k]
		s.reflect(m.v, v, m.signs)
		m.work.Along(s.series, m.v)
		s.addMatrix(jac, s.series, m.signs, 1/float64(len(s.images)), 3*width)
	}
	s.centre(jac, s.Size()*3*width)
	s.restore(jac, 3*width)
}

func (s *symmetric) Pull(grad, xbar, zbar, jbar []float64) {
	size := s.Size()
	clear(grad)
	clear(xbar)
	share := 1 / float64(len(s.images))
	centredZ, centredJ := s.jac[:size*width], s.jacBar
	copy(centredZ, zbar)
	s.centre(centredZ, width)
	for c, v := range zbar { // z = x + P s(x), of which f has x + s(x)
		xbar[c] += v - centredZ[c]
	}
	for k := range s.images {
		m := &s.images[k]
		clear(s.bar)
		s.add(s.bar, centredZ, m.signs, share)
		var of []float64
		if jbar != nil {
			of = centredJ
			s.spread(of, jbar, m.signs, share)
		}
		m.work.Pull(s.grad, s.z, s.bar, of)
		for p, v := range s.grad {
			grad[p] += v
		}
		s.add(xbar, s.z, m.signs, 1)
	}
}

// spread writes scale g (P jbar) g to dst.
func (s *symmetric) spread(dst, jbar []float64, g [3]float64, scale float64) {
	clear(dst)
	s.addMatrix(dst, jbar, g, scale, width)
	s.centre(dst, s.Size()*width)
}
