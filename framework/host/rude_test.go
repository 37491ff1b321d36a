package host

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/host2plugin"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// rudeKey says in which way this binary, as a plugin without the sdk, breaks
// the protocol: see spoil.
const rudeKey = "HELMHOLTZ_TEST_RUDE"

// strange makes an external plugin of this binary. A rude one serves the same
// parts, "" is an honest way.
func strange(t *testing.T, rude string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
	text := ""
	if rude != "" { // without its cookie the sdk leaves the process alone
		text = "if [ $1 = serve ]; then unset " + wire.CookieKey + "; export " + rudeKey + "=" + quote(rude) + "; fi\n"
	}
	return script(t, text+"exec "+quote(self)+" \"$@\"\n")
}

// external finds a part of this binary as a stranger's.
func external(t *testing.T, h *Host, kind core.PartKind, name, rude string) *Found {
	t.Helper()
	f, err := h.Find(kind, name, strange(t, rude), "")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func serveRude(way string) {
	os.Setenv(wire.CookieKey, wire.CookieValue)
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  host2plugin.Handshake,
		VersionedPlugins: host2plugin.Sets(builtins()),
		Logger:           hclog.NewNullLogger(),
		GRPCServer: func(o []grpc.ServerOption) *grpc.Server {
			spoiler := func(ctx context.Context, r any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
				reply, err := handle(ctx, r)
				spoil(reply, way)
				return reply, err
			}
			return host2plugin.NewServer(nil, func() { os.Exit(0) })(append(o, grpc.UnaryInterceptor(spoiler)))
		},
	})
	os.Exit(0)
}

// spoil puts results inside the message, or a given text in the place of the
// spec.
func spoil(reply any, way string) {
	inline := func(all []*wirepb.Array) {
		for _, a := range all {
			if way == "data" {
				a.Place = &wirepb.Array_Data{Data: make([]byte, 8*a.Length)}
			}
		}
	}
	switch r := reply.(type) {
	case *wirepb.OpenReply:
		if spec, ok := strings.CutPrefix(way, "spec "); ok {
			r.SpecJson = []byte(spec)
		}
	case *wirepb.CallReply:
		inline(r.Out)
	case *wirepb.DrawReply:
		inline(r.Out)
	}
}

// What a plugin does not write is not what an earlier call left.
func TestUnwrittenEnergy(t *testing.T) {
	for _, transport := range transports {
		for mode, want := range map[string]string{
			"writes nothing": "evaluate: energy faulty: 3 of the 3 numbers of energy were not written, the first of them number 0 (the plugin is at fault)",
			"writes half":    "evaluate: energy faulty: 2 of the 3 numbers of energy were not written, the first of them number 1",
		} {
			t.Run(transport+" "+mode, func(t *testing.T) {
				t.Parallel()
				e := openEnergy(t, newHost(t, Options{Transport: transport}), "faulty", core.Settings{"mode": mode})
				_, err := evalTwice(t, e)
				wantError(t, err, core.Plugin, want)
			})
		}
	}
}

func TestUnwrittenSlope(t *testing.T) {
	for _, transport := range transports {
		for mode, want := range map[string]string{
			"writes nothing": "slope: energy faulty: 3 of the 3 numbers of energy were not written",
			"short slope":    "slope: energy faulty: 4 of the 12 numbers of slope were not written, the first of them number 8",
			"+Inf alone":     "", // the slope of a forbidden configuration means nothing
		} {
			t.Run(transport+" "+mode, func(t *testing.T) {
				t.Parallel()
				e := openEnergy(t, newHost(t, Options{Transport: transport}), "faulty", core.Settings{"mode": mode}).(core.EnergySloper)
				b, slope, energy := &core.Batch{N: 3, X: make([]float64, 12)}, make([]float64, 12), make([]float64, 3)
				if err := e.Slope(slope, energy, b); err != nil {
					t.Fatal("the first call failed:", err)
				}
				if err := e.Slope(slope, energy, b); want != "" {
					wantError(t, err, core.Plugin, want)
				} else if err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func TestUnwrittenModel(t *testing.T) {
	for _, transport := range transports {
		for _, c := range []struct {
			mode string
			call func(m core.Model) error
			want string
		}{
			{"writes nothing", func(m core.Model) error { return m.Sample(&core.Batch{}, 1, 4) },
				"sample: model faulty: 8 of the 8 numbers of x were not written, the first of them number 0"},
			{"writes half", func(m core.Model) error { return m.LogProb(make([]float64, 4), make([]float64, 8)) },
				"log_prob: model faulty: 2 of the 4 numbers of log_p were not written, the first of them number 2"},
			{"writes half", func(m core.Model) error {
				return m.Pull(make([]float64, 3), &core.Batch{N: 1, X: make([]float64, 2)}, []float64{1})
			}, "pull: model faulty: 2 of the 3 numbers of grad were not written, the first of them number 1"},
			{"no state", func(m core.Model) error { return m.Sample(&core.Batch{}, 1, 4) },
				"sample: model faulty: 8 of the 8 numbers of k were not written, the first of them number 0"},
			{"none", func(m core.Model) error { // a complex number counts twice
				return m.(core.DensityMatrix).LogPsi(make([]complex128, 1), make([]float64, 1), &core.Batch{N: 1, X: make([]float64, 2), K: make([]int32, 2)})
			}, "log_psi: model faulty: 2 of the 2 numbers of log_psi were not written, the first of them number 0"},
		} {
			t.Run(fmt.Sprint(transport, " ", c.mode), func(t *testing.T) {
				t.Parallel()
				space := spins(2)
				if c.mode == "no state" || c.mode == "none" {
					space = core.Space{Kind: core.Particles, Shape: []int{2, 1}}
				}
				m := openModel(t, newHost(t, Options{Transport: transport}), "faulty", core.Settings{"mode": c.mode}, space)
				for range 2 { // the second call finds memory that was used
					wantError(t, c.call(m), core.Plugin, c.want)
				}
			})
		}
	}
}

// Results inside the message are refused from a plugin that took shared memory;
// one that did not take it answers so.
func TestAnswerInData(t *testing.T) {
	for _, transport := range transports {
		h := newHost(t, Options{Transport: transport})
		e, err := h.OpenEnergy(external(t, h, core.KindEnergy, "chain", "data"), core.Settings{"N": 3})
		if err != nil {
			t.Fatal(err)
		}
		m, err := h.OpenModel(external(t, h, core.KindModel, "product", "data"), nil, spins(2))
		if err != nil {
			t.Fatal(err)
		}
		two, three := &core.Batch{N: 1, X: []float64{1, 1}}, &core.Batch{N: 1, X: []float64{1, 1, 1}}
		for what, err := range map[string]error{
			"evaluate: energy chain: energy": e.Eval(make([]float64, 1), three),
			"pull: model product: grad":      m.Pull(make([]float64, 2), two, []float64{1}),
		} {
			if transport == TransportShared {
				wantError(t, err, core.Plugin, what+" came inside the message, although the plugin took shared memory for its results (the plugin is at fault)")
			} else if err != nil {
				t.Error(err)
			}
		}
	}
}

// A mistake in a spec is the plugin's, whatever language it is written in: here
// the text of one that did not use the sdk, and a NaN of one that did.
func TestFaultySpecs(t *testing.T) {
	h := newHost(t, Options{})
	for spec, want := range map[string]string{
		`{"space": {"kind": "spins", "shape": [3]}}`:                                              "in its spec, it has no units",
		`{"space": {"kind": "spins", "shape": [3]}, "units": "J", "symmetries": ["permutation"]}`: "in its spec, permutation in spins [3]: there are no particles",
		`{"space": {"kind": "spins", "shape": [2.5]}, "units": "J"}`:                              "its spec is not the JSON that was expected",
	} {
		_, err := h.OpenEnergy(external(t, h, core.KindEnergy, "chain", "spec "+spec), core.Settings{"N": 3})
		wantError(t, err, core.Plugin, "open energy: energy chain: "+want, "(the plugin is at fault)")
	}
	_, err := h.OpenModel(external(t, h, core.KindModel, "product", `spec {"space": {"kind": "spins", "shape": [2]}, "powers": ["exact"]}`), nil, spins(2))
	wantError(t, err, core.Plugin, `open model: model product: in its spec, the power "exact" is unknown; those of kind model are`)
	_, err = h.OpenModel(find(t, h, core.KindModel, "faulty"), core.Settings{"mode": "NaN spec"}, spins(2))
	wantError(t, err, core.Plugin, "its spec cannot be sent: json: unsupported value: NaN")
}
