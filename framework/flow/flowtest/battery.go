// Package flowtest is the conformance suite of flow.Bijection.
package flowtest

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// Options adapt the battery to a bijection.
type Options struct {
	// Dim is the number of components of a configuration.
	Dim int
	// N is the number of configurations tried; default 6.
	N int
	// Spread of the normal noise added to the starting parameters, so that no
	// test runs at a special point; default 0.1.
	Spread float64
	// Scale of the normal z that are mapped; default 1.
	Scale float64
	// Inverse is the tolerance of f^-1(f(z)) = z and of what follows from it,
	// relative to the largest component; default 1e-11. An integrated flow is
	// inverted up to its integration error.
	Inverse float64
	// LogDet is the tolerance of l against ln|det| of the Jacobian that
	// PullForward implies; default 1e-10.
	LogDet float64
	// Slope and Step are the tolerance of derivatives against central
	// differences, relative to the largest of their kind, and the step of
	// those; defaults 1e-7 and 1e-5.
	Slope, Step float64
}

func (o *Options) defaults() {
	for _, d := range []struct {
		value *float64
		usual float64
	}{{&o.Spread, 0.1}, {&o.Scale, 1}, {&o.Inverse, 1e-11}, {&o.LogDet, 1e-10}, {&o.Slope, 1e-7}, {&o.Step, 1e-5}} {
		if *d.value == 0 {
			*d.value = d.usual
		}
	}
	if o.N == 0 {
		o.N = 6
	}
}

// Battery tests that a bijection keeps to the contract of package flow. It sets
// the bijection's parameters.
func Battery(t *testing.T, b flow.Bijection[float64], o Options) {
	o.defaults()
	s := &subject{Bijection: b, o: o, d: o.Dim, n: o.N}
	s.start()
	t.Run("inverse", s.inverse)
	t.Run("jacobian", s.jacobian)
	t.Run("place", s.place)
	t.Run("forward slopes", func(t *testing.T) { s.slopes(t, forward) })
	t.Run("inverse slopes", func(t *testing.T) { s.slopes(t, inverse) })
	t.Run("gradients", s.gradients)
}

// subject is the bijection under test, and what it is tried on.
type subject struct {
	flow.Bijection[float64]
	o     Options
	d, n  int
	z     []float64
	theta []float64
}

// start draws parameters and z.
func (s *subject) start() {
	r := rand.New(rand.NewPCG(1, 2))
	for _, p := range s.Params() {
		theta := make([]float64, p.Size())
		if p.Start != nil {
			p.Start(theta, r)
		}
		for i := range theta {
			theta[i] += s.o.Spread * r.NormFloat64()
		}
		s.theta = append(s.theta, theta...)
	}
	s.load(s.theta)
	s.z = normal(r, s.d*s.n)
	for i := range s.z {
		s.z[i] *= s.o.Scale
	}
}

// load sets the parameters.
func (s *subject) load(theta []float64) {
	for _, p := range s.Params() {
		p.Load(theta[:p.Size()])
		theta = theta[p.Size():]
	}
}

// direction is one of the two ways through a workspace.
type direction struct {
	name string
	run  func(w flow.Workspace[float64], out, l, in []float64) error
	pull func(w flow.Workspace[float64], inbar, outbar, lbar []float64, theta bool)
}

var (
	forward = direction{"Forward", flow.Workspace[float64].Forward, flow.Workspace[float64].PullForward}
	inverse = direction{"Inverse", flow.Workspace[float64].Inverse, flow.Workspace[float64].PullInverse}
)

// apply runs one direction on a new workspace.
func (s *subject) apply(t *testing.T, way direction, in []float64) (out, l []float64, w flow.Workspace[float64]) {
	t.Helper()
	n := len(in) / s.d
	w = s.On(n)
	out, l = nans(len(in)), nans(n)
	if err := way.run(w, out, l, in); err != nil {
		t.Fatal(err)
	}
	return out, l, w
}

func (s *subject) inverse(t *testing.T) {
	x, l, w := s.apply(t, forward, s.z)
	if diff(x, s.z) < 1e-3 || largest(l) < 1e-6 {
		t.Fatalf("x is z within %.2g, l is %.2g: the identity proves nothing", diff(x, s.z), largest(l))
	}
	back, lBack, _ := s.apply(t, inverse, x)
	near(t, "f^-1(f(z))", back, s.z, s.o.Inverse)
	near(t, "l of Inverse", lBack, l, s.o.Inverse)
	// the same workspace both ways
	if err := w.Inverse(back, lBack, x); err != nil {
		t.Fatal(err)
	}
	near(t, "f^-1(f(z)) in one workspace", back, s.z, s.o.Inverse)
}

// jacobian compares l with ln|det dx/dz| of the rows that PullForward gives for
// unit cotangents, and dz/dx of PullInverse with the inverse matrix.
func (s *subject) jacobian(t *testing.T) {
	x, l, w := s.apply(t, forward, s.z)
	_, _, v := s.apply(t, inverse, x)
	up, down := s.rows(forward, w), s.rows(inverse, v)
	product, one := make([]float64, s.d*s.d), make([]float64, s.d*s.d)
	for i := range s.d {
		one[i*s.d+i] = 1
	}
	got, offDiagonal := make([]float64, s.n), 0.0
	var f tensor.LU
	for j := range s.n {
		tensor.Gemm(false, false, s.d, s.d, s.d, 1, up[j], s.d, down[j], s.d, 0, product, s.d)
		near(t, "dx/dz dz/dx", product, one, 10*float64(s.d)*s.o.Inverse)
		for i, v := range up[j] {
			if i%(s.d+1) != 0 {
				offDiagonal = max(offDiagonal, math.Abs(v))
			}
		}
		f.Factor(s.d, up[j], s.d)
		got[j], _ = f.LogDet()
	}
	near(t, "ln|det| of the Jacobian", got, l, s.o.LogDet)
	if s.d > 1 && offDiagonal < 1e-6 {
		t.Errorf("the Jacobian is diagonal within %.2g, which proves little", offDiagonal)
	}
}

// rows returns the Jacobian of each configuration.
func (s *subject) rows(way direction, w flow.Workspace[float64]) [][]float64 {
	all := make([][]float64, s.n)
	for j := range all {
		all[j] = make([]float64, s.d*s.d)
	}
	unit, row, zero := make([]float64, s.d*s.n), make([]float64, s.d*s.n), make([]float64, s.n)
	for i := range s.d {
		clear(unit)
		for j := range s.n {
			unit[i*s.n+j] = 1
		}
		way.pull(w, row, unit, zero, false)
		for j := range s.n {
			for k := range s.d {
				all[j][i*s.d+k] = row[k*s.n+j]
			}
		}
	}
	return all
}

// place tests that the numbers of a configuration depend on nothing else.
func (s *subject) place(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	xbar, lbar := normal(r, s.d*s.n), normal(r, s.n)
	for _, way := range []direction{forward, inverse} {
		x, l, w := s.apply(t, way, s.z)
		zbar := make([]float64, s.d*s.n)
		way.pull(w, zbar, xbar, lbar, false)
		for _, order := range [][]int{{s.n - 1}, {1, 0}, r.Perm(s.n)} {
			xs, ls, ws := s.apply(t, way, pick(s.z, s.n, order))
			same(t, way.name+" elsewhere", xs, pick(x, s.n, order))
			same(t, "l of "+way.name+" elsewhere", ls, pick(l, s.n, order))
			zs := make([]float64, s.d*len(order))
			way.pull(ws, zs, pick(xbar, s.n, order), pick(lbar, s.n, order), false)
			near(t, "Pull"+way.name+" elsewhere", zs, pick(zbar, s.n, order), 1e-12)
		}
	}
}

// gradients tests that pulls add up and may be repeated, that without theta they
// are the same and leave the gradient alone, and that workspaces share none.
func (s *subject) gradients(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	xbar, lbar := normal(r, s.d*s.n), normal(r, s.n)
	zbar, again := make([]float64, s.d*s.n), make([]float64, s.d*s.n)
	for _, way := range []direction{forward, inverse} {
		_, _, w := s.apply(t, way, s.z)
		_, _, other := s.apply(t, way, s.z)
		way.pull(w, zbar, xbar, lbar, true)
		once := unload(w.Grads())
		way.pull(w, again, xbar, lbar, false)
		same(t, "Pull"+way.name+" without theta", again, zbar)
		same(t, "gradient after a pull without theta", unload(w.Grads()), once)
		way.pull(w, again, xbar, lbar, true)
		same(t, "a second Pull"+way.name, again, zbar)
		twice := unload(w.Grads())
		for i := range once {
			once[i] *= 2
		}
		near(t, "gradient of two pulls", twice, once, 1e-12)
		if largest(unload(other.Grads())) != 0 {
			t.Error("a workspace has the gradient of another")
		}
	}
}

func unload(params []*grad.Param[float64]) []float64 {
	var all []float64
	for _, p := range params {
		g := make([]float64, p.Size())
		p.Unload(g)
		all = append(all, g...)
	}
	return all
}
