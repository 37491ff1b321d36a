package host

import (
	"os"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/sdk"
)

func builtins() []core.Part {
	return []core.Part{coretest.Product(), coretest.Chain(), coretest.Gaussian(), coretest.FreeField(), coretest.Determinants(), coretest.Trap(),
		coretest.Walls(), faultyObserver(), coretest.Bound(), faultyObjective(), wholeEstimator(),
		faultyEnergy(), faultyModel(), trivialModel(), liarEnergy(), liarModel(), witness()}
}

// This binary is host and plugin, as helmholtz is, and a small host program
// that a test can kill.
func TestMain(m *testing.M) {
	if way := os.Getenv(rudeKey); way != "" {
		serveRude(way)
	}
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "serve", "describe":
			sdk.Serve(builtins()...)
		case "host-program":
			hostProgram(os.Args[2])
		case "still-host":
			stillHost(os.Args[2], os.Args[3])
		}
	}
	os.Exit(m.Run())
}

// newHost returns a host of this binary's parts that is closed with the test.
func newHost(t testing.TB, o Options) *Host {
	t.Helper()
	o.Builtins = builtins()
	h := New(o)
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func find(t testing.TB, h *Host, kind core.PartKind, name string) *Found {
	t.Helper()
	f, err := h.Find(kind, name, "", "")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func openModel(t testing.TB, h *Host, name string, s core.Settings, space core.Space) core.Model {
	t.Helper()
	m, err := h.OpenModel(find(t, h, core.KindModel, name), s, space)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func openEnergy(t testing.TB, h *Host, name string, s core.Settings) core.Energy {
	t.Helper()
	e, err := h.OpenEnergy(find(t, h, core.KindEnergy, name), s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func spins(n int) core.Space { return core.Space{Kind: core.Spins, Shape: []int{n}} }

var transports = []string{TransportShared, TransportBytes}

// The suites, through real processes.
func TestConformance(t *testing.T) {
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			h := newHost(t, Options{Transport: transport})
			coretest.Model(t, func(t *testing.T) core.Model {
				return openModel(t, h, "product", nil, spins(6))
			}, coretest.ModelOptions{})
			coretest.Energy(t, func(t *testing.T) core.Energy {
				return openEnergy(t, h, "chain", core.Settings{"N": 7, "J": -1.0, "h": 0.3})
			}, coretest.EnergyOptions{})
			coretest.Model(t, func(t *testing.T) core.Model {
				return openModel(t, h, "gaussian", nil, core.Space{Kind: core.Field, Shape: []int{3}})
			}, coretest.ModelOptions{})
			coretest.Energy(t, func(t *testing.T) core.Energy {
				return openEnergy(t, h, "free_field", core.Settings{"L": 3, "D": 2})
			}, coretest.EnergyOptions{})
			coretest.Model(t, func(t *testing.T) core.Model {
				return openModel(t, h, "determinants", core.Settings{"walk": true, "warn": true}, core.Space{Kind: core.Particles, Shape: []int{2, 1}})
			}, coretest.ModelOptions{Samples: 400, Large: 100})
			coretest.Energy(t, func(t *testing.T) core.Energy { return openEnergy(t, h, "trap", core.Settings{"N": 2}) }, coretest.EnergyOptions{})
		})
	}
}

// trace is everything a step computes.
type trace struct{ theta, x, logP, again, grad, energy []float64 }

func traceOf(t *testing.T, o Options, n, batch int) trace {
	t.Helper()
	h := newHost(t, o)
	m := openModel(t, h, "product", core.Settings{"scale": 0.5}, spins(n))
	e := openEnergy(t, h, "chain", core.Settings{"N": n, "h": 0.1})
	r := trace{theta: make([]float64, n), again: make([]float64, batch), grad: make([]float64, n), energy: make([]float64, batch)}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(m.Init(r.theta, 5))
	must(m.Load(r.theta))
	var b core.Batch
	must(m.Sample(&b, 3, batch))
	r.x, r.logP = b.X, b.LogP
	must(e.Eval(r.energy, &b))
	must(m.LogProb(r.again, b.X))
	must(m.Pull(r.grad, &b, r.energy))
	return r
}

// Whatever the transport, the numbers are the same bit for bit; and no size
// is too large. In the second case every array of the step crosses with more
// than 4 MiB, gRPC's own limit: theta, x and grad have 600000 numbers or more.
func TestSameAsInProcess(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ n, batch int }{{16, 50}, {600_000, 2}, {3, 600_000}} {
		want := traceOf(t, Options{InProcess: true}, c.n, c.batch)
		if want.grad[0] == 0 || want.energy[0] == 0 || want.x[0] == 0 {
			t.Fatal("the trace is trivial")
		}
		for _, transport := range transports {
			got := traceOf(t, Options{Transport: transport}, c.n, c.batch)
			sameTrace(t, transport, []array{
				{"theta", got.theta, want.theta}, {"x", got.x, want.x}, {"ln p", got.logP, want.logP},
				{"ln p again", got.again, want.again}, {"grad", got.grad, want.grad}, {"energy", got.energy, want.energy},
			})
		}
	}
}

type array struct {
	name      string
	got, want []float64
}

func sameTrace(t *testing.T, transport string, arrays []array) {
	t.Helper()
	for _, a := range arrays {
		if len(a.got) != len(a.want) {
			t.Fatalf("%s over %s: %d numbers, want %d", a.name, transport, len(a.got), len(a.want))
		}
		for i := range a.want {
			if a.got[i] != a.want[i] {
				t.Fatalf("%s over %s: number %d is %v, in process %v", a.name, transport, i, a.got[i], a.want[i])
			}
		}
	}
}

func TestTransportIsChecked(t *testing.T) {
	h := newHost(t, Options{Transport: "pigeon"})
	_, err := h.OpenEnergy(find(t, h, core.KindEnergy, "chain"), core.Settings{"N": 4})
	wantError(t, err, core.Invalid, `the transport "pigeon" is none of auto, shm, bytes`)
}

// The forced fallback leaves no shared memory; the variable forces it, too.
func TestTransportVariable(t *testing.T) {
	t.Setenv("HELMHOLTZ_TRANSPORT", "bytes")
	h := newHost(t, Options{})
	openEnergy(t, h, "chain", core.Settings{"N": 4})
	if p := h.opened[0].(*process); p.segment != nil {
		t.Error("bytes were asked for, but there is shared memory")
	}
}

func TestSettingsAreCheckedFirst(t *testing.T) {
	for _, inProcess := range []bool{true, false} {
		h := newHost(t, Options{InProcess: inProcess})
		_, err := h.OpenEnergy(find(t, h, core.KindEnergy, "chain"), core.Settings{"n": 4, "J": "one"})
		wantError(t, err, core.Invalid, `energy chain: J must be a number, got the string "one"; N is required`, `did you mean "N"?`)
	}
}
