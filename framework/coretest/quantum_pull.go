package coretest

import (
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// quantumBatches tests batches of any size, and that Pull is StatePull with
// v = 2 w.
func quantumBatches(t *testing.T, s *subject) {
	s.need(t, core.PowerQuantum)
	empty := s.sample(t, 121, 0)
	s.logPsi(t, empty)
	s.laplacian(t, empty)
	for j, g := range append(s.statePull(t, empty, nil, nil), s.pull(t, sent(empty), nil)...) {
		if g != 0 {
			t.Fatalf("number %d of the gradients of an empty batch is %v", j, g)
		}
	}
	b := sent(s.sample(t, 122, s.o.Large))
	w, v := weights(b.N, 122), complexWeights(b.N, 123)
	half := b.N / 2
	sum := s.statePull(t, s.part(b, 0, half), w[:half], v[:half])
	for j, g := range s.statePull(t, s.part(b, half, b.N), w[half:], v[half:]) {
		sum[j] += g
	}
	near(t, "gradient of two halves", sum, s.statePull(t, b, w, v), s.o.Tolerance)
	near(t, "Pull against StatePull", s.pull(t, b, w), s.statePull(t, b, w, twice(w)), s.o.Tolerance)

	logPsi, logP := s.logPsi(t, b)
	one := s.part(b, half, half+1)
	l, p := s.logPsi(t, one)
	near(t, "ln Psi alone and in a batch", parts(l), parts(logPsi[half:half+1]), s.o.Tolerance)
	near(t, "ln p alone and in a batch", p, logP[half:half+1], s.o.Tolerance)
	if s.o.Copies == 0 {
		near(t, "Laplacian alone and in a batch", parts(s.laplacian(t, one)), parts(s.laplacian(t, b)[half:half+1]), s.o.Tolerance)
	}
}

// quantumBatchID tests that what a model remembers of a batch changes nothing.
func quantumBatchID(t *testing.T, s *subject) {
	s.need(t, core.PowerQuantum)
	const n = 40
	b := s.sample(t, 124, n)
	w, v := weights(n, 124), complexWeights(n, 125)
	compare := func(what string, b *core.Batch) {
		t.Helper()
		plain := sent(b)
		near(t, "StatePull of "+what, s.statePull(t, b, w, v), s.statePull(t, plain, w, v), s.o.Inverse)
		near(t, "Pull of "+what, s.pull(t, b, w), s.pull(t, plain, w), s.o.Inverse)
		logPsi, logP := s.logPsi(t, b)
		l, p := s.logPsi(t, plain)
		for i := range l {
			l[i] = cmplx.Exp(l[i] - logPsi[i]) // branches may differ
		}
		near(t, "Psi of "+what, parts(l), append(slices.Repeat([]float64{1}, n), make([]float64, n)...), s.o.Inverse)
		near(t, "ln p of "+what, logP, p, s.o.Inverse)
		if s.o.Copies == 0 {
			near(t, "Laplacian of "+what, parts(s.laplacian(t, b)), parts(s.laplacian(t, plain)), s.o.Inverse)
		}
	}
	compare("a batch that has an ID", b)
	s.again(t, "StatePull of that batch once more", s.statePull(t, b, w, v), s.statePull(t, b, w, v))
	s.load(t, s.parameters(t, 2))
	compare("that batch with new parameters", b)
	s.load(t, s.theta)
	s.sample(t, 126, n)
	compare("a batch drawn before the last", b)
	compare("a batch nobody drew", &core.Batch{ID: 1 << 60, N: n, X: b.X, K: b.K})
}

// quantumSlices tests that the model keeps no slice of its caller's, changes
// none but the destination, and changes none that it returned.
func quantumSlices(t *testing.T, s *subject) {
	s.need(t, core.PowerQuantum)
	const n = 20
	b := s.foreign(t, 127, n)
	w, v := weights(n, 127), complexWeights(n, 128)
	logPsi, logP := s.logPsi(t, b)
	mine := slices.Clone(s.theta)
	s.load(t, mine)
	copy(mine, nans(len(mine)))
	again, _ := s.logPsi(t, b)
	same(t, "ln Psi after the caller's theta was overwritten", parts(again), parts(logPsi))

	my, myW, myV := sent(b), slices.Clone(w), slices.Clone(v)
	s.logPsi(t, my)
	lap := s.laplacian(t, my)
	grad := s.statePull(t, my, myW, myV)
	if s.has(core.PowerNatural) {
		s.naturalPull(t, my, myW, myV, 1)
	}
	same(t, "x after the calls", my.X, b.X)
	sameStates(t, "K after the calls", my.K, b.K)
	same(t, "w after the calls", myW, w)
	same(t, "v after the calls", parts(myV), parts(v))
	keptLap, keptGrad := slices.Clone(lap), slices.Clone(grad)

	drawn := s.sample(t, 129, n)
	kept := sent(drawn)
	s.statePull(t, drawn, w, v)
	s.laplacian(t, drawn)
	s.sample(t, 130, n)
	same(t, "x of an earlier batch", drawn.X, kept.X)
	sameStates(t, "states of an earlier batch", drawn.K, kept.K)
	same(t, "an earlier Laplacian", parts(lap), parts(keptLap))
	same(t, "an earlier gradient", grad, keptGrad)
	if s.has(core.PowerStates) {
		list := s.stateLogP(t)
		s.load(t, s.parameters(t, 2))
		s.load(t, s.theta)
		same(t, "an earlier list of states", list, s.stateLogP(t))
		copy(list, nans(len(list)))
		_, p := s.logPsi(t, b)
		same(t, "ln p after the caller's list was overwritten", p, logP)
	}
}

// quantumGradient compares StatePull with central differences of
//
//	sum_i [ w_i ln p(K_i) + Re conj(v_i) ln Psi_K_i(x_i) ].
func quantumGradient(t *testing.T, s *subject) {
	s.need(t, core.PowerQuantum)
	const n = 12
	b := s.foreign(t, 131, n)
	w, v := weights(n, 131), complexWeights(n, 132)
	before, _ := s.logPsi(t, b)
	grad := s.statePull(t, b, w, v)
	s.differences().check(t, "StatePull", 1, grad, func(direction []float64, step float64) []float64 {
		s.load(t, moved(s.theta, direction, step))
		logPsi, logP := s.logPsi(t, b)
		sum := dot(w, logP)
		for i, l := range logPsi {
			change := l - before[i]
			turn := math.Remainder(imag(change), 2*math.Pi) // another branch is as good
			sum += real(v[i])*real(change) + imag(v[i])*turn
		}
		return []float64{sum}
	})
}

// quantumMeanScore tests
//
//	E[ grad ln p(K) ] = 0,   E[ 2 Re grad ln Psi_K(x) ] = 0,
//
// which says that both are normalised and that samples have these densities, up
// to 5 standard errors over independent batches, in random directions and along
// some components.
func quantumMeanScore(t *testing.T, s *subject) {
	s.need(t, core.PowerQuantum)
	const batches = 40
	n := max(1, s.o.Samples/batches)
	var directions [][]float64
	for k := range min(s.o.Directions, len(s.theta)+4) {
		direction := make([]float64, len(s.theta))
		if k < 4 {
			direction = weights(len(s.theta), 140+uint64(k))
		} else {
			direction[(k-4)*len(s.theta)/max(1, min(s.o.Directions-4, len(s.theta)))] = 1
		}
		directions = append(directions, direction)
	}
	w, v := make([]float64, n), make([]complex128, n)
	for i := range n {
		w[i], v[i] = 1/float64(n), complex(1/float64(n), 0)
	}
	states, waves := make([]moments, len(directions)), make([]moments, len(directions))
	for k := range uint64(batches) {
		b := sent(s.sample(t, 150+k, n))
		ofState, ofWave := s.statePull(t, b, w, make([]complex128, n)), s.statePull(t, b, make([]float64, n), v)
		for j, direction := range directions {
			states[j].add(dot(direction, ofState))
			waves[j].add(dot(direction, ofWave))
		}
	}
	spread := 0.0
	for j := range directions {
		for what, m := range map[string]moments{"grad ln p(K)": states[j], "Re grad ln Psi": waves[j]} {
			mean, stderr := m.mean()
			spread += stderr
			// Sums of terms that cancel, as those of a state without rivals.
			rounding := 1e-12 * math.Sqrt(dot(directions[j], directions[j]))
			if !(math.Abs(mean) <= 5*stderr+rounding) {
				t.Errorf("E[%s] in direction %d is %.4g +- %.2g", what, j, mean, stderr)
			}
		}
	}
	if !(spread > 0) {
		t.Error("the scores of all samples are alike")
	}
}
