package host

import (
	"fmt"
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// flowTrace is everything that the powers of flows compute.
type flowTrace struct{ grad, slope, energy, logPSlope, logP, x, lnDet, z, zbar []float64 }

// flowTraceOf draws from a Gaussian on an L-site chain.
func flowTraceOf(t *testing.T, o Options, l, batch int, isotropic bool) flowTrace {
	t.Helper()
	h := newHost(t, o)
	e := openEnergy(t, h, "free_field", core.Settings{"L": l})
	m := openModel(t, h, "gaussian", core.Settings{"isotropic": isotropic}, e.Spec().Space)
	var r flowTrace
	for _, v := range []*[]float64{&r.slope, &r.logPSlope, &r.x, &r.z, &r.zbar} {
		*v = make([]float64, batch*l)
	}
	for _, v := range []*[]float64{&r.energy, &r.logP, &r.lnDet} {
		*v = make([]float64, batch)
	}
	r.grad = make([]float64, m.Spec().Parameters)
	theta := make([]float64, m.Spec().Parameters)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(m.Init(theta, 5))
	must(m.Load(theta))
	var b core.Batch
	must(m.Sample(&b, 3, batch))
	must(e.(core.EnergySloper).Slope(r.slope, r.energy, &b))
	must(m.(core.ModelSloper).Slope(r.logPSlope, r.logP, b.X))
	mapper := m.(core.Mapper)
	must(mapper.Map(r.x, r.lnDet, b.X))
	must(mapper.Inverse(r.z, r.lnDet, r.x))
	must(mapper.MapPull(r.zbar, r.z, r.slope, r.energy))
	must(m.(core.PathPuller).PathPull(r.grad, &b, r.slope, r.energy))
	return r
}

// The powers of flows give the same over every transport, at any size. With
// 1030 sites a Gaussian has 532 000 parameters, more than gRPC's 4 MiB; the last
// case has more in every array of configurations, and in those of one number
// for each.
func TestFlowSameAsInProcess(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		l, batch  int
		isotropic bool
	}{{5, 40, false}, {1030, 2, false}, {2, 600_000, true}} {
		want := flowTraceOf(t, Options{InProcess: true}, c.l, c.batch, c.isotropic)
		if want.grad[0] == 0 || want.slope[0] == 0 || want.lnDet[0] == 0 || want.zbar[0] == 0 || want.z[0] == want.x[0] {
			t.Fatal("the trace is trivial")
		}
		for _, transport := range transports {
			got := flowTraceOf(t, Options{Transport: transport}, c.l, c.batch, c.isotropic)
			sameTrace(t, transport, []array{
				{"grad", got.grad, want.grad}, {"slope", got.slope, want.slope}, {"energy", got.energy, want.energy},
				{"slope of ln p", got.logPSlope, want.logPSlope}, {"ln p", got.logP, want.logP}, {"x", got.x, want.x},
				{"ln det", got.lnDet, want.lnDet}, {"z", got.z, want.z}, {"zbar", got.zbar, want.zbar},
			})
		}
	}
}

// A slope fails as an energy does: with the plugin's last words, after the same
// deadline, and without its NaN.
func TestFaultySlope(t *testing.T) {
	for mode, want := range map[string]struct {
		kind core.Kind
		text string
	}{
		"panic":     {core.Internal, "slope: panic: runtime error: index out of range"},
		"hang":      {core.Plugin, fmt.Sprintf("slope: energy faulty: did not answer within %v and was killed", patience)},
		"exit":      {core.Plugin, "slope: energy faulty: licence expired (exit status 3)"},
		"NaN":       {core.Numeric, "slope: energy faulty: the energy of sample 2 is NaN"},
		"NaN slope": {core.Numeric, "slope: energy faulty: component 1 of dE/dx of sample 1 is NaN"},
		"+Inf":      {}, // the slope of a forbidden configuration may be anything
	} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			o := Options{}
			if mode == "hang" {
				o.CallTimeout = patience
			}
			e := openEnergy(t, newHost(t, o), "faulty", core.Settings{"mode": mode}).(core.EnergySloper)
			b := &core.Batch{N: 3, X: make([]float64, 12)}
			slope, energy := make([]float64, 12), make([]float64, 3)
			if err := e.Slope(slope, energy, b); err != nil {
				t.Fatal("the first call failed:", err)
			}
			switch err := e.Slope(slope, energy, b); {
			case want.text != "":
				wantError(t, err, want.kind, want.text)
			case err != nil || !math.IsInf(energy[1], 1):
				t.Errorf("energies %v, error %v", energy, err)
			}
		})
	}
}

// A part without the powers says so, in its process and in ours.
func TestLackedPowers(t *testing.T) {
	for _, inProcess := range []bool{true, false} {
		h := newHost(t, Options{InProcess: inProcess})
		m, e := openModel(t, h, "product", nil, spins(2)), openEnergy(t, h, "chain", core.Settings{"N": 3})
		var b core.Batch
		if err := m.Sample(&b, 1, 1); err != nil {
			t.Fatal(err)
		}
		two, one := make([]float64, 2), make([]float64, 1)
		mapper, psi, z := m.(core.Mapper), m.(core.DensityMatrix), make([]complex128, 1)
		for power, errs := range map[core.Power][]error{
			core.PowerPath:  {m.(core.PathPuller).PathPull(two, &b, two, one)},
			core.PowerMap:   {mapper.Map(two, one, two), mapper.Inverse(two, one, two), mapper.MapPull(two, two, two, one)},
			core.PowerSlope: {m.(core.ModelSloper).Slope(two, one, two), e.(core.EnergySloper).Slope(make([]float64, 3), one, &core.Batch{N: 1, X: make([]float64, 3)})},

			core.PowerQuantum: {psi.LogPsi(z, one, &b), psi.Laplacian(z, &b), psi.StatePull(two, &b, one, z)},
			core.PowerNatural: {m.(core.NaturalPuller).NaturalPull(two, two, &b, one, nil, 1)},
			core.PowerStates:  {second(m.(core.StateLister).StateLogP())},

			core.PowerStateDraws: {m.(core.StateDrawer).DrawStates(two, []int32{0}, two)},
			core.PowerStateSpan:  {m.(core.StateSpanner).SpanPsi(z, z, two, []int32{0})},
			core.PowerStateSlope: {m.(core.StateSloper).StateSlope(make([]complex128, 2), &b)},

			core.PowerWalk:    {second(m.(core.Walker).State()), m.(core.Walker).SetState(core.State{})},
			core.PowerNotices: {second(m.(core.Noticer).Notices())},
		} {
			for _, err := range errs {
				wantError(t, err, core.Unsupported, fmt.Sprintf("it does not have the power %q", power))
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }

// flowOf answers with given numbers, whatever it is asked.
type flowOf struct {
	zeroOne
	each float64 // ln p, or ln|det dx/dz|
}

func (m *flowOf) answer(v, each []float64) error {
	copy(v, m.x)
	fill(each, m.each)
	return nil
}

func (m *flowOf) Slope(slope, logP, _ []float64) error  { return m.answer(slope, logP) }
func (m *flowOf) Map(x, lnDet, _ []float64) error       { return m.answer(x, lnDet) }
func (m *flowOf) Inverse(z, lnDet, _ []float64) error   { return m.answer(z, lnDet) }
func (m *flowOf) MapPull(zbar, _, _, _ []float64) error { return m.answer(zbar, nil) }
func (m *flowOf) PathPull(grad []float64, _ *core.Batch, _, _ []float64) error {
	return m.answer(grad, nil)
}

func TestGuardRefusesNaNOfFlows(t *testing.T) {
	good, bad := []float64{1, 2, 3, 4}, []float64{1, 2, 3, math.NaN()}
	for _, c := range []struct {
		x    []float64
		each float64
		want map[string]string // by method; those missing pass
	}{
		{good, 0.5, nil},
		{bad, 0.5, map[string]string{
			"Slope":   "component 1 of d ln p/dx of sample 1 is NaN",
			"Map":     "component 1 of sample 1 is NaN, in a space of field",
			"Inverse": "component 1 of z of sample 1 is NaN",
			"MapPull": "component 1 of zbar of sample 1 is NaN",
			"Path":    "gradient component 3 is NaN",
		}},
		{good, math.NaN(), map[string]string{
			"Slope":   "ln p of sample 0 is NaN",
			"Map":     "ln|det dx/dz| of sample 0 is NaN",
			"Inverse": "ln|det dx/dz| of sample 0 is NaN",
		}},
		{bad, math.Inf(-1), map[string]string{ // ln p of -Inf passes, with any slope
			"Map":     "component 1 of sample 1 is NaN",
			"Inverse": "ln|det dx/dz| of sample 0 is -Inf",
			"MapPull": "component 1 of zbar",
			"Path":    "gradient component 3",
		}},
	} {
		m := &flowOf{zeroOne{space: core.Space{Kind: core.Field, Shape: []int{2}}, x: c.x}, c.each}
		g := testGuard(m)
		v, n := make([]float64, 4), make([]float64, 2)
		for method, err := range map[string]error{
			"Slope": g.Slope(v, n, v), "Map": g.Map(v, n, v), "Inverse": g.Inverse(v, n, v),
			"MapPull": g.MapPull(v, v, v, make([]float64, 2)), "Path": g.PathPull(v, &core.Batch{N: 2}, v, n),
		} {
			if want := c.want[method]; want != "" {
				wantError(t, err, core.Numeric, want)
			} else if err != nil {
				t.Errorf("%s: %v", method, err)
			}
		}
	}
}
