package coretest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Model tests that a model keeps to the contract of core. open returns a new
// value for each subtest.
func Model(t *testing.T, open func(t *testing.T) core.Model, o ModelOptions) {
	o.defaults()
	if o.Another == nil {
		o.Another = open
	}
	for _, c := range modelChecks {
		t.Run(c.name, func(t *testing.T) {
			defer c.judge(t)
			s := &subject{Model: open(t), o: o}
			s.space = s.Spec().Space
			s.d = s.space.Size()
			s.theta = s.parameters(t, 1)
			s.load(t, s.theta)
			c.test(t, s)
		})
	}
}

// subject is the model under test, with parameters loaded.
type subject struct {
	core.Model
	o     ModelOptions
	space core.Space
	d     int
	theta []float64
}

// again compares numbers that are computed a second time, or in another batch: bit for bit, unless
// the model says that it is not so exact.
func (s *subject) again(t *testing.T, what string, got, want []float64) {
	t.Helper()
	repeated(t, what, got, want, s.Spec().NotBitwise, s.o.Tolerance)
}

// parameters returns starting parameters with noise.
func (s *subject) parameters(t *testing.T, seed uint64) []float64 {
	t.Helper()
	theta := nans(s.Spec().Parameters)
	if err := s.Init(theta, seed); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(seed, 2))
	for i := range theta {
		theta[i] += s.o.Spread * r.NormFloat64()
	}
	return theta
}

func (s *subject) load(t *testing.T, theta []float64) {
	t.Helper()
	if err := s.Load(theta); err != nil {
		t.Fatal(err)
	}
}

// sample draws, from new chains where there are chains.
func (s *subject) sample(t *testing.T, seed uint64, n int) *core.Batch {
	t.Helper()
	if s.has(core.PowerWalk) {
		s.setState(t, core.State{})
	}
	return s.next(t, seed, n)
}

// next draws into a batch that is full of somebody else's numbers.
func (s *subject) next(t *testing.T, seed uint64, n int) *core.Batch {
	t.Helper()
	logP := n
	if core.LacksLogP(s.Spec().Powers) {
		logP = 0
	}
	b := &core.Batch{ID: 7, N: 3, X: nans(3), LogP: nans(3), E: nans(3), K: []int32{-1, -1}, Lap: make([]complex128, 3),
		Potential: nans(3), EIm: nans(3), Chains: 3, Accept: nans(3)}
	if err := s.Sample(b, seed, n); err != nil {
		t.Fatal(err)
	}
	if b.N != n || len(b.X) != n*s.d || len(b.LogP) != logP || len(b.E)+len(b.Lap)+len(b.Potential)+len(b.EIm) != 0 {
		t.Fatalf("Sample(n = %d) left N = %d, %d numbers in X, %d in LogP, %d in E, %d in Lap, %d in Potential, %d in EIm",
			n, b.N, len(b.X), len(b.LogP), len(b.E), len(b.Lap), len(b.Potential), len(b.EIm))
	}
	labels, chains := 0, 0
	if s.has(core.PowerQuantum) {
		labels = n * s.space.Count()
	}
	if s.has(core.PowerWalk) {
		chains = n
	}
	if len(b.K) != labels || b.Chains != chains || len(b.Accept) != chains {
		t.Fatalf("Sample(n = %d) left %d labels in K, want %d, and %d chains with %d acceptances, want %d",
			n, len(b.K), labels, b.Chains, len(b.Accept), chains)
	}
	return b
}

func (s *subject) logProb(t *testing.T, x []float64) []float64 {
	t.Helper()
	s.normalised(t)
	dst := nans(len(x) / s.d)
	if err := s.LogProb(dst, x); err != nil {
		t.Fatal(err)
	}
	return dst
}

func (s *subject) pull(t *testing.T, b *core.Batch, w []float64) []float64 {
	t.Helper()
	s.normalised(t)
	grad := nans(len(s.theta))
	if err := s.Pull(grad, b, w); err != nil {
		t.Fatal(err)
	}
	return grad
}

func (s *subject) has(p core.Power) bool { return slices.Contains(s.Spec().Powers, p) }

// need skips the test of a power that the model does not declare.
func (s *subject) need(t *testing.T, p core.Power) {
	t.Helper()
	if !s.has(p) {
		t.Skipf("the model does not declare the power %q", p)
	}
	if !implements(s.Model, p) {
		t.Fatalf("the model does not have the power %q that it declares", p)
	}
}

// classical skips what is tested of a density matrix in other ways.
func (s *subject) classical(t *testing.T) {
	t.Helper()
	if s.has(core.PowerQuantum) {
		t.Skip("the model is a density matrix")
	}
}

func (s *subject) differences() differences {
	return differences{s.o.Slope, s.o.Step, s.o.Directions}
}

// weights returns n random cotangents of both signs.
func weights(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 3))
	w := make([]float64, n)
	for i := range w {
		w[i] = r.NormFloat64()
	}
	return w
}

func modelSpec(t *testing.T, s *subject) {
	spec := s.Spec()
	checkSpace(t, spec.Space)
	total := 0
	for _, b := range spec.Blocks {
		if b.Name == "" {
			t.Error("a block has no name")
		}
		total += b.Size()
	}
	if len(spec.Blocks) > 0 && total != spec.Parameters {
		t.Errorf("blocks add up to %d, the spec says %d parameters", total, spec.Parameters)
	}
	if n := len(spec.LatentScale); n != 0 && n != s.d {
		t.Errorf("LatentScale has %d labels for %d latent variables", n, s.d)
	}
	for _, p := range spec.Powers {
		if !implements(s.Model, p) {
			t.Errorf("it declares the power %q without its methods", p)
		}
	}
	s.sample(t, 1, 3)
	if again := s.Spec(); !reflect.DeepEqual(again, spec) {
		t.Errorf("the spec changed from %+v to %+v", spec, again)
	}
}

func modelInit(t *testing.T, s *subject) {
	theta := s.parameters(t, 1)
	for i, v := range theta {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatalf("starting parameter %d is %v", i, v)
		}
	}
	same(t, "parameters of the same seed", s.parameters(t, 1), theta)
	// Random numbers of the process's own, as of numpy.random, may be the same as long as it lives.
	other := &subject{Model: s.o.Another(t), o: s.o, space: s.space, d: s.d}
	same(t, "parameters of the same seed in another process", other.parameters(t, 1), theta)
}

func modelSample(t *testing.T, s *subject) {
	b := s.sample(t, 11, 200)
	if b.ID == 0 {
		t.Error("Sample gave the batch no ID")
	}
	for i, x := range b.X {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			t.Fatalf("component %d of sample %d is %v", i%s.d, i/s.d, x)
		}
	}
	if i := s.space.Illegal(b.X); i >= 0 {
		t.Fatalf("component %d of sample %d is %v, and %s", i%s.d, i/s.d, b.X[i], s.space.Legal(i%s.d))
	}
	again := s.sample(t, 11, 200)
	s.again(t, "x of the same seed", again.X, b.X)
	s.again(t, "ln p of the same seed", again.LogP, b.LogP)
	sameStates(t, "states of the same seed", again.K, b.K)
	if other := s.sample(t, 12, 200); slices.Equal(other.X, b.X) {
		t.Error("two seeds give the same batch")
	}
}

func modelPrefix(t *testing.T, s *subject) {
	long := s.sample(t, 13, 150)
	for _, n := range []int{1, 7, 149} {
		short := s.sample(t, 13, n)
		s.again(t, "x of a shorter batch", short.X, long.X[:n*s.d])
		s.again(t, "ln p of a shorter batch", short.LogP, long.LogP[:len(short.LogP)])
		sameStates(t, "states of a shorter batch", short.K, long.K[:len(short.K)])
	}
	for _, first := range []int{1, 64, 149} {
		part := &core.Batch{From: first}
		if err := s.Sample(part, 13, 150-first); err != nil {
			t.Fatal(err)
		}
		s.again(t, "x of later draws", part.X, long.X[first*s.d:])
		s.again(t, "ln p of later draws", part.LogP, long.LogP[first*len(part.LogP)/part.N:])
		sameStates(t, "states of later draws", part.K, long.K[first*len(part.K)/part.N:])
	}
}

func modelBatches(t *testing.T, s *subject) {
	s.classical(t)
	empty := s.sample(t, 14, 0)
	s.logProb(t, nil)
	for i, g := range s.pull(t, empty, nil) {
		if g != 0 {
			t.Fatalf("gradient component %d of an empty batch is %v", i, g)
		}
	}
	b := s.sample(t, 14, s.o.Large)
	w := weights(b.N, 14)
	whole := s.pull(t, b, w)
	half := b.N / 2
	sum := s.pull(t, &core.Batch{N: half, X: b.X[:half*s.d]}, w[:half])
	for i, g := range s.pull(t, &core.Batch{N: b.N - half, X: b.X[half*s.d:]}, w[half:]) {
		sum[i] += g
	}
	near(t, "gradient of two halves", sum, whole, s.o.Tolerance)
	near(t, "ln p alone and in a batch", s.logProb(t, b.X[half*s.d:(half+1)*s.d]), s.logProb(t, b.X)[half:half+1], s.o.Tolerance)
}

func modelLogProb(t *testing.T, s *subject) {
	s.classical(t)
	b := s.sample(t, 15, 300)
	near(t, "LogProb of samples", s.logProb(t, b.X), b.LogP, s.o.Inverse)
	x := configurations(s.space, s.o.Draw, 15, 100)
	for i, l := range s.logProb(t, x) {
		if math.IsNaN(l) || math.IsInf(l, 1) {
			t.Errorf("ln p of configuration %d is %v", i, l)
		}
	}
}

// modelGradient compares Pull with central differences of sum_i w_i ln p(x_i).
func modelGradient(t *testing.T, s *subject) {
	s.classical(t)
	if len(s.theta) == 0 {
		t.Skip("no parameters")
	}
	const n = 12
	x := configurations(s.space, s.o.Draw, 17, n)
	w := weights(n, 17)
	grad := s.pull(t, &core.Batch{N: n, X: x}, w)
	s.differences().check(t, "Pull", 1, grad, func(direction []float64, step float64) []float64 {
		s.load(t, moved(s.theta, direction, step))
		return []float64{dot(w, s.logProb(t, x))}
	})
}

// modelBatchID tests that what a model remembers of a batch changes nothing.
func modelBatchID(t *testing.T, s *subject) {
	s.classical(t)
	b := s.sample(t, 19, 40)
	w := weights(40, 19)
	plain := &core.Batch{N: b.N, X: b.X}
	want := s.pull(t, plain, w)
	near(t, "Pull of a batch that has an ID", s.pull(t, b, w), want, s.o.Tolerance)
	s.again(t, "Pull of that batch once more", s.pull(t, b, w), s.pull(t, b, w))

	s.load(t, s.parameters(t, 2))
	near(t, "Pull of that batch with new parameters", s.pull(t, b, w), s.pull(t, plain, w), s.o.Tolerance)

	s.load(t, s.theta)
	s.sample(t, 20, 40)
	near(t, "Pull of a batch drawn before the last", s.pull(t, b, w), want, s.o.Tolerance)
	near(t, "Pull of a batch nobody drew", s.pull(t, &core.Batch{ID: 1 << 60, N: b.N, X: b.X}, w), want, s.o.Tolerance)
}

// modelSlices tests that the model keeps no slice of its caller's, changes
// none but the destination, and changes none that it returned.
func modelSlices(t *testing.T, s *subject) {
	s.classical(t)
	x := configurations(s.space, s.o.Draw, 21, 30)
	w := weights(30, 21)
	logP := s.logProb(t, x)
	mine := slices.Clone(s.theta)
	s.load(t, mine)
	same(t, "theta after Load", mine, s.theta)
	copy(mine, nans(len(mine)))
	s.again(t, "LogProb after the caller's theta was overwritten", s.logProb(t, x), logP)

	myX, myW := slices.Clone(x), slices.Clone(w)
	s.logProb(t, myX)
	grad := s.pull(t, &core.Batch{N: 30, X: myX}, myW)
	same(t, "x after LogProb and Pull", myX, x)
	same(t, "w after Pull", myW, w)
	keptGrad := slices.Clone(grad)

	b := s.sample(t, 22, 30)
	keptX, keptLogP := slices.Clone(b.X), slices.Clone(b.LogP)
	s.pull(t, b, weights(30, 23))
	s.sample(t, 24, 30)
	same(t, "x of an earlier batch", b.X, keptX)
	same(t, "ln p of an earlier batch", b.LogP, keptLogP)
	same(t, "an earlier gradient", grad, keptGrad)
}

func modelSymmetries(t *testing.T, s *subject) {
	s.needLogProb(t)
	x := append(configurations(s.space, s.o.Draw, 25, 50), s.sample(t, 25, 50).X...)
	want := s.logProb(t, x)
	for _, symmetry := range s.Spec().Symmetries {
		for k, g := range transformations(t, s.space, symmetry) {
			near(t, fmt.Sprintf("ln p after %s %d", symmetry, k), s.logProb(t, g.apply(x, s.d)), want, s.o.Tolerance)
		}
	}
}
