package coretest

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// boxed is a determinant that says that it is in a box.
func boxed(box, twist []float64) *determinants {
	m := pair()
	m.space.Periodic, m.space.Box, m.space.Twist = true, box, twist
	return m
}

// ring is two fermions in plane waves on a ring of length L,
//
//	Psi_K(x) = det[ exp(2 pi i (k + twist) x_i/L) ] / (L sqrt 2),   K two of k = -1, 0, 1, ...,
//
// with lap Psi/Psi = -(2 pi/L)^2 sum_k (k + twist)^2. Only its wave functions
// are tested, for which configurations of any density do.
type ring struct {
	*determinants
	length, twist float64
}

// newRing may claim another twist than it has.
func newRing(twist, claimed float64) ring {
	const length = 3
	return ring{boxed([]float64{length}, []float64{claimed}), length, twist}
}

func (m ring) wave(orbital int32) float64 {
	return 2 * math.Pi * (float64(orbital) - 1 + m.twist) / m.length
}

func (m ring) Sample(dst *core.Batch, seed uint64, n int) error {
	err := m.determinants.Sample(dst, seed, n)
	r := rand.New(rand.NewPCG(seed, 5))
	for j := range dst.X {
		dst.X[j] = m.length * r.Float64()
	}
	return err
}

func (m ring) LogPsi(logPsi []complex128, logP []float64, b *core.Batch) error {
	err := m.determinants.LogPsi(logPsi, logP, b)
	for i := range b.N {
		k, x := m.one(b, i)
		p, q := m.wave(k[0]), m.wave(k[1])
		det := cmplx.Exp(complex(0, p*x[0]+q*x[1])) - cmplx.Exp(complex(0, q*x[0]+p*x[1]))
		logPsi[i] = cmplx.Log(det) - complex(math.Log(m.length*math.Sqrt2), 0)
	}
	return err
}

func (m ring) Laplacian(dst []complex128, b *core.Batch) error {
	for i := range dst {
		k, _ := m.one(b, i)
		dst[i] = complex(-math.Pow(m.wave(k[0]), 2)-math.Pow(m.wave(k[1]), 2), 0)
	}
	return nil
}

func TestWavesOnRing(t *testing.T) {
	m := newRing(0.2, 0.2)
	s := &subject{Model: m, space: m.space, d: 2}
	s.o.defaults()
	s.theta = s.parameters(t, 1)
	s.load(t, s.theta)
	for _, test := range []func(*testing.T, *subject){quantumTwist, quantumExchange, quantumOverlaps, quantumLaplacian} {
		test(t, s)
	}
}
