package coretest

import (
	"math"
	"math/cmplx"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// ratios are Psi_K(x'_i)/Psi_K(x_i), where x' holds as many configurations for
// each of b's as there are moves: configuration i of move m is number m b.N + i.
// The branches of the logarithms have no part in them.
func (s *subject) ratios(t *testing.T, b *core.Batch, moved []float64) []complex128 {
	t.Helper()
	moves := len(moved) / len(b.X)
	there := &core.Batch{N: moves * b.N, X: moved}
	for range moves {
		there.K = append(there.K, b.K...)
	}
	before, _ := s.logPsi(t, sent(b))
	after, _ := s.logPsi(t, there)
	for i := range after {
		after[i] = cmplx.Exp(after[i] - before[i%b.N])
	}
	return after
}

// mostOverlaps is the number of states of which all overlaps are computed.
const mostOverlaps = 6

// quantumOverlaps integrates conj(Psi_K) Psi_K' over all space.
func quantumOverlaps(t *testing.T, s *subject) {
	s.need(t, core.PowerQuantum)
	x, cell := s.grid(t)
	b := s.sample(t, 111, 1000)
	first, _ := s.drawnStates(b)
	var waves [][]complex128
	for _, i := range first[:min(len(first), mostOverlaps)] {
		points := &core.Batch{N: len(x) / s.d, X: x}
		for range points.N {
			points.K = append(points.K, s.part(b, i, i+1).K...)
		}
		wave, _ := s.logPsi(t, points)
		for j := range wave {
			wave[j] = cmplx.Exp(wave[j])
		}
		waves = append(waves, wave)
	}
	for i, a := range waves {
		for j, b := range waves[:i+1] {
			sum, want := complex128(0), complex128(0)
			for k := range a {
				sum += cmplx.Conj(a[k]) * b[k] * complex(cell, 0)
			}
			if i == j {
				want = 1
			}
			if !(cmplx.Abs(sum-want) <= s.o.Quadrature.Tolerance) {
				t.Errorf("the overlap of states %d and %d is %v, want %v", i, j, sum, want)
			}
		}
	}
}

// quantumExchange exchanges two particles of a kind: Psi changes its sign.
func quantumExchange(t *testing.T, s *subject) {
	s.need(t, core.PowerQuantum)
	n := s.space.Count()
	if n < 2 {
		t.Skip("there is one particle")
	}
	b := s.foreign(t, 112, 30)
	dim := s.d / n
	first := 0
	for _, alike := range s.space.Alike() {
		one := first
		first += alike
		for _, other := range []int{one + 1, first - 1} {
			if alike == 1 {
				continue
			}
			exchange := transformation(func(y, x []float64) {
				copy(y, x)
				copy(y[one*dim:(one+1)*dim], x[other*dim:])
				copy(y[other*dim:(other+1)*dim], x[one*dim:])
			})
			for i, ratio := range s.ratios(t, b, exchange.apply(b.X, s.d)) {
				if !(cmplx.Abs(ratio+1) <= s.o.Tolerance) {
					t.Fatalf("exchanging particles %d and %d multiplies Psi of configuration %d by %v", one, other, i, ratio)
				}
			}
		}
	}
}

// quantumTwist moves one particle by an edge of the box, which multiplies Psi
// by exp(2 pi i twist).
func quantumTwist(t *testing.T, s *subject) {
	s.need(t, core.PowerQuantum)
	if s.space.Box == nil {
		t.Skip("there is no box")
	}
	b := s.foreign(t, 113, 20)
	dim := s.d / s.space.Count()
	for j := range s.d {
		twist := 0.0
		if s.space.Twist != nil {
			twist = s.space.Twist[j%dim]
		}
		want := cmplx.Exp(complex(0, 2*math.Pi*twist))
		along := make([]float64, s.d)
		along[j] = 1
		for i, ratio := range s.ratios(t, b, moved(b.X, along, s.space.Box[j%dim])) {
			if !(cmplx.Abs(ratio-want) <= s.o.Tolerance) {
				t.Fatalf("moving coordinate %d by the edge of the box multiplies Psi of configuration %d by %v, want %v", j, i, ratio, want)
			}
		}
	}
}

// sixth are the coefficients of the second derivative at the points -3 h to
// 3 h, to order h^6 (B. Fornberg, Math. Comp. 51, 699 (1988), table 1).
var sixth = [7]float64{1. / 90, -3. / 20, 3. / 2, -49. / 18, 3. / 2, -3. / 20, 1. / 90}

// along are the configurations moved by -3 h to 3 h in one coordinate.
func (s *subject) along(b *core.Batch, j int, h float64) (points []float64) {
	step := make([]float64, s.d)
	step[j] = h
	for k := -3; k <= 3; k++ {
		points = append(points, moved(b.X, step, float64(k))...)
	}
	return points
}

// quantumLaplacian compares Laplacian with differences of Psi. Where it is an
// estimate, the mean over copies of a configuration is, up to 5 standard errors.
func quantumLaplacian(t *testing.T, s *subject) {
	s.need(t, core.PowerQuantum)
	const n = 4
	h := s.o.LaplacianStep
	b := s.foreign(t, 114, n)
	want, scale := make([]complex128, n), make([]float64, n)
	for j := range s.d {
		points := s.along(b, j, h)
		second := make([]complex128, n)
		for m, ratio := range s.ratios(t, b, points) {
			second[m%n] += complex(sixth[m/n]/(h*h), 0) * (ratio - 1)
		}
		for i := range second {
			want[i] += second[i]
			scale[i] += cmplx.Abs(second[i])
		}
	}
	if s.o.Copies > 0 {
		quantumEstimates(t, s, b, want)
		return
	}
	for i, lap := range s.laplacian(t, b) {
		if limit := s.o.Laplacian * math.Max(1, scale[i]); !(cmplx.Abs(lap-want[i]) <= limit) {
			t.Errorf("lap Psi/Psi of configuration %d is %v, differences give %v, limit %.2g", i, lap, want[i], limit)
		}
	}
}

func quantumEstimates(t *testing.T, s *subject, b *core.Batch, want []complex128) {
	for i := range b.N {
		copies := &core.Batch{N: s.o.Copies}
		for range s.o.Copies {
			one := s.part(b, i, i+1)
			copies.X, copies.K = append(copies.X, one.X...), append(copies.K, one.K...)
		}
		var re, im moments
		for _, lap := range s.laplacian(t, copies) {
			re.add(real(lap))
			im.add(imag(lap))
		}
		for part, m := range map[string]moments{"real": re, "imaginary": im} {
			exact := real(want[i])
			if part == "imaginary" {
				exact = imag(want[i])
			}
			mean, stderr := m.mean()
			if limit := 5*stderr + s.o.Laplacian*math.Max(1, math.Abs(exact)); !(math.Abs(mean-exact) <= limit) {
				t.Errorf("the %s part of lap Psi/Psi of configuration %d is %v +- %v, differences give %v", part, i, mean, stderr, exact)
			}
		}
	}
}

// quantumHermitian tests that <Psi_K|lap|Psi_K> is real and not positive, up to 5
// standard errors.
func quantumHermitian(t *testing.T, s *subject) {
	s.need(t, core.PowerQuantum)
	var re, im moments
	for _, lap := range s.laplacian(t, s.sample(t, 115, s.o.Samples)) {
		re.add(real(lap))
		im.add(imag(lap))
	}
	if mean, stderr := im.mean(); !(math.Abs(mean) <= 5*stderr) {
		t.Errorf("the mean of lap Psi/Psi has the imaginary part %.4g +- %.2g", mean, stderr)
	}
	if mean, stderr := re.mean(); !(mean <= 5*stderr) {
		t.Errorf("the mean of lap Psi/Psi has the real part %.4g +- %.2g", mean, stderr)
	}
}

// quantumStein tests that the model's own draws have the density |Psi_K|^2. Chains have moved on
// some times before.
func quantumStein(t *testing.T, s *subject) {
	s.need(t, core.PowerQuantum)
	b := s.sample(t, 116, s.o.Samples)
	if s.has(core.PowerWalk) {
		for k := range uint64(3) {
			b = s.next(t, 117+k, s.o.Samples)
		}
	}
	stein(t, s, b)
}

// stein tests that x has the density |Psi_K|^2, by Stein's identity
//
//	E[ div u + 2 Re u . grad ln Psi_K ] = 0
//
// for u_j = sin(kappa_j x_j + phi_j), periodic in a box, up to 5 standard
// errors.
func stein(t *testing.T, s *subject, b *core.Batch) {
	t.Helper()
	kappa := make([]float64, s.d)
	for j := range kappa {
		if kappa[j] = 1; s.space.Box != nil {
			kappa[j] = 2 * math.Pi / s.space.Box[j%len(s.space.Box)]
		}
	}
	// Errors of the difference are (step/distance to a node)^2: with 20000
	// samples, 1e-5 where it is closest.
	const step = 1e-4
	for seed := range uint64(3) {
		phase := phases(s.d, seed)
		divergence := make([]float64, b.N)
		points := make([]float64, 2*len(b.X))
		for k, x := range b.X {
			j := k % s.d
			sin, cos := math.Sincos(kappa[j]*x + phase[j])
			divergence[k/s.d] += kappa[j] * cos
			points[k], points[len(b.X)+k] = x+step*sin, x-step*sin
		}
		ratios := s.ratios(t, b, points)
		var m moments
		for i, div := range divergence {
			m.add(div + math.Log(cmplx.Abs(ratios[i])/cmplx.Abs(ratios[b.N+i]))/step)
		}
		if mean, stderr := m.mean(); !(math.Abs(mean) <= 5*stderr) {
			t.Errorf("E[div u + 2 Re u . grad ln Psi] of samples is %.4g +- %.2g, want 0", mean, stderr)
		}
	}
}
