package coretest

import (
	"cmp"
	"math"
	"slices"
)

// shell lists the oscillator orbitals with the given number of quanta.
func shell(quanta, dim int) [][]float64 {
	if dim == 1 {
		return [][]float64{{float64(quanta)}}
	}
	var all [][]float64
	for first := range quanta + 1 {
		for _, rest := range shell(quanta-first, dim-1) {
			all = append(all, append([]float64{float64(first)}, rest...))
		}
	}
	return all
}

// lowest lists orbitals, shell by shell, and the sets of n of them with up to a
// number of quanta above the fewest, those with few quanta first.
func lowest(n, dim, excitation int) (levels [][]float64, states [][]int32) {
	var quanta []int // of each orbital
	least, filled := 0, -1
	for q := 0; filled < 0 || q <= filled+excitation; q++ {
		for _, level := range shell(q, dim) {
			if len(levels) < n {
				least += q
			}
			levels, quanta = append(levels, level), append(quanta, q)
		}
		if filled < 0 && len(levels) >= n {
			filled = q
		}
	}
	total := func(k []int32) (sum int) {
		for _, orbital := range k {
			sum += quanta[orbital]
		}
		return sum
	}
	var extend func(k []int32)
	extend = func(k []int32) {
		if len(k) == n {
			states = append(states, slices.Clone(k))
			return
		}
		from := int32(0)
		if len(k) > 0 {
			from = k[len(k)-1] + 1
		}
		for next := from; int(next) < len(levels); next++ {
			// The others have at least as many quanta as this one.
			if total(k)+(n-len(k))*quanta[next] > least+excitation {
				return
			}
			extend(append(k, next))
		}
	}
	extend(nil)
	slices.SortStableFunc(states, func(a, b []int32) int { return cmp.Compare(total(a), total(b)) })
	return levels, states
}

// mostQuanta along an axis, more than a test needs.
const mostQuanta = 15

// hermite writes the oscillator functions phi_0, phi_1, ... at y and their
// derivatives:
//
//	sqrt((n+1)/2) phi_n+1 = y phi_n - sqrt(n/2) phi_n-1,   phi_n' = sqrt(2n) phi_n-1 - y phi_n.
func hermite(phi, slope []float64, y float64) {
	below := 0.0
	phi[0] = fourthRoot * math.Exp(-y*y/2)
	for n := range phi {
		k := float64(n)
		slope[n] = math.Sqrt(2*k)*below - y*phi[n]
		if n+1 < len(phi) {
			phi[n+1] = (y*phi[n] - math.Sqrt(k/2)*below) / math.Sqrt((k+1)/2)
		}
		below = phi[n]
	}
}

// fourthRoot is pi^(-1/4).
var fourthRoot = math.Pow(math.Pi, -0.25)

// axis holds the oscillator functions at one coordinate, and their derivatives.
type axis struct{ phi, slope [mostQuanta + 1]float64 }

// tabulate fills the axes of one particle up to the quanta that occur.
func (m *determinants) tabulate(y []float64) {
	for a := range m.axes {
		hermite(m.axes[a].phi[:m.most+1], m.axes[a].slope[:m.most+1], y[a])
	}
}

// orbital returns phi_k(y) and y . grad phi_k(y) of the particle at y whose
// axes were filled.
func (m *determinants) orbital(k int32, y []float64) (value, radial float64) {
	value = 1
	for a, quanta := range m.levels[k] {
		f, df := m.axes[a].phi[int(quanta)], m.axes[a].slope[int(quanta)]
		value, radial = value*f, radial*f+value*y[a]*df
	}
	return value, radial
}

// derivative is d phi_k/dy_a of the particle whose axes were filled.
func (m *determinants) derivative(k int32, a int) float64 {
	value := 1.0
	for other, quanta := range m.levels[k] {
		if other == a {
			value *= m.axes[other].slope[int(quanta)]
		} else {
			value *= m.axes[other].phi[int(quanta)]
		}
	}
	return value
}

// along is the derivative of ln D in the coordinate at of y = e^-s x: the determinant with the
// row of its particle differentiated, over D.
func (m *determinants) along(k []int32, x []float64, at int) float64 {
	n, shrink := m.n, math.Exp(-m.s)
	y, values, row := make([]float64, len(x)), make([]float64, n*n), make([]float64, n*n)
	for j, v := range x {
		y[j] = shrink * v
	}
	differentiated := make([]float64, n)
	for i := range n {
		one := y[i*m.dim : (i+1)*m.dim]
		m.tabulate(one)
		for j, orbital := range k {
			values[i*n+j], _ = m.orbital(orbital, one)
			if i == at/m.dim {
				differentiated[j] = m.derivative(orbital, at%m.dim)
			}
		}
	}
	copy(row, values)
	logAbs, sign := determinant(row, n)
	copy(row, values)
	copy(row[at/m.dim*n:], differentiated)
	l, s := determinant(row, n)
	return s * sign * math.Exp(l-logAbs)
}

// wave returns ln Psi_K(x), y . grad_y ln det of y = e^-s x, and sum x^2. The
// derivative of a determinant is the sum over its rows of the determinant with
// the derivative of that row.
func (m *determinants) wave(k []int32, x []float64) (logPsi complex128, radial, square float64) {
	n, shrink := m.n, math.Exp(-m.s)
	values, radials, row, y := m.values, m.radials, m.row, m.y
	for j, v := range x {
		y[j] = shrink * v
		square += v * v
	}
	for i := range n {
		one := y[i*m.dim : (i+1)*m.dim]
		m.tabulate(one)
		for j, orbital := range k {
			values[i*n+j], radials[i*n+j] = m.orbital(orbital, one)
		}
	}
	copy(row, values)
	logAbs, sign := determinant(row, n)
	for i := range n {
		copy(row, values)
		copy(row[i*n:(i+1)*n], radials[i*n:])
		l, s := determinant(row, n)
		radial += s * sign * math.Exp(l-logAbs)
	}
	factorial, _ := math.Lgamma(float64(n + 1))
	phase := m.c * square / 2
	if sign < 0 {
		phase += math.Pi
	}
	return complex(logAbs-factorial/2-float64(len(x))*m.s/2, phase), radial, square
}
