package flow_test

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

// d components on a 2 x 2 lattice, whose symmetries with Z2 make 2 x 8 images.
const d = 4

var shape = []int{2, 2}

// groups are the images tried.
var groups = map[string][]core.Symmetry{
	"plain": nil, "z2": {core.Z2}, "lattice": {core.Z2, core.Translation, core.Reflection},
}

func eachGroup(t *testing.T, test func(t *testing.T, m *subject)) {
	for name, symmetries := range groups {
		t.Run(name, func(t *testing.T) { test(t, open(t, symmetries)) })
	}
}

// subject is a model with parameters loaded, its bijection and images.
type subject struct {
	*flow.Model[float64]
	bijection flow.Bijection[float64]
	images    []flow.Image
	theta     []float64
}

func open(t *testing.T, symmetries []core.Symmetry) *subject {
	b := flowtest.Autoregression(d, 4)
	images := flow.Images(shape, symmetries...)
	m := flow.New(b, core.Space{Kind: core.Field, Shape: shape}, flow.Options{Subject: "test", Images: images, Symmetries: symmetries})
	s := &subject{Model: m, bijection: b, images: images, theta: make([]float64, m.Spec().Parameters)}
	if err := m.Init(s.theta, 3); err != nil {
		t.Fatal(err)
	}
	s.load(t, s.theta)
	return s
}

func (s *subject) load(t *testing.T, theta []float64) {
	t.Helper()
	if err := s.Load(theta); err != nil {
		t.Fatal(err)
	}
}

func (s *subject) sample(t *testing.T, seed uint64, n int) *core.Batch {
	t.Helper()
	var b core.Batch
	if err := s.Sample(&b, seed, n); err != nil {
		t.Fatal(err)
	}
	return &b
}

func (s *subject) logProb(t *testing.T, x []float64) []float64 {
	t.Helper()
	logP := make([]float64, len(x)/d)
	if err := s.LogProb(logP, x); err != nil {
		t.Fatal(err)
	}
	return logP
}

func (s *subject) pathPull(t *testing.T, b *core.Batch, xbar, lbar []float64) []float64 {
	t.Helper()
	g := make([]float64, len(s.theta))
	if err := s.PathPull(g, b, xbar, lbar); err != nil {
		t.Fatal(err)
	}
	return g
}

// plain is ln p of one configuration by the formula, image by image.
func (s *subject) plain(t *testing.T, x []float64) float64 {
	t.Helper()
	w, sum := s.bijection.On(1), 0.0
	z, l, gx := make([]float64, d), make([]float64, 1), make([]float64, d)
	for _, g := range s.images {
		for i, from := range g.Perm {
			gx[i] = g.Sign * x[from]
		}
		if err := w.Inverse(z, l, gx); err != nil {
			t.Fatal(err)
		}
		q := math.Exp(-l[0])
		for _, v := range z {
			q *= math.Exp(-v*v/2) / math.Sqrt(2*math.Pi)
		}
		sum += q
	}
	return math.Log(sum / float64(len(s.images)))
}

func normal(seed uint64, n int) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	v := make([]float64, n)
	for i := range v {
		v[i] = r.NormFloat64()
	}
	return v
}

func maxDiff(a, b []float64) float64 {
	most := 0.0
	for i := range a {
		most = max(most, math.Abs(a[i]-b[i]))
	}
	return most
}

func TestDensity(t *testing.T) {
	eachGroup(t, func(t *testing.T, s *subject) {
		b := s.sample(t, 1, 21)
		for name, c := range map[string]struct{ x, logP []float64 }{
			"draws": {b.X, b.LogP}, "draws given": {b.X, s.logProb(t, b.X)}, "any": {normal(2, 21*d), s.logProb(t, normal(2, 21*d))},
		} {
			for j, l := range c.logP {
				if want := s.plain(t, c.x[j*d:(j+1)*d]); math.Abs(l-want) > 1e-12*math.Abs(want) {
					t.Errorf("%s: ln p of configuration %d is %v, want %v", name, j, l, want)
				}
			}
		}
	})
}

// The images of x have one density, and another without the symmetry.
func TestSymmetries(t *testing.T) {
	x := normal(3, d)
	for name, symmetries := range groups {
		s := open(t, symmetries)
		for k, g := range flow.Images(shape, groups["lattice"]...) {
			gx := make([]float64, d)
			for i, from := range g.Perm {
				gx[i] = g.Sign * x[from]
			}
			differs := math.Abs(s.logProb(t, gx)[0]-s.logProb(t, x)[0]) > 1e-12
			if in := k < len(s.images); differs == in {
				t.Errorf("%s: image %d differs: %v", name, k, differs)
			}
		}
	}
}

// Draws of the first component have the distribution function of p, by 10000
// draws: the largest deviation of the empirical one exceeds 2/sqrt(n) with
// probability 2 exp(-8) (Dvoretzky, Kiefer, Wolfowitz, Massart).
func TestDrawsFollowTheDensity(t *testing.T) {
	const n = 10000
	b := flowtest.Autoregression(1, 64)
	m := flow.New(b, core.Space{Kind: core.Field, Shape: []int{1}}, flow.Options{Images: flow.Images([]int{1}, core.Z2)})
	if err := m.Load([]float64{0.8, -0.7, 0}); err != nil { // N(0.8, e^-1.4) and its mirror image
		t.Fatal(err)
	}
	var x core.Batch
	if err := m.Sample(&x, 5, n); err != nil {
		t.Fatal(err)
	}
	slices.Sort(x.X)
	cdf := func(v float64) float64 { return 0.5 * math.Erfc(-(v-0.8)/(math.Exp(-0.7)*math.Sqrt2)) }
	for i, v := range x.X {
		if f := (cdf(v) + 1 - cdf(-v)) / 2; math.Abs(f-float64(i)/n) > 2/math.Sqrt(n) {
			t.Fatalf("%d of %d draws are below %v, expected %.3f", i, n, v, f)
		}
	}
}

// check compares a gradient with central differences of value in theta.
func (s *subject) check(t *testing.T, what string, g []float64, value func() float64) {
	t.Helper()
	const h = 1e-5
	most := maxDiff(g, make([]float64, len(g)))
	if most < 0.1 {
		t.Fatalf("%s: the largest component is %g", what, most)
	}
	theta := slices.Clone(s.theta)
	for i := range theta {
		theta[i] = s.theta[i] + h
		s.load(t, theta)
		up := value()
		theta[i] = s.theta[i] - h
		s.load(t, theta)
		down := value()
		theta[i] = s.theta[i]
		if got := (up - down) / (2 * h); math.Abs(got-g[i]) > 1e-8*most {
			t.Errorf("%s: component %d is %.10g, by central differences %.10g", what, i, g[i], got)
		}
	}
	s.load(t, s.theta)
}

func TestPull(t *testing.T) {
	eachGroup(t, func(t *testing.T, s *subject) {
		const n = 11
		b, w := &core.Batch{N: n, X: normal(4, n*d)}, normal(5, n)
		g := make([]float64, len(s.theta))
		if err := s.Pull(g, b, w); err != nil {
			t.Fatal(err)
		}
		s.check(t, "Pull", g, func() float64 { return dot(w, s.logProb(t, b.X)) })
	})
}

// 300 configurations are 76 chunks, more than are held with any images.
func TestPathPull(t *testing.T) {
	eachGroup(t, func(t *testing.T, s *subject) {
		for _, n := range []int{1, 11, 300} {
			xbar, lbar := normal(6, n*d), normal(7, n)
			g := s.pathPull(t, s.sample(t, 9, n), xbar, lbar)
			s.check(t, "PathPull", g, func() float64 {
				b := s.sample(t, 9, n)
				return dot(xbar, b.X) + dot(lbar, b.LogP)
			})
		}
	})
}

func TestPathPullOnceMore(t *testing.T) {
	eachGroup(t, func(t *testing.T, s *subject) {
		for _, n := range []int{11, 300} {
			xbar, lbar := normal(6, n*d), normal(7, n)
			b := s.sample(t, 9, n)
			g := s.pathPull(t, b, xbar, lbar)
			if !slices.Equal(s.pathPull(t, b, xbar, lbar), g) {
				t.Error("a second PathPull differs")
			}
			s.logProb(t, normal(8, n*d))
			if !slices.Equal(s.pathPull(t, b, xbar, lbar), g) {
				t.Error("PathPull after another call differs")
			}
		}
	})
}

func TestSlope(t *testing.T) {
	eachGroup(t, func(t *testing.T, s *subject) {
		const n, h = 9, 1e-5
		x := normal(10, n*d)
		slope, logP := make([]float64, n*d), make([]float64, n)
		if err := s.Slope(slope, logP, x); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(logP, s.logProb(t, x)) {
			t.Error("another ln p")
		}
		for i := range x {
			old := x[i]
			x[i] = old + h
			up := s.logProb(t, x)[i/d]
			x[i] = old - h
			down := s.logProb(t, x)[i/d]
			x[i] = old
			if got := (up - down) / (2 * h); math.Abs(got-slope[i]) > 1e-8*max(1, math.Abs(got)) || got == 0 {
				t.Errorf("component %d: %.10g, by central differences %.10g", i, slope[i], got)
			}
		}
	})
}

func TestMap(t *testing.T) {
	eachGroup(t, func(t *testing.T, s *subject) {
		const n, h = 9, 1e-5
		z, xbar, lbar := normal(11, n*d), normal(12, n*d), normal(13, n)
		x, l, back, lBack, zbar := make([]float64, n*d), make([]float64, n), make([]float64, n*d), make([]float64, n), make([]float64, n*d)
		forward := func() float64 {
			if err := s.Map(x, l, z); err != nil {
				t.Fatal(err)
			}
			return dot(xbar, x) + dot(lbar, l)
		}
		forward()
		if err := s.Inverse(back, lBack, x); err != nil {
			t.Fatal(err)
		}
		if maxDiff(back, z) > 1e-12 || maxDiff(l, lBack) > 1e-12 || maxDiff(x, z) < 0.1 {
			t.Errorf("Inverse is off by %g, its l by %g; x - z is %g", maxDiff(back, z), maxDiff(l, lBack), maxDiff(x, z))
		}
		if err := s.MapPull(zbar, z, xbar, lbar); err != nil {
			t.Fatal(err)
		}
		for i := range z {
			old := z[i]
			z[i] = old + h
			up := forward()
			z[i] = old - h
			down := forward()
			z[i] = old
			if got := (up - down) / (2 * h); math.Abs(got-zbar[i]) > 1e-8*max(1, math.Abs(got)) {
				t.Errorf("component %d: %.10g, by central differences %.10g", i, zbar[i], got)
			}
		}
	})
}

// Bit for bit the same for any number of threads, and of other configurations.
func TestThreadsAndBatchesDoNotMatter(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	eachGroup(t, func(t *testing.T, s *subject) {
		xbar, lbar := normal(6, 300*d), normal(7, 300)
		var want []float64
		for _, procs := range []int{1, 2, 4} {
			runtime.GOMAXPROCS(procs)
			b := s.sample(t, 9, 300)
			got := append(s.pathPull(t, b, xbar, lbar), b.X...)
			if got = append(got, b.LogP...); want == nil {
				want = got
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d threads: another result", procs)
			}
			for _, n := range []int{0, 1, 37} {
				if few := s.sample(t, 9, n); !slices.Equal(few.X, b.X[:n*d]) || !slices.Equal(few.LogP, b.LogP[:n]) {
					t.Errorf("the first %d configurations are others", n)
				}
			}
		}
	})
}

func TestErrors(t *testing.T) {
	s := open(t, groups["z2"])
	b := s.sample(t, 1, 9)
	s.load(t, s.theta)
	g := make([]float64, len(s.theta))
	for name, stale := range map[string]*core.Batch{"before Load": b, "another's": {N: 9, X: b.X, ID: 77}, "nobody's": {N: 9, X: b.X}} {
		err := s.PathPull(g, stale, b.X, b.LogP)
		if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "test: the batch is not the last one drawn") {
			t.Errorf("a batch %s: %v", name, err)
		}
	}
	x := normal(1, 9*d)
	x[7*d] = math.NaN()
	err := s.LogProb(make([]float64, 9), x)
	if want := "evaluate ln p: test: ln p of configuration 7 is NaN"; core.KindOf(err) != core.Numeric || !strings.Contains(err.Error(), want) {
		t.Errorf("error %q, want %q", err, want)
	}
	if err := s.Slope(make([]float64, 9*d), make([]float64, 9), x); err != nil {
		t.Errorf("Slope passes a NaN on, got %v", err)
	}
	theta := slices.Clone(s.theta)
	theta[0] = math.Inf(1)
	s.load(t, theta)
	if err := s.Sample(b, 1, 9); core.KindOf(err) != core.Numeric {
		t.Errorf("an infinite parameter: %v", err)
	}
}

func TestStepDoesNotAllocate(t *testing.T) {
	eachGroup(t, func(t *testing.T, s *subject) {
		const n = 64
		var b core.Batch
		g, xbar, lbar := make([]float64, len(s.theta)), normal(6, n*d), normal(7, n)
		step := func() {
			if s.Load(s.theta) != nil || s.Sample(&b, 1, n) != nil || s.PathPull(g, &b, xbar, lbar) != nil {
				t.Fatal("a step failed")
			}
		}
		step()
		if a := testing.AllocsPerRun(20, step); a >= 1 {
			t.Errorf("%v allocations", a)
		}
	})
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}
