//go:build !cgo || purego

package kernels

import "math"

// slopes returns f2 and f3 from p = f1.
func (f Ridge) slopes(p float64) (second, third float64) {
	switch f {
	case LogCosh:
		second = 1 - p*p
		return second, -2 * p * second
	case Quadratic:
		return 1, 0
	}
	second = p * (1 - p)
	return second, (1 - 2*p) * second
}

func (f Ridge) first(u float64) float64 {
	switch f {
	case LogCosh:
		return math.Tanh(u)
	case Quadratic:
		return u
	}
	return 1 / (1 + math.Exp(-u))
}

func ridgeForward(f Ridge, u, g, lap, a, c []float64, n, ld int) {
	clear(lap)
	for h := range a {
		for j := range n {
			p := f.first(u[h*ld+j])
			u[h*ld+j] = p
			if lap != nil {
				second, _ := f.slopes(p)
				g[h*ld+j] = a[h] * p
				lap[j] += c[h] * second
			}
		}
	}
}

func ridgeBackward(f Ridge, s, g, p, lbar, a, c, abar, bbar, cbar []float64, ld int) {
	for h := range a {
		for j, l := range lbar {
			at := h*ld + j
			second, third := f.slopes(p[at])
			u := a[h]*second*s[at] + l*c[h]*third
			if abar != nil {
				abar[h] += p[at] * s[at]
				bbar[h] += u
				cbar[h] += l * second
			}
			s[at], g[at] = u, a[h]*p[at]
		}
	}
}
