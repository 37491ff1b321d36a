package flow_test

import (
	"math"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

// counting counts the passes of a bijection, by configurations.
type counting struct {
	flow.Bijection[float64]
	forward, pulledInverse atomic.Int64
}

func (c *counting) On(n int) flow.Workspace[float64] {
	return countingOn{c.Bijection.On(n), c, int64(n)}
}

type countingOn struct {
	flow.Workspace[float64]
	c *counting
	n int64
}

func (w countingOn) Forward(x, l, z []float64) error {
	w.c.forward.Add(w.n)
	return w.Workspace.Forward(x, l, z)
}

func (w countingOn) PullInverse(xbar, zbar, lbar []float64, theta bool) {
	w.c.pulledInverse.Add(w.n)
	w.Workspace.PullInverse(xbar, zbar, lbar, theta)
}

// counted is a subject with Z2 whose bijection counts.
func counted(t *testing.T) (*subject, *counting) {
	s := open(t, groups["z2"])
	c := &counting{Bijection: flowtest.Autoregression(d, 4)}
	s.Model = flow.New(c, core.Space{Kind: core.Field, Shape: shape}, flow.Options{Images: s.images})
	s.load(t, s.theta)
	return s, c
}

// 64 configurations are 16 chunks of 4 with 2 images, all that are held; of 68
// none are. What came between, the numbers are those of a model that has done
// nothing else.
func TestMapPullAfterMap(t *testing.T) {
	const n = 64
	z, xbar, lbar := normal(11, 68*d), normal(12, 68*d), normal(13, 68)
	x, l := make([]float64, 68*d), make([]float64, 68)
	other := slices.Clone(z)
	other[9*d] = -other[9*d] // in the third chunk
	plus, minus := slices.Clone(z), slices.Clone(z)
	plus[9*d], minus[9*d] = 0, math.Copysign(0, -1)
	for name, c := range map[string]struct {
		n       int
		between func(s *subject) error
		z       []float64
		forward int64 // configurations that MapPull maps
	}{
		"nothing between":     {n, func(*subject) error { return nil }, z, 0},
		"Map of the same":     {n, func(s *subject) error { return s.Map(x[:n*d], l[:n], z[:n*d]) }, z, 0},
		"a draw":              {n, func(s *subject) error { return s.Sample(new(core.Batch), 1, n) }, z, 0},
		"another z":           {n, func(*subject) error { return nil }, other, 4},
		"zero of either sign": {n, func(s *subject) error { return s.Map(x[:n*d], l[:n], minus[:n*d]) }, plus, 4},
		"more than are held":  {68, func(*subject) error { return nil }, z, 68},
		"fewer":               {n, func(s *subject) error { return s.Map(x[:8*d], l[:8], z[:8*d]) }, z, n},
		"Inverse":             {n, func(s *subject) error { return s.Inverse(x[:n*d], l[:n], z[:n*d]) }, z, n},
		"Slope":               {n, func(s *subject) error { return s.Slope(x[:n*d], l[:n], z[:n*d]) }, z, n},
		"ln p":                {n, func(s *subject) error { return s.LogProb(l[:n], z[:n*d]) }, z, n},
		"Load":                {n, func(s *subject) error { return s.Load(s.theta) }, z, n},
	} {
		t.Run(name, func(t *testing.T) {
			s, count := counted(t)
			pull := func(s *subject) []float64 {
				zbar := make([]float64, c.n*d)
				if err := s.MapPull(zbar, c.z[:c.n*d], xbar[:c.n*d], lbar[:c.n]); err != nil {
					t.Fatal(err)
				}
				return zbar
			}
			if err := s.Map(x[:c.n*d], l[:c.n], z[:c.n*d]); err != nil {
				t.Fatal(err)
			}
			if err := c.between(s); err != nil {
				t.Fatal(err)
			}
			before := count.forward.Load()
			got := pull(s)
			if forward := count.forward.Load() - before; forward != c.forward {
				t.Errorf("MapPull maps %d configurations, want %d", forward, c.forward)
			}
			if !slices.Equal(got, pull(open(t, groups["z2"]))) {
				t.Error("other numbers")
			}
		})
	}
}

// A path gradient has lbar = 0: the images that were not drawn have no part in
// it. One lbar, as good as 0, in each chunk of 3 brings them back.
func TestPathPullWithoutLbar(t *testing.T) {
	const n = 12
	s, count := counted(t)
	b, xbar, lbar := s.sample(t, 9, n), normal(6, n*d), make([]float64, n)
	got := s.pathPull(t, b, xbar, lbar)
	if pulled := count.pulledInverse.Load(); pulled != 0 {
		t.Errorf("pulled %d images back", pulled)
	}
	for j := 0; j < n; j += 3 {
		lbar[j] = 1e-300
	}
	want := s.pathPull(t, b, xbar, lbar)
	if pulled := count.pulledInverse.Load(); pulled != n {
		t.Errorf("pulled %d images back, want %d", pulled, n)
	}
	if !slices.Equal(got, want) || maxDiff(got, make([]float64, len(got))) < 0.1 {
		t.Errorf("gradient %v, want %v", got, want)
	}
}
