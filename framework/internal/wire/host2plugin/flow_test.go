package host2plugin_test

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wiretest"
)

// openFlow is open for real numbers: a Gaussian model with one parameter on a
// free field.
func openFlow(t *testing.T, shared bool) (model, energy, *counting, *counting) {
	t.Helper()
	lm, le := wiretest.Loopback(t, shared, coretest.Gaussian()), wiretest.Loopback(t, shared, coretest.FreeField())
	cm, ce := &counting{ClientConnInterface: lm.Conn}, &counting{ClientConnInterface: le.Conn}
	lm.Conn, le.Conn = cm, ce
	e := openEnergy(t, le, "free_field", core.Settings{"L": sites})
	m := openModel(t, lm, "gaussian", core.Settings{"isotropic": true}, e.Spec().Space)
	check(t, m.Load([]float64{0.2}))
	cm.calls, ce.calls = nil, nil
	return m, e, cm, ce
}

// A step along the sample is three round trips, too: E comes with dE/dx, and
// neither the batch nor its noise goes back.
func TestPathStepIsThreeRoundTrips(t *testing.T) {
	bothWays(t, func(t *testing.T, shared bool) {
		m, e, cm, ce := openFlow(t, shared)
		const steps, n = 4, 100
		var b core.Batch
		slope, energies, grad := make([]float64, n*sites), make([]float64, n), make([]float64, 1)
		for step := range uint64(steps) {
			check(t, m.Load([]float64{0.1 * float64(step)}))
			check(t, m.Sample(&b, step, n))
			check(t, e.Slope(slope, energies, &b))
			check(t, m.PathPull(grad, &b, slope, energies))
		}
		if total := len(cm.calls) + len(ce.calls); total != 3*steps || cm.thetas != steps {
			t.Errorf("%d round trips, theta sent %d times; want %d, %d", total, cm.thetas, 3*steps, steps)
		}
		if grad[0] == 0 || energies[0] == 0 {
			t.Errorf("gradient %v, energies %v", grad, energies[:3])
		}
	})
}

// Parameters travel with whichever call comes first after Load, once.
func TestThetaGoesWithEveryCall(t *testing.T) {
	bothWays(t, func(t *testing.T, shared bool) {
		m, _, c, _ := openFlow(t, shared)
		v, one := make([]float64, sites), make([]float64, 1)
		calls := []func() error{
			func() error { return m.Slope(v, one, v) }, func() error { return m.Map(v, one, v) },
			func() error { return m.Inverse(v, one, v) }, func() error { return m.MapPull(v, v, v, one) },
		}
		for k, call := range calls {
			check(t, m.Load([]float64{0.3}))
			check(t, call())
			check(t, call())
			if c.thetas != k+1 {
				t.Errorf("after call %d theta was sent %d times, want %d", k, c.thetas, k+1)
			}
		}
	})
}

// Only the last batch can be pulled back along its noise; either end knows.
func TestLostNoise(t *testing.T) {
	bothWays(t, func(t *testing.T, shared bool) {
		m, _, c, _ := openFlow(t, shared)
		var old, b core.Batch
		check(t, m.Sample(&old, 1, 3))
		check(t, m.Sample(&b, 2, 3))
		xbar, lbar, grad := make([]float64, 3*sites), []float64{1, 2, 3}, make([]float64, 1)
		c.calls = nil
		lost := func(what string, err error) {
			t.Helper()
			if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "draw again") {
				t.Errorf("%s: error %v", what, err)
			}
		}
		lost("an old batch", m.PathPull(grad, &old, xbar, lbar))
		lost("another size", m.PathPull(grad, &core.Batch{ID: b.ID, N: 1}, xbar[:sites], lbar[:1]))
		if len(c.calls) != 0 {
			t.Errorf("calls %v for batches that this end knows to be lost", c.calls)
		}
		check(t, m.PathPull(grad, &b, xbar, lbar))
		// d/ds of sum_i lbar_i ln p(x_i) at fixed noise is -sites sum_i lbar_i.
		if grad[0] != -sites*6 {
			t.Errorf("gradient %v, want %v", grad[0], -sites*6)
		}
		check(t, m.Load([]float64{0.7}))
		lost("other parameters", m.PathPull(grad, &b, xbar, lbar))
	})
	link := wiretest.Loopback(t, false, coretest.Gaussian())
	openModel(t, link, "gaussian", nil, core.Space{Kind: core.Field, Shape: []int{1}})
	reply, err := wirepb.NewPartClient(link.Conn).Call(context.Background(), &wirepb.CallRequest{Row: "path_pull", BatchId: 9})
	check(t, err)
	if reply.Error.GetKind() != int32(core.Invalid) || reply.Error.GetHint() != "draw again" {
		t.Errorf("the plugin's end answers a batch that it does not have with %v", reply.Error)
	}
}

// powers are the calls that need one, on a model and an energy without any and
// a batch of one configuration.
func powers(m model, e energy, b *core.Batch) map[string]func() error {
	x, one, psi := make([]float64, sites), make([]float64, 1), make([]complex128, 1)
	return map[string]func() error{
		"path":         func() error { return m.PathPull(x, b, x, one) },
		"slope":        func() error { return m.Slope(x, one, x) },
		"map":          func() error { return m.Map(x, one, x) },
		"map, inverse": func() error { return m.Inverse(x, one, x) },
		"map, pull":    func() error { return m.MapPull(x, x, x, one) },
		"slope, of E":  func() error { return e.Slope(x, one, b) },

		"quantum":       func() error { return m.LogPsi(psi, one, b) },
		"quantum, lap":  func() error { return m.Laplacian(psi, b) },
		"quantum, pull": func() error { return m.StatePull(x, b, one, psi) },
		"states":        func() error { _, err := m.StateLogP(); return err },
		"state_draws":   func() error { return m.DrawStates(x, nil, x) },
		"state_span":    func() error { return m.SpanPsi(psi, psi, x, nil) },
		"state_slope":   func() error { return m.StateSlope(make([]complex128, sites), b) },
		"natural":       func() error { return m.NaturalPull(x, x, b, one, nil, 1) },
		"walk":          func() error { _, err := m.State(); return err },
		"walk, set":     func() error { return m.SetState(core.State{}) },
	}
}

// A part without a power, and a plugin from before there was a call, are told
// apart.
func TestLackedPowers(t *testing.T) {
	m, e, cm, ce := open(t, true)
	var b core.Batch
	check(t, m.Load(theta(1)))
	check(t, m.Sample(&b, 1, 1))
	for name, call := range powers(m, e, &b) {
		power, _, _ := strings.Cut(name, ",")
		want := `it does not have the power "` + power + `"`
		if err := call(); core.KindOf(err) != core.Unsupported || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
	later := &core.Row{Name: "fly", Kind: core.KindModel}
	want := "fly: this plugin does not know the call; it may have been built before there was one"
	if err := m.Call(later, &core.Call{In: &b}); core.KindOf(err) != core.Unsupported || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
	cm.fail = status.Error(codes.Unimplemented, "unknown method")
	ce.fail = cm.fail
	for name, call := range powers(m, e, &b) {
		if err := call(); core.KindOf(err) != core.Unsupported || !strings.Contains(err.Error(), "part over the loopback: the plugin has no such method") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
