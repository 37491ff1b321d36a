package estimators

import (
	"errors"
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// normalise turns ln Psi and the local energies of all states into Psi and H Psi over q^(1/2).
func (r *ritz) normalise() {
	n, m := r.own.N, len(r.states)
	for i := range n {
		top, sum := math.Inf(-1), 0.0
		for s := range m {
			top = max(top, real(r.psi[s*n+i]))
		}
		for s := range m {
			sum += math.Exp(2 * (real(r.psi[s*n+i]) - top))
		}
		shift := complex(top+0.5*math.Log(sum/float64(m)), 0)
		for s := range m {
			at := s*n + i
			r.psi[at] = cmplx.Exp(r.psi[at] - shift)
			r.hpsi[at] *= r.psi[at]
		}
	}
}

// add adds the numbers of the draws from one to another: of each pair of states of a sector the real
// and imaginary parts of conj(Psi_s) Psi_t, and of 1/2 [conj(Psi_s) H Psi_t + conj(H Psi_s) Psi_t].
func (r *ritz) add(sums []float64, from, to int) error {
	n, at := r.own.N, 0
	of := func(all []complex128, s int) []complex128 { return all[s*n+from : s*n+to] }
	for _, sector := range r.sectors {
		for a, s := range sector {
			bra, hbra := of(r.psi, s), of(r.hpsi, s)
			for _, t := range sector[a:] {
				re, im := products(bra, of(r.psi, t))
				left, leftIm := products(bra, of(r.hpsi, t))
				right, rightIm := products(hbra, of(r.psi, t))
				if x := left + leftIm + right + rightIm; math.IsNaN(x) || math.IsInf(x, 0) {
					return &core.Error{Kind: core.Numeric, Op: "add draw", Subject: "energy_levels", Err: errors.New("H Psi is not finite where a state was drawn")}
				}
				sums[at] += re
				sums[at+1] += im
				sums[at+2] += 0.5 * (left + right)
				sums[at+3] += 0.5 * (leftIm + rightIm)
				at += 4
			}
		}
	}
	return nil
}

// products is the real and imaginary part of sum_i conj(a_i) b_i.
func products(a, b []complex128) (re, im float64) {
	for i, x := range a {
		y := b[i]
		re += real(x)*real(y) + imag(x)*imag(y)
		im += real(x)*imag(y) - imag(x)*real(y)
	}
	return re, im
}

// eigenvalues of H c = E S c, increasing; nil where the sampled S is not positive. Hermitian matrices
// A + iB are the symmetric (A -B; B A), which has each eigenvalue twice, and with S = L L^T the
// problem is that of L^-1 H L^-T.
func (r *ritz) eigenvalues(mean []float64) (all []float64) {
	at := 0
	for _, sector := range r.sectors {
		d := len(sector)
		overlap, energy := mat.NewSymDense(2*d, nil), mat.NewSymDense(2*d, nil)
		for a := range d {
			for b := a; b < d; b++ {
				embed(overlap, a, b, mean[at], mean[at+1])
				embed(energy, a, b, mean[at+2], mean[at+3])
				at += 4
			}
		}
		var factor mat.Cholesky
		if !factor.Factorize(overlap) {
			return nil
		}
		var lower mat.TriDense
		factor.LTo(&lower)
		whole := mat.DenseCopyOf(energy)
		blas64.Trsm(blas.Left, blas.NoTrans, 1, lower.RawTriangular(), whole.RawMatrix())
		blas64.Trsm(blas.Right, blas.Trans, 1, lower.RawTriangular(), whole.RawMatrix())
		symmetric := mat.NewSymDense(2*d, nil)
		for a := range 2 * d {
			for b := a; b < 2*d; b++ {
				symmetric.SetSym(a, b, (whole.At(a, b)+whole.At(b, a))/2)
			}
		}
		var eigen mat.EigenSym
		if !eigen.Factorize(symmetric, false) {
			return nil
		}
		for n, e := range eigen.Values(nil) {
			if n%2 == 0 {
				all = append(all, e)
			}
		}
	}
	slices.Sort(all)
	return all
}

// embed sets element ab of a Hermitian matrix, and that at ba.
func embed(m *mat.SymDense, a, b int, re, im float64) {
	d, _ := m.Dims()
	d /= 2
	m.SetSym(a, b, re)
	m.SetSym(d+a, d+b, re)
	m.SetSym(a, d+b, -im)
	m.SetSym(b, d+a, im)
}

// size is how many numbers of writes.
func (r *ritz) size() int { return r.Levels + 5 }

// of writes the lowest levels, then F, E, S, S/S_0, and the share of the upper half of the levels.
func (r *ritz) of(dst, mean []float64) {
	levels := r.eigenvalues(mean)
	if levels == nil {
		copy(dst, nans(len(dst)))
		return
	}
	copy(dst[:r.Levels], levels)
	z, e, upper := 0.0, 0.0, 0.0
	for n, level := range levels {
		w := 1.0
		if level > levels[0] {
			w = math.Exp(-r.beta * (level - levels[0]))
		}
		z += w
		e += w * (level - levels[0])
		if 2*n >= len(levels) {
			upper += w
		}
	}
	s := math.Log(z)
	if !math.IsInf(r.beta, 1) {
		s += r.beta * e / z
	}
	thermal := dst[r.Levels:]
	thermal[0] = levels[0] - math.Log(z)/r.beta
	thermal[1], thermal[2] = levels[0]+e/z, s
	if thermal[3] = 0; r.ideal > 0 {
		thermal[3] = s / r.ideal
	}
	thermal[4] = upper / z
}

// mostUpper is the largest share of the ensemble in the upper half of the levels without a
// caution: as many more levels as there are would then matter less.
const mostUpper = 0.01

// Report implements core.Estimator.
func (r *ritz) Report() ([]core.Estimate, error) {
	all := r.estimates()
	value, stderr := nans(r.size()), nans(r.size())
	if r.blocks.N() > 0 {
		value, stderr = r.blocks.Jackknife(r.size(), r.of)
	}
	at := 0
	for k := range all {
		e := &all[k]
		n := 1
		if e.Axes != nil {
			n = r.Levels
		}
		e.Value, e.Stderr = slices.Clone(value[at:at+n]), slices.Clone(stderr[at:at+n])
		e.N, e.Tau = r.blocks.N(), 1
		at += n
		switch {
		case e.N < least:
			e.Stderr = nans(n)
			e.Warn(core.CautionFewDraws, "%d draws are too few for an error: draw at least %d", e.N, least)
		case math.IsNaN(value[0]):
			e.Warn(core.CautionUndefined, "the overlaps of the %d states are not positive in so few draws: draw more, or ask for fewer states", len(r.states))
		case e.Axes == nil && len(r.states) > 1 && value[r.size()-1] > mostUpper:
			e.Warn(core.CautionSmallBasis, "the upper half of the %d levels has %.2g of the weight: ask for more states", len(r.states), value[r.size()-1])
		}
	}
	return all, nil
}
