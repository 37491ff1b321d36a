package coretest

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func (s *subject) mapped(t *testing.T, z []float64) (x, lnDet []float64) {
	t.Helper()
	x, lnDet = nans(len(z)), nans(len(z)/s.d)
	if err := s.Model.(core.Mapper).Map(x, lnDet, z); err != nil {
		t.Fatal(err)
	}
	return x, lnDet
}

func (s *subject) inverse(t *testing.T, x []float64) (z, lnDet []float64) {
	t.Helper()
	z, lnDet = nans(len(x)), nans(len(x)/s.d)
	if err := s.Model.(core.Mapper).Inverse(z, lnDet, x); err != nil {
		t.Fatal(err)
	}
	return z, lnDet
}

func (s *subject) mapPull(t *testing.T, z, xbar, lbar []float64) []float64 {
	t.Helper()
	zbar := nans(len(z))
	if err := s.Model.(core.Mapper).MapPull(zbar, z, xbar, lbar); err != nil {
		t.Fatal(err)
	}
	return zbar
}

// modelMap tests that Inverse is the inverse of Map, also in large batches and
// in empty ones, and that neither changes what it is given.
func modelMap(t *testing.T, s *subject) {
	s.need(t, core.PowerMap)
	z := weights(s.o.Large*s.d, 61)
	myZ := slices.Clone(z)
	x, lnDet := s.mapped(t, myZ)
	same(t, "z after Map", myZ, z)
	if slices.Equal(x, z) {
		t.Error("Map is the identity")
	}
	myX := slices.Clone(x)
	back, again := s.inverse(t, myX)
	same(t, "x after Inverse", myX, x)
	near(t, "Inverse(Map(z))", back, z, s.o.Inverse)
	near(t, "ln|det dx/dz| of Inverse", again, lnDet, s.o.Inverse)

	i := s.o.Large / 2
	alone, one := s.mapped(t, z[i*s.d:(i+1)*s.d])
	near(t, "x alone and in a batch", alone, x[i*s.d:(i+1)*s.d], s.o.Tolerance)
	near(t, "ln|det dx/dz| alone and in a batch", one, lnDet[i:i+1], s.o.Tolerance)
	s.mapped(t, nil)
	s.inverse(t, nil)
	s.mapPull(t, nil, nil, nil)
}

// modelImages compares LogProb with the mean of
//
//	ln q(x) = ln p_0(z) - ln|det dx/dz|
//
// over the images of x under the declared symmetries of a lattice. A model
// that symmetrises has it as its density; for a map that keeps the symmetries
// itself, all terms are equal; and without symmetries there is one.
func modelImages(t *testing.T, s *subject) {
	s.need(t, core.PowerMap)
	group := images(s.space, s.Spec().Symmetries, s.o.MaxStates)
	if group == nil {
		t.Skipf("more than %d images", s.o.MaxStates)
	}
	const n = 2
	x := append(configurations(s.space, s.o.Draw, 62, n), s.sample(t, 63, n).X...)
	terms := make([][]float64, 2*n)
	for _, g := range group {
		z, lnDet := s.inverse(t, transformation(g.Apply).apply(x, s.d))
		base := s.Spec().Base
		for i := range terms {
			u := z[i*s.d : (i+1)*s.d]
			base.Whiten(u, 1)
			terms[i] = append(terms[i], logNormal(u)-base.LogDet()-lnDet[i])
		}
	}
	want := make([]float64, 2*n)
	for i := range want {
		want[i] = logSumExp(terms[i]) - math.Log(float64(len(group)))
	}
	near(t, "LogProb against the density of the map", s.logProb(t, x), want, s.o.Tolerance)
}

// mostJacobian is the largest Jacobian of which the determinant is computed;
// it takes d^3/3 multiplications.
const mostJacobian = 256

// modelJacobian compares ln|det dx/dz| with the determinant of the Jacobian,
// whose row j is the pull-back of the unit vector j.
func modelJacobian(t *testing.T, s *subject) {
	s.need(t, core.PowerMap)
	if s.d > mostJacobian {
		t.Skipf("the Jacobian of %d components is not computed", s.d)
	}
	const n = 2
	z := weights(n*s.d, 64)
	_, lnDet := s.mapped(t, z)
	for i := range n {
		var copies []float64
		units := make([]float64, s.d*s.d)
		for j := range s.d {
			copies = append(copies, z[i*s.d:(i+1)*s.d]...)
			units[j*s.d+j] = 1
		}
		jacobian := s.mapPull(t, copies, units, make([]float64, s.d))
		logAbs, _ := determinant(jacobian, s.d)
		near(t, "ln|det dx/dz| against the Jacobian", lnDet[i:i+1], []float64{logAbs}, s.o.LogDet)
	}
}

// modelMapPull compares MapPull with central differences in z of
// xbar_i . x_i + lbar_i ln|det dx/dz|.
func modelMapPull(t *testing.T, s *subject) {
	s.need(t, core.PowerMap)
	const n = 6
	z, xbar, lbar := weights(n*s.d, 65), weights(n*s.d, 66), weights(n, 67)
	myZ, myXbar, myLbar := slices.Clone(z), slices.Clone(xbar), slices.Clone(lbar)
	zbar := s.mapPull(t, myZ, myXbar, myLbar)
	same(t, "z after MapPull", myZ, z)
	same(t, "xbar after MapPull", myXbar, xbar)
	same(t, "lbar after MapPull", myLbar, lbar)
	s.differences().check(t, "MapPull", n, zbar, func(direction []float64, step float64) []float64 {
		x, values := s.mapped(t, moved(z, direction, step))
		for i := range values {
			values[i] = lbar[i]*values[i] + dot(xbar[i*s.d:(i+1)*s.d], x[i*s.d:(i+1)*s.d])
		}
		return values
	})
}

// modelMapGradient compares MapGradient with central differences in theta of
// sum_i (xbar_i . x_i + lbar_i ln|det dx/dz|).
func modelMapGradient(t *testing.T, s *subject) {
	s.need(t, core.PowerMapGradient)
	const n = 6
	z, xbar, lbar, grad := weights(n*s.d, 68), weights(n*s.d, 69), weights(n, 70), nans(len(s.theta))
	b := &core.Batch{N: n}
	core.Z.Put(b, slices.Clone(z))
	if err := s.Model.(core.MapGradienter).MapGradient(grad, b, slices.Clone(xbar), slices.Clone(lbar)); err != nil {
		t.Fatal(err)
	}
	s.differences().check(t, "MapGradient", 1, grad, func(direction []float64, step float64) []float64 {
		s.load(t, moved(s.theta, direction, step))
		x, lnDet := s.mapped(t, z)
		return []float64{dot(xbar, x) + dot(lbar, lnDet)}
	})
}
