//go:build !cgo || purego

package kernels

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// slopes returns f2 and f3 from p = f1.
func ridgeSlopes[T tensor.Real](f Ridge, p T) (second, third T) {
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

func ridgeFirst[T tensor.Real](f Ridge, u T) T {
	switch f {
	case LogCosh:
		return tanh1(u)
	case Quadratic:
		return u
	}
	return logistic(u)
}

func ridgeForward[T tensor.Real](f Ridge, u, g []T, lap []float64, a, c []T, n, ld int) {
	clear(lap)
	for h := range a {
		for j := range n {
			p := ridgeFirst(f, u[h*ld+j])
			u[h*ld+j] = p
			if lap != nil {
				second, _ := ridgeSlopes(f, p)
				g[h*ld+j] = a[h] * p
				lap[j] += float64(c[h] * second)
			}
		}
	}
}

func ridgeBackward[T tensor.Real](f Ridge, s, g, p []T, lbar []float64, a, c, abar, bbar, cbar []T, ld int) {
	for h := range a {
		for j := range lbar {
			at, l := h*ld+j, T(lbar[j])
			second, third := ridgeSlopes(f, p[at])
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
