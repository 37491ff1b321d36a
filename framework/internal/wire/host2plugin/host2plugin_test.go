package host2plugin_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/host2plugin"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wiretest"
)

// counting is a connection that counts calls and numbers, and can spoil
// replies on their way.
type counting struct {
	grpc.ClientConnInterface
	calls  []string
	thetas int
	xs     int
	spoil  func(reply any)
	fail   error
}

func (c *counting) Invoke(ctx context.Context, method string, args, reply any, opts ...grpc.CallOption) error {
	c.calls = append(c.calls, method)
	if r, ok := args.(interface{ GetTheta() *wirepb.Array }); ok && r.GetTheta() != nil {
		c.thetas++
	}
	if r, ok := args.(*wirepb.CallRequest); ok && len(r.In) > 0 && r.In[0].Name == "x" {
		c.xs++
	}
	if c.fail != nil {
		return c.fail
	}
	err := c.ClientConnInterface.Invoke(ctx, method, args, reply, opts...)
	if c.spoil != nil {
		c.spoil(reply)
	}
	return err
}

const sites = 6

// model and energy are parts by their typed interfaces, and as what they are.
type model struct {
	*core.ModelView
	remote *host2plugin.Remote
}

type energy struct {
	*core.EnergyView
	remote *host2plugin.Remote
}

func openModel(t *testing.T, l host2plugin.Link, name string, s core.Settings, space core.Space) model {
	t.Helper()
	m, spec, err := host2plugin.OpenModel(l, name, s, space)
	check(t, err)
	return model{core.ViewModel(m, spec), m}
}

func openEnergy(t *testing.T, l host2plugin.Link, name string, s core.Settings) energy {
	t.Helper()
	e, spec, err := host2plugin.OpenEnergy(l, name, s)
	check(t, err)
	return energy{core.ViewEnergy(e, spec), e}
}

func open(t *testing.T, shared bool) (model, energy, *counting, *counting) {
	t.Helper()
	lm, le := wiretest.Loopback(t, shared, coretest.Product()), wiretest.Loopback(t, shared, coretest.Chain())
	cm, ce := &counting{ClientConnInterface: lm.Conn}, &counting{ClientConnInterface: le.Conn}
	lm.Conn, le.Conn = cm, ce
	m := openModel(t, lm, "product", core.Settings{"scale": 1.0}, core.Space{Kind: core.Spins, Shape: []int{sites}})
	e := openEnergy(t, le, "chain", core.Settings{"N": sites})
	if m.remote.Shared() != shared || e.remote.Shared() != shared {
		t.Fatalf("shared memory is used: %v, %v, want %v", m.remote.Shared(), e.remote.Shared(), shared)
	}
	cm.calls, ce.calls = nil, nil
	return m, e, cm, ce
}

func theta(seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	v := make([]float64, sites)
	for i := range v {
		v[i] = r.NormFloat64()
	}
	return v
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func bothWays(t *testing.T, test func(t *testing.T, shared bool)) {
	t.Run("shared", func(t *testing.T) { test(t, true) })
	t.Run("bytes", func(t *testing.T) { test(t, false) })
}

// A training step is three round trips: theta goes with the draw, and the
// drawn batch does not go back for its pull.
func TestStepIsThreeRoundTrips(t *testing.T) {
	bothWays(t, func(t *testing.T, shared bool) {
		m, e, cm, ce := open(t, shared)
		const steps = 4
		var b core.Batch
		energies, grad := make([]float64, 100), make([]float64, sites)
		for step := range uint64(steps) {
			check(t, m.Load(theta(step)))
			check(t, m.Sample(&b, step, 100))
			check(t, e.Eval(energies, &b))
			check(t, m.Pull(grad, &b, energies))
		}
		if total := len(cm.calls) + len(ce.calls); total != 3*steps || cm.thetas != steps || cm.xs != 0 {
			t.Errorf("%d round trips, theta sent %d times, x sent back %d times; want %d, %d, 0", total, cm.thetas, cm.xs, 3*steps, steps)
		}
	})
}

// A batch that the plugin does not know is sent, and the answer is the same.
func TestUnknownBatch(t *testing.T) {
	bothWays(t, func(t *testing.T, shared bool) {
		m, _, c, _ := open(t, shared)
		check(t, m.Load(theta(1)))
		var b core.Batch
		check(t, m.Sample(&b, 1, 50))
		w := make([]float64, 50)
		for i := range w {
			w[i] = float64(i) - 20
		}
		want, got := make([]float64, sites), make([]float64, sites)
		check(t, m.Pull(want, &b, w))
		if want[0] == 0 || c.xs != 0 {
			t.Fatalf("gradient %v, x sent %d times", want, c.xs)
		}
		// The plugin forgets: its first answer is made to say so.
		c.spoil = func(reply any) {
			if r, ok := reply.(*wirepb.CallReply); ok {
				r.UnknownBatch, r.Out, c.spoil = true, nil, nil
			}
		}
		check(t, m.Pull(got, &b, w))
		if c.xs != 1 {
			t.Errorf("x was sent %d times, want 1", c.xs)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("gradient %v, want %v", got, want)
				break
			}
		}
		// A plugin that asks again is at fault.
		c.spoil = func(reply any) {
			if r, ok := reply.(*wirepb.CallReply); ok {
				r.UnknownBatch = true
			}
		}
		if err := m.Pull(got, &b, w); core.KindOf(err) != core.Plugin {
			t.Errorf("error %v, want one that blames the plugin", err)
		}
	})
}

// Batches of two models never have the same ID.
func TestBatchesOfTwoModels(t *testing.T) {
	m1, _, _, _ := open(t, true)
	m2, _, c2, _ := open(t, true)
	var b1, b2 core.Batch
	check(t, m1.Sample(&b1, 1, 10))
	check(t, m2.Sample(&b2, 1, 10))
	if b1.ID == 0 || b1.ID == b2.ID {
		t.Errorf("IDs %d and %d", b1.ID, b2.ID)
	}
	check(t, m2.Pull(make([]float64, sites), &b1, make([]float64, 10)))
	if c2.xs != 1 {
		t.Error("a batch of another model was not sent")
	}
}

// A failure of the transport is told apart from the part's own errors, and a
// call is made once.
func TestTransportErrors(t *testing.T) {
	m, _, c, _ := open(t, true)
	for code, want := range map[codes.Code]core.Kind{
		codes.Unavailable: core.Plugin, codes.Unimplemented: core.Unsupported, codes.Unknown: core.Plugin,
	} {
		c.calls, c.fail = nil, status.Error(code, "what a plugin in another language raised")
		err := m.Sample(&core.Batch{}, 1, 1)
		if err == nil || core.KindOf(err) != want {
			t.Errorf("%v became %v, of kind %v", code, err, core.KindOf(err))
		}
		if len(c.calls) != 1 {
			t.Errorf("%v: %d calls, want 1", code, len(c.calls))
		}
	}
	// The deadline of a call is the host's alone: this one is the plugin's own.
	c.fail = status.Error(codes.DeadlineExceeded, "the licence server is slow")
	if err := m.Sample(&core.Batch{}, 1, 1); err == nil || !strings.HasSuffix(err.Error(), ": the licence server is slow") {
		t.Errorf("error %v is taken for a missed deadline", err)
	}
}

// The host's memory of a batch costs nothing per call: with shared memory a
// step allocates far less than one array.
func TestNoGarbageOfBatchSize(t *testing.T) {
	const n = 100_000
	m, e, _, _ := open(t, true)
	check(t, m.Load(theta(1)))
	var b core.Batch
	energies, grad := make([]float64, n), make([]float64, sites)
	step := func() {
		check(t, m.Load(theta(1)))
		check(t, m.Sample(&b, 1, n))
		check(t, e.Eval(energies, &b))
		check(t, m.Pull(grad, &b, energies))
	}
	step()
	const repeats = 5
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range repeats {
		step()
	}
	runtime.ReadMemStats(&after)
	// Both ends are in this process, so both are measured.
	if bytes := (after.TotalAlloc - before.TotalAlloc) / repeats; bytes > 8*n {
		t.Errorf("a step allocates %d bytes; one array of %d numbers has %d", bytes, n, 8*n)
	} else {
		t.Logf("%d bytes per step", bytes)
	}
}
