// Package leap has the inner loop of Hamiltonian Monte Carlo, for chains side by side: C where
// there is a C compiler, and the same in Go (build tag purego, or CGO_ENABLED=0). It reaches
// nothing, because every program with an energy is linked with it.
package leap

import "fmt"

// Step is half of a leapfrog step of each chain c, of len(g)/len(eps) numbers,
//
//	p -= kick_c g,   q += eps_c p,
//
// but of those that are lost. No operation is fused with another, so that the numbers are the
// same on all processors.
func Step(q, p, g, kick, eps []float64, lost []bool) {
	n := len(eps)
	if len(q) != len(p) || len(g) != len(p) || len(kick) != n || len(lost) != n || n == 0 || len(p)%n != 0 {
		panic(fmt.Sprintf("leap: %d places, %d momenta and %d slopes of %d chains with %d kicks, %d of them lost or not", len(q), len(p), len(g), n, len(kick), len(lost)))
	}
	if len(p) > 0 {
		step(q, p, g, kick, eps, lost)
	}
}

// stepGo is Step in Go.
func stepGo(q, p, g, kick, eps []float64, lost []bool) {
	d := len(p) / len(eps)
	for c, e := range eps {
		if lost[c] {
			continue
		}
		q, p, g, k := q[c*d:(c+1)*d], p[c*d:(c+1)*d], g[c*d:(c+1)*d], kick[c]
		for j, v := range p {
			v -= float64(k * g[j]) // the conversion forbids to fuse
			p[j] = v
			q[j] += float64(e * v)
		}
	}
}
