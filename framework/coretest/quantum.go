package coretest

import (
	"fmt"
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// sent is a batch as it is known without the one that was drawn.
func sent(b *core.Batch) *core.Batch {
	return &core.Batch{N: b.N, X: slices.Clone(b.X), K: slices.Clone(b.K)}
}

// part is the configurations from i up to j.
func (s *subject) part(b *core.Batch, i, j int) *core.Batch {
	n := len(b.K) / b.N
	return sent(&core.Batch{N: j - i, X: b.X[i*s.d : j*s.d], K: b.K[i*n : j*n]})
}

// foreign draws with other parameters, and returns to those of the test.
func (s *subject) foreign(t *testing.T, seed uint64, n int) *core.Batch {
	t.Helper()
	s.load(t, s.parameters(t, 2))
	b := s.sample(t, seed, n)
	s.load(t, s.theta)
	return sent(b)
}

func (s *subject) logPsi(t *testing.T, b *core.Batch) (logPsi []complex128, logP []float64) {
	t.Helper()
	logPsi, logP = complexNaNs(b.N), nans(b.N)
	if err := s.Model.(core.DensityMatrix).LogPsi(logPsi, logP, b); err != nil {
		t.Fatal(err)
	}
	return logPsi, logP
}

func (s *subject) laplacian(t *testing.T, b *core.Batch) []complex128 {
	t.Helper()
	lap := complexNaNs(b.N)
	if err := s.Model.(core.DensityMatrix).Laplacian(lap, b); err != nil {
		t.Fatal(err)
	}
	return lap
}

func (s *subject) statePull(t *testing.T, b *core.Batch, w []float64, v []complex128) []float64 {
	t.Helper()
	grad := nans(len(s.theta))
	if err := s.Model.(core.DensityMatrix).StatePull(grad, b, w, v); err != nil {
		t.Fatal(err)
	}
	return grad
}

func (s *subject) stateLogP(t *testing.T) []float64 {
	t.Helper()
	logP, err := s.Model.(core.StateLister).StateLogP()
	if err != nil {
		t.Fatal(err)
	}
	return logP
}

func complexNaNs(n int) []complex128 {
	v := make([]complex128, n)
	for i := range v {
		v[i] = cmplx.NaN()
	}
	return v
}

// parts are the real parts of v and then the imaginary ones.
func parts(v []complex128) []float64 {
	r := make([]float64, 2*len(v))
	for i, z := range v {
		r[i], r[len(v)+i] = real(z), imag(z)
	}
	return r
}

// complexWeights returns n random complex cotangents.
func complexWeights(n int, seed uint64) []complex128 {
	r := weights(2*n, seed)
	v := make([]complex128, n)
	for i := range v {
		v[i] = complex(r[i], r[n+i])
	}
	return v
}

// needLogProb skips the test of a density matrix that cannot sum over its
// states.
func (s *subject) needLogProb(t *testing.T) {
	t.Helper()
	if !s.has(core.PowerQuantum) {
		return
	}
	x := s.sample(t, 1, 1).X
	if err := s.LogProb(nans(1), x); core.KindOf(err) == core.Unsupported && err != nil {
		t.Skip(err)
	}
}

// quantumLabels tests that K are orbitals in increasing order, and that LogP is
// the ln p(K) of LogPsi.
func quantumLabels(t *testing.T, s *subject) {
	s.need(t, core.PowerQuantum)
	spec, n := s.Spec(), s.space.Count()
	for k, numbers := range spec.Orbitals {
		if len(numbers) != s.d/n {
			t.Errorf("orbital %d has %d quantum numbers in %d dimensions", k, len(numbers), s.d/n)
		}
	}
	b := s.sample(t, 101, 300)
	for i := range b.N {
		k := b.K[i*n : (i+1)*n]
		if !s.space.IsState(k, len(spec.Orbitals)) {
			t.Fatalf("state %v of sample %d is not a set of %v of %d orbitals in increasing order", k, i, s.space.Alike(), len(spec.Orbitals))
		}
	}
	logPsi, logP := s.logPsi(t, sent(b))
	near(t, "ln p(K) of LogPsi", logP, b.LogP, s.o.Tolerance)
	if slices.ContainsFunc(logPsi, cmplx.IsNaN) {
		t.Error("ln Psi of a sample is NaN")
	}
}

// drawnStates are those of a batch: the first configuration that has each, and
// how many have it.
func (s *subject) drawnStates(b *core.Batch) (first, counts []int) {
	seen, n := map[string]int{}, s.space.Count()
	for i := range b.N {
		key := fmt.Sprint(b.K[i*n : (i+1)*n])
		at, ok := seen[key]
		if !ok {
			at = len(first)
			seen[key] = at
			first, counts = append(first, i), append(counts, 0)
		}
		counts[at]++
	}
	return first, counts
}

// quantumFrequencies compares how often a state is drawn with p(K) by
// chi-square; states that are rare, or were not drawn, share a bin.
func quantumFrequencies(t *testing.T, s *subject) {
	s.need(t, core.PowerQuantum)
	b := s.sample(t, 102, s.o.Samples)
	first, counts := s.drawnStates(b)
	var f frequencies
	rest, restCount := float64(b.N), b.N
	for j, i := range first {
		if expected := float64(b.N) * math.Exp(b.LogP[i]); expected >= 5 {
			f.add(float64(counts[j]), expected)
			rest, restCount = rest-expected, restCount-counts[j]
		}
	}
	if rest < -1e-9*float64(b.N) {
		t.Fatalf("the probabilities of the states that were drawn add up to %.12g", 1-rest/float64(b.N))
	}
	f.rest(float64(restCount), rest)
	f.check(t, b.N)
}

// quantumList compares the list of all states with 1, with p(K) of states that
// are drawn, and the entropy of the list with their mean of -ln p(K), up to 5
// standard errors.
func quantumList(t *testing.T, s *subject) {
	s.need(t, core.PowerStates)
	list := s.stateLogP(t)
	near(t, "ln of the sum of p over all states", []float64{logSumExp(list)}, []float64{0}, s.o.Tolerance)
	same(t, "the list once more", s.stateLogP(t), list)
	s.load(t, s.parameters(t, 2))
	if other := s.stateLogP(t); len(other) != len(list) {
		t.Errorf("%d states, with other parameters %d", len(list), len(other))
	}
	s.load(t, s.theta)
	if !s.has(core.PowerQuantum) {
		return
	}
	b := s.sample(t, 103, s.o.Samples)
	sorted := slices.Sorted(slices.Values(list))
	var surprise moments
	for i, l := range b.LogP {
		at, _ := slices.BinarySearch(sorted, l-s.o.Tolerance)
		if at == len(sorted) || sorted[at] > l+s.o.Tolerance {
			t.Fatalf("ln p(K) = %v of sample %d is not in the list", l, i)
		}
		surprise.add(-l)
	}
	entropy := 0.0
	for _, l := range list {
		if !math.IsInf(l, -1) {
			entropy -= l * math.Exp(l)
		}
	}
	if mean, stderr := surprise.mean(); !(math.Abs(mean-entropy) <= 5*stderr+s.o.Tolerance) {
		t.Errorf("the mean of -ln p(K) is %v +- %v, the entropy of the list %v", mean, stderr, entropy)
	}
}

// quantumDiagonal compares LogProb with
//
//	ln <x|rho|x> = ln sum_K p(K) |Psi_K(x)|^2,
//
// summed over the states that were drawn: a lower bound, reached if these are
// all.
func quantumDiagonal(t *testing.T, s *subject) {
	s.need(t, core.PowerQuantum)
	s.needLogProb(t)
	const n = 8
	b := s.sample(t, 104, s.o.Samples)
	x := s.part(b, 0, n).X
	first, _ := s.drawnStates(b)
	terms, total := make([][]float64, n), 0.0
	for _, i := range first {
		one := &core.Batch{N: n, X: x}
		for range n {
			one.K = append(one.K, s.part(b, i, i+1).K...)
		}
		logPsi, logP := s.logPsi(t, one)
		for j, l := range logPsi {
			terms[j] = append(terms[j], logP[j]+2*real(l))
		}
		total += math.Exp(b.LogP[i])
	}
	got := s.logProb(t, x)
	for j := range n {
		sum := logSumExp(terms[j])
		if got[j] < sum-s.o.Inverse || total > 1-1e-12 && got[j] > sum+s.o.Inverse {
			t.Errorf("LogProb of configuration %d is %.15g, the sum over %d states of total probability %.15g is %.15g",
				j, got[j], len(first), total, sum)
		}
	}
}
