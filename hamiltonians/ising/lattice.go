package ising

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// lattice is a finite lattice with its couplings. Spins are in raster order:
// site (x,y) is y*lx + x.
type lattice struct {
	lx, ly     int
	triangular bool
	periodic   bool
	j, field   float64
}

// chunkSpins is about how many spins one worker evaluates at a time: 128 KiB,
// which is some 10 microseconds of work.
const chunkSpins = 1 << 14

// energies writes the energies of the configurations in x. The sums over
// bonds and spins are sums of integers, hence exact in any order.
func (l lattice) energies(dst, x []float64) {
	n := l.lx * l.ly
	for i := range dst {
		s := x[i*n : (i+1)*n]
		e := -l.j * l.bonds(s)
		if l.field != 0 {
			e -= l.field * sum(s)
		}
		dst[i] = e
	}
}

// bonds returns sum_<ij> s_i s_j, row by row.
func (l lattice) bonds(s []float64) float64 {
	total := 0.0
	for y := range l.ly {
		row := s[y*l.lx:][:l.lx]
		first, last := row[0], row[l.lx-1]
		if l.periodic {
			total += last * first
		}
		var below []float64
		switch {
		case y+1 < l.ly:
			below = s[(y+1)*l.lx:][:l.lx]
		case l.periodic:
			below = s[:l.lx]
		default: // the last row of an open lattice has no bonds down
			total += along(row)
			continue
		}
		total += last * below[l.lx-1]
		if !l.triangular {
			total += alongAndDown(row, below)
			continue
		}
		total += alongDownAndDiagonal(row, below)
		if l.periodic {
			total += last * below[0]
		}
	}
	return total
}

// along is sum_x a_x a_x+1 over the bonds inside a row.
func along(a []float64) float64 {
	t := 0.0
	for x := 1; x < len(a); x++ {
		t += a[x-1] * a[x]
	}
	return t
}

// alongAndDown is sum_x a_x (a_x+1 + b_x), x up to the last but one. Two sums
// hide the latency of the additions.
func alongAndDown(a, b []float64) float64 {
	t, u := 0.0, 0.0
	for len(a) >= 3 && len(b) >= 3 {
		t += a[0] * (a[1] + b[0])
		u += a[1] * (a[2] + b[1])
		a, b = a[2:], b[2:]
	}
	if len(a) == 2 {
		t += a[0] * (a[1] + b[0])
	}
	return t + u
}

// alongDownAndDiagonal is sum_x a_x (a_x+1 + b_x + b_x+1), x up to the last
// but one.
func alongDownAndDiagonal(a, b []float64) float64 {
	t, u := 0.0, 0.0
	for len(a) >= 3 && len(b) >= 3 {
		t += a[0] * (a[1] + (b[0] + b[1]))
		u += a[1] * (a[2] + (b[1] + b[2]))
		a, b = a[2:], b[2:]
	}
	if len(a) == 2 {
		t += a[0] * (a[1] + (b[0] + b[1]))
	}
	return t + u
}

// sum is the magnetisation of s.
func sum(s []float64) float64 {
	t, u := 0.0, 0.0
	for len(s) >= 2 {
		t += s[0]
		u += s[1]
		s = s[2:]
	}
	if len(s) == 1 {
		t += s[0]
	}
	return t + u
}

// couplings are the bonds by site.
func (l lattice) couplings() (core.Bonds, error) {
	n := l.lx * l.ly
	var h []float64
	if l.field != 0 {
		h = slices.Repeat([]float64{l.field}, n)
	}
	return core.NewBonds(name, n, func(yield func(i, j int, coupling float64)) {
		l.eachBond(func(i, j int) { yield(i, j, l.j) })
	}, h)
}

// eachBond calls f for every bond; a site may be its own neighbour.
func (l lattice) eachBond(f func(i, j int)) {
	steps := [][2]int{{1, 0}, {0, 1}}
	if l.triangular {
		steps = append(steps, [2]int{1, 1})
	}
	for y := range l.ly {
		for x := range l.lx {
			for _, step := range steps {
				u, v := x+step[0], y+step[1]
				if l.periodic {
					u, v = u%l.lx, v%l.ly
				}
				if u < l.lx && v < l.ly {
					f(y*l.lx+x, v*l.lx+u)
				}
			}
		}
	}
}
