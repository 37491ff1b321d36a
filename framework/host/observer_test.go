package host

import (
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

// ringOf is what an observer of n spins is built for.
func ringOf(n int) core.System { return core.System{Space: spins(n), Units: "J", Beta: 0.5} }

// faultyObserver misbehaves as an energy does, from its second call on.
func faultyObserver() core.Part {
	type config struct {
		Mode string `key:"mode" help:"what goes wrong"`
	}
	return core.Part{
		Manifest: core.Manifest{Kind: core.KindEstimator, Name: "faulty", Version: "1", Summary: "misbehaves", Params: core.SchemaOf(config{})},
		NewObserver: func(s core.Settings, of core.System) (core.Observer, error) {
			mode := s["mode"].(string)
			switch mode {
			case "refuse":
				return nil, core.Errorf(core.Mismatch, "open estimator", "faulty", "beta is %v, units %s", of.Beta, of.Units)
			case "die on open":
				fmt.Fprintln(os.Stderr, "cannot go on")
				os.Exit(7)
			}
			return &faultyNumbers{faulty: faulty{mode: mode}}, nil
		},
	}
}

type faultyNumbers struct{ faulty }

func (o *faultyNumbers) Spec() core.ObserverSpec {
	s := core.ObserverSpec{Observables: []core.Observed{{Name: "one", Long: "one", Units: "1"}}}
	if o.mode == "NaN" {
		s.Observables = append(s.Observables, core.Observed{Name: "two", Long: "two", Units: "1"})
	}
	return s
}

func (o *faultyNumbers) Observe(dst []float64, b *core.Batch) error { return o.Eval(dst, b) }

func openObserver(t *testing.T, h *Host, f *Found, s core.Settings, of core.System) core.Observer {
	t.Helper()
	o, err := h.OpenObserver(f, s, of)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// The suite, through real processes and in this one.
func TestObserver(t *testing.T) {
	h := newHost(t, Options{})
	if f := find(t, h, core.KindEstimator, "walls"); !f.Builtin {
		t.Error("it is no built-in")
	} else {
		o := openObserver(t, h, f, core.Settings{"weigh": true}, ringOf(4))
		coretest.Observer(t, spins(4), func(*testing.T) core.Observer { return o }, coretest.ObserverOptions{})
	}
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			h := newHost(t, Options{Transport: transport})
			o := openObserver(t, h, external(t, h, core.KindEstimator, "walls", ""), core.Settings{"weigh": true}, ringOf(4))
			coretest.Observer(t, spins(4), func(*testing.T) core.Observer { return o }, coretest.ObserverOptions{})
			// + + - -: two walls, each spin, and E + kT ln p = -1.5 + 2 (-3).
			dst := make([]float64, 6)
			b := &core.Batch{N: 1, X: []float64{1, 1, -1, -1}, E: []float64{-1.5}, LogP: []float64{-3}}
			if err := o.Observe(dst, b); err != nil || !reflect.DeepEqual(dst, []float64{2, 1, 1, -1, -1, -7.5}) {
				t.Errorf("%v, error %v", dst, err)
			}
		})
	}
}

// Its spec, settings and system are those of the author's constructor; T = 0 crosses.
func TestObserverIsOpened(t *testing.T) {
	h := newHost(t, Options{})
	here, there := find(t, h, core.KindEstimator, "walls"), external(t, h, core.KindEstimator, "walls", "")
	want := openObserver(t, h, here, core.Settings{"weigh": true}, ringOf(3)).Spec()
	if got := openObserver(t, h, there, core.Settings{"weigh": true}, ringOf(3)).Spec(); !reflect.DeepEqual(got, want) || got.Size() != 5 {
		t.Errorf("spec %+v, want %+v", got, want)
	}
	_, err := h.OpenObserver(there, nil, core.System{Space: core.Space{Kind: core.Field, Shape: []int{3}}, Units: "J", Beta: 1})
	wantError(t, err, core.Mismatch, "walls: works on spins, not on field")
	faulty := external(t, h, core.KindEstimator, "faulty", "")
	_, err = h.OpenObserver(faulty, core.Settings{"mode": "refuse"}, core.System{Space: spins(4), Units: "K", Beta: math.Inf(1)})
	wantError(t, err, core.Mismatch, "faulty: beta is +Inf, units K")
	_, err = h.OpenObserver(find(t, h, core.KindEnergy, "chain"), nil, ringOf(3))
	wantError(t, err, core.Mismatch, "open estimator: chain: is an energy")
	_, err = h.OpenObserver(there, core.Settings{"weigth": true}, ringOf(3))
	wantError(t, err, core.Invalid, "open estimator: estimator walls: weigth")
}

func TestFaultyObserver(t *testing.T) {
	for _, c := range []struct {
		mode  string
		ends  bool // the process is gone
		kind  core.Kind
		texts []string
	}{
		{"panic", false, core.Internal, []string{"observe: panic: runtime error: index out of range [3] with length 3"}},
		{"exit", true, core.Plugin, []string{"observe: estimator faulty", "licence expired (exit status 3)"}},
		{"kill -9", true, core.Plugin, []string{"observe: estimator faulty", "signal: killed"}},
		{"+Inf", false, core.Numeric, []string{"observe: estimator faulty: the observable of sample 1 is +Inf (the plugin's answer was refused)"}},
		{"NaN", false, core.Numeric, []string{"observe: estimator faulty: component 0 of the observable of sample 1 is NaN"}},
		{"writes half", false, core.Plugin, []string{"observe: estimator faulty: 2 of the 3 numbers of observed were not written, the first of them number 1"}},
	} {
		t.Run(c.mode, func(t *testing.T) {
			t.Parallel()
			h := newHost(t, Options{})
			o := openObserver(t, h, external(t, h, core.KindEstimator, "faulty", ""), core.Settings{"mode": c.mode}, ringOf(4))
			b := &core.Batch{N: 3, X: make([]float64, 12), E: make([]float64, 3)}
			dst := make([]float64, 3*o.Spec().Size())
			if err := o.Observe(dst, b); err != nil {
				t.Fatal("the first call failed:", err)
			}
			err := o.Observe(dst, b)
			wantError(t, err, c.kind, c.texts...)
			var crash *Crash
			if errors.As(err, &crash) != c.ends {
				t.Errorf("the cause is a crash: %v, want %v", !c.ends, c.ends)
			}
		})
	}
	h := newHost(t, Options{})
	_, err := h.OpenObserver(external(t, h, core.KindEstimator, "faulty", ""), core.Settings{"mode": "die on open"}, ringOf(4))
	wantError(t, err, core.Plugin, "open estimator: estimator faulty: cannot go on (exit status 7)")
}

// A mistake in a spec is the plugin's, and so is an estimator that no plugin can serve.
func TestFaultyObserverSpecs(t *testing.T) {
	h := newHost(t, Options{})
	const one = `"long": "one", "units": "1"`
	for spec, want := range map[string]string{
		`{}`: "it has no observable",
		`{"observables": [{"name": "a b", ` + one + `}]}`:                                                    `the name "a b" of an observable`,
		`{"observables": [{"name": "a", "long": "one"}]}`:                                                    "the observable a has no phrase for a reader, or no units",
		`{"observables": [{"name": "a", ` + one + `}, {"name": "a", ` + one + `}]}`:                          "it has the observable a twice",
		`{"observables": [{"name": "a", ` + one + `, "axes": [{"name": "r", "units": "1"}]}]}`:               `the axis "r" of a has no values`,
		`{"observables": [{"name": "a", ` + one + `}], "source": "data"}`:                                    `its source is "data"`,
		`{"observables": [{"name": "a", "long": "\u001b[2J", "units": "1"}]}`:                                "has a control character",
		`{"observables": [{"name": "a", ` + one + `, "axes": [{"name": "r", "units": "", "values": [1]}]}]}`: "an axis of a has no name, or no units",
	} {
		_, err := h.OpenObserver(external(t, h, core.KindEstimator, "walls", "spec "+spec), nil, ringOf(3))
		wantError(t, err, core.Plugin, "open estimator: estimator walls: in its spec, ", want, "(the plugin is at fault)")
	}
	whole, err := h.Find(core.KindEstimator, "whole", strange(t, ""), "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.OpenObserver(whole, nil, ringOf(3))
	wantError(t, err, core.Plugin, "open estimator: whole: nothing of it can be served by a plugin (an estimator of a plugin has NewObserver")
}

// wholeEstimator is none that a plugin can serve.
func wholeEstimator() core.Part {
	return core.Part{
		Manifest:     core.Manifest{Kind: core.KindEstimator, Name: "whole", Version: "1", Summary: "makes its own error bars"},
		NewEstimator: func(core.Settings, core.Setting) (core.Estimator, error) { panic("not called") },
	}
}
