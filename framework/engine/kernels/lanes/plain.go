package lanes

import (
	"math/cmplx"

	"github.com/helmholtz-physics/helmholtz/framework/engine/det"
)

// plain inverts the matrices one after the other: what the kernels do side by
// side. inverse may be nil.
func plain[T det.Number](inverse, logAbs, phase []float64, n int, a []float64) {
	s, one := det.New[T](n, 1), make([]T, n*n)
	for c := range Width {
		for i := range one {
			one[i] = get[T](a, i, c)
		}
		regular := s.Factor(one)
		l, p := s.LogDet()
		logAbs[c] = l
		put(phase, 0, c, p)
		if inverse == nil {
			continue
		}
		if regular {
			one = append(one[:0], s.Inverse()...)
		}
		for i, x := range one {
			put(inverse, i, c, x)
		}
	}
}

// get is element i of matrix c.
func get[T det.Number](a []float64, i, c int) (x T) {
	switch x := any(&x).(type) {
	case *float64:
		*x = a[i*Width+c]
	case *complex128:
		*x = complex(a[2*i*Width+c], a[(2*i+1)*Width+c])
	}
	return x
}

func put[T det.Number](a []float64, i, c int, x T) {
	switch x := any(x).(type) {
	case float64:
		a[i*Width+c] = x
	case complex128:
		a[2*i*Width+c], a[(2*i+1)*Width+c] = real(x), imag(x)
	}
}

func plainWaves(phi []float64, n, m, d int, k, z []float64) {
	for c := range Width {
		for i := range n {
			for j := range m {
				angle := 0.0
				for a := range d {
					angle += get[float64](k, j*d+a, c) * get[float64](z, i*d+a, c)
				}
				put(phi, i*m+j, c, cmplx.Rect(1, angle))
			}
		}
	}
}

func (s *Slater) plainGradient(logAbs, phase, gradient, trace, k, metric []float64) {
	n, d, size := s.N, s.D, s.N*s.D
	one := det.New[complex128](n, d)
	phi, first, second := make([]complex128, n*n), make([]complex128, d*n*n), make([]complex128, d*(d+1)/2*n*n)
	slopes, m := make([]complex128, size), make([]complex128, size*size)
	for c := range Width {
		for i := range phi {
			phi[i] = get[complex128](s.Phi, i, c)
			pair, j := 0, i%n
			for a := range d {
				ka := complex(0, get[float64](k, j*d+a, c))
				first[a*n*n+i] = ka * phi[i]
				for b := a; b < d; b++ {
					second[pair*n*n+i] = ka * complex(0, get[float64](k, j*d+b, c)) * phi[i]
					pair++
				}
			}
		}
		one.Factor(phi)
		l, p := one.LogDet()
		logAbs[c] = l
		put(phase, 0, c, p)
		one.Gradient(slopes, first)
		for i, x := range slopes {
			put(gradient, i, c, x)
		}
		if metric == nil {
			continue
		}
		for i := range m {
			m[i] = complex(get[float64](metric, i, c), 0)
		}
		put(trace, 0, c, one.HessianTrace(first, second, m))
	}
}

func plainMetric(metric []float64, n int, jac []float64) {
	for c := range Width {
		for p := range n {
			for q := range n {
				sum := 0.0
				for e := range n {
					sum += get[float64](jac, p*n+e, c) * get[float64](jac, q*n+e, c)
				}
				put(metric, p*n+q, c, sum)
			}
		}
	}
}

func plainQuadratic(sum []float64, n int, g, b, metric []float64) {
	for c := range Width {
		total := get[complex128](sum, 0, c)
		for p := range n {
			slope := complex(get[float64](b, p, c), 0)
			for q := range n {
				slope += complex(get[float64](metric, p*n+q, c), 0) * get[complex128](g, q, c)
			}
			total += get[complex128](g, p, c) * slope
		}
		put(sum, 0, c, total)
	}
}

func plainSeries(first, second []float64, n int, inverse, series []float64) {
	y := make([]float64, n*n)
	for c := range Width {
		first[c], second[c] = 0, 0
		for i := range n {
			for j := range n {
				y[i*n+j] = 0
				for m := range n {
					y[i*n+j] += get[float64](inverse, i*n+m, c) * get[float64](series, 3*(m*n+j)+1, c)
				}
				second[c] += get[float64](inverse, i*n+j, c) * get[float64](series, 3*(j*n+i)+2, c)
			}
			first[c] += y[i*n+i]
		}
		for i := range n {
			for j := range n {
				second[c] -= y[i*n+j] * y[j*n+i]
			}
		}
	}
}
