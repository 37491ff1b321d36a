package host

import (
	"errors"
	"fmt"
	"math"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

// line is what an objective of one real number is built for.
func line() core.Setting {
	space := core.Space{Kind: core.Field, Shape: []int{1}}
	return core.Setting{Beta: 0.5, Energy: core.EnergySpec{Space: space, Units: "J", Powers: []core.Power{core.PowerSlope}},
		Model: core.ModelSpec{Space: space, Parameters: 2, Powers: []core.Power{core.PowerPath}}}
}

// faultyObjective misbehaves as an energy does, from its second call on.
func faultyObjective() core.Part {
	type config struct {
		Mode string `key:"mode" help:"what goes wrong"`
	}
	return core.Part{
		Manifest: core.Manifest{Kind: core.KindObjective, Name: "faulty", Version: "1", Summary: "misbehaves", Params: core.SchemaOf(config{})},
		NewObjective: func(s core.Settings, of core.Setting) (core.Objective, error) {
			mode := s["mode"].(string)
			switch mode {
			case "refuse":
				return nil, core.Errorf(core.Mismatch, "open objective", "faulty", "beta is %v, units %s, powers %v and %v, %d parameters",
					of.Beta, of.Energy.Units, of.Energy.Powers, of.Model.Powers, of.Model.Parameters)
			case "die on open":
				fmt.Fprintln(os.Stderr, "cannot go on")
				os.Exit(7)
			}
			return &faultyLoss{faulty: faulty{mode: mode}}, nil
		},
	}
}

type faultyLoss struct{ faulty }

func (o *faultyLoss) Spec() core.ObjectiveSpec {
	return core.ObjectiveSpec{Wants: []core.Column{core.E}, Bars: []core.Column{core.LogP},
		Numbers: []core.NumberInfo{{Name: "loss", Long: "loss", Units: "1"}}}
}

func (o *faultyLoss) Cotangents(bar, b, all *core.Batch, _ float64) ([]float64, error) {
	err := o.Eval(bar.LogP, b)
	switch {
	case o.calls == 1:
	case o.mode == "no numbers":
		return nil, err
	case o.mode == "NaN number":
		return []float64{math.NaN()}, err
	case o.mode == "too many":
		bar.LogP = make([]float64, b.N+1)
	}
	return []float64{1}, err
}

func openObjective(t *testing.T, h *Host, f *Found, s core.Settings, of core.Setting) core.Objective {
	t.Helper()
	o, err := h.OpenObjective(f, s, of)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// The suite, through real processes and in this one.
func TestObjective(t *testing.T) {
	harmonic := func(b *core.Batch) { // x^2/2
		for i, x := range b.X {
			b.E[i] = x * x / 2
		}
		copy(b.Slope, b.X)
	}
	options := coretest.ObjectiveOptions{Complete: harmonic, Derivative: []core.Column{core.X, core.LogP}}
	h := newHost(t, Options{})
	if f := find(t, h, core.KindObjective, "bound"); !f.Builtin {
		t.Error("it is no built-in")
	} else {
		coretest.Objective(t, line(), func(t *testing.T) core.Objective { return openObjective(t, h, f, nil, line()) }, options)
	}
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			h := newHost(t, Options{Transport: transport})
			o := openObjective(t, h, external(t, h, core.KindObjective, "bound", ""), nil, line())
			coretest.Objective(t, line(), func(*testing.T) core.Objective { return o }, options)
			// The second of three rows: beta dE/dx/3 = 1/2 * 4/3, and the loss (1 + 1/2 * 9)/3 of all.
			all := &core.Batch{N: 3, LogP: []float64{2, -4, 3}, E: []float64{0, 8, 1}}
			rows := &core.Batch{N: 1, From: 1, Total: 3, LogP: all.LogP[1:2], E: all.E[1:2], Slope: []float64{4}}
			var bar core.Batch
			numbers, err := o.Cotangents(&bar, rows, all, 0.5)
			if err != nil || !near(numbers[0], 5.5/3) || !near(numbers[1], 3) || !near(bar.X[0], 2.0/3) || !near(bar.LogP[0], 1.0/3) {
				t.Errorf("numbers %v, cotangents %v and %v, error %v", numbers, bar.X, bar.LogP, err)
			}
		})
	}
}

func near(got, want float64) bool { return math.Abs(got-want) < 1e-14 }

// Its spec, settings and setting are those of the author's constructor; T = 0 crosses.
func TestObjectiveIsOpened(t *testing.T) {
	h := newHost(t, Options{})
	here, there := find(t, h, core.KindObjective, "bound"), external(t, h, core.KindObjective, "bound", "")
	for _, score := range []bool{false, true} {
		s := core.Settings{"score": score}
		want, got := openObjective(t, h, here, s, line()).Spec(), openObjective(t, h, there, s, line()).Spec()
		if !slices.Equal(got.Wants, want.Wants) || !slices.Equal(got.Bars, want.Bars) || !reflect.DeepEqual(got.Numbers, want.Numbers) || got.Watch != want.Watch || got.Hint != want.Hint {
			t.Errorf("spec %+v, want %+v", got, want)
		}
	}
	quantum := line()
	quantum.Energy.Space, quantum.Energy.Kinetic = core.Space{Kind: core.Particles, Shape: []int{1, 1}}, 0.5
	_, err := h.OpenObjective(there, nil, quantum)
	wantError(t, err, core.Mismatch, "bound: is of classical energies, and beta is 0.5")
	cold := line()
	cold.Beta = math.Inf(1)
	_, err = h.OpenObjective(external(t, h, core.KindObjective, "faulty", ""), core.Settings{"mode": "refuse"}, cold)
	wantError(t, err, core.Mismatch, "faulty: beta is +Inf, units J, powers [slope] and [path], 2 parameters")
	_, err = h.OpenObjective(find(t, h, core.KindEnergy, "chain"), nil, line())
	wantError(t, err, core.Mismatch, "open objective: chain: is an energy")
	_, err = h.OpenObjective(there, core.Settings{"scroe": true}, line())
	wantError(t, err, core.Invalid, "open objective: objective bound: scroe")
}

func TestFaultyObjective(t *testing.T) {
	for _, c := range []struct {
		mode  string
		ends  bool // the process is gone
		kind  core.Kind
		texts []string
	}{
		{"panic", false, core.Internal, []string{"cotangents: panic: runtime error: index out of range [3] with length 3"}},
		{"exit", true, core.Plugin, []string{"cotangents: objective faulty", "licence expired (exit status 3)"}},
		{"kill -9", true, core.Plugin, []string{"cotangents: objective faulty", "signal: killed"}},
		{"+Inf", false, core.Numeric, []string{"cotangents: objective faulty: the cotangent of ln p of sample 1 is +Inf (the plugin's answer was refused)"}},
		{"NaN number", false, core.Numeric, []string{"cotangents: objective faulty: the number \"loss\" is NaN"}},
		{"writes half", false, core.Plugin, []string{"cotangents: objective faulty: 2 of the 3 numbers of log_p@bar were not written, the first of them number 1"}},
		{"no numbers", false, core.Plugin, []string{"cotangents: it returned 0 numbers, and its spec has 1"}},
		{"too many", false, core.Plugin, []string{"cotangents: it gave 4 cotangents of log_p, want 3"}},
	} {
		t.Run(c.mode, func(t *testing.T) {
			t.Parallel()
			h := newHost(t, Options{})
			o := openObjective(t, h, external(t, h, core.KindObjective, "faulty", ""), core.Settings{"mode": c.mode}, line())
			b := &core.Batch{N: 3, E: make([]float64, 3)}
			if _, err := o.Cotangents(&core.Batch{}, b, b, 1); err != nil {
				t.Fatal("the first call failed:", err)
			}
			_, err := o.Cotangents(&core.Batch{}, b, b, 1)
			wantError(t, err, c.kind, c.texts...)
			var crash *Crash
			if errors.As(err, &crash) != c.ends {
				t.Errorf("the cause is a crash: %v, want %v", !c.ends, c.ends)
			}
		})
	}
	h := newHost(t, Options{})
	_, err := h.OpenObjective(external(t, h, core.KindObjective, "faulty", ""), core.Settings{"mode": "die on open"}, line())
	wantError(t, err, core.Plugin, "open objective: objective faulty: cannot go on (exit status 7)")
}

// A mistake in a spec is the plugin's.
func TestFaultyObjectiveSpecs(t *testing.T) {
	h := newHost(t, Options{})
	const loss = `"numbers": [{"name": "loss", "long": "loss", "units": "1"}]`
	for spec, want := range map[string]string{
		`{}`: "its spec has 0 columns that it wants, 0 cotangents and 0 numbers, and needs one of each",
		`{"wants": ["energi"], "bars": ["log_p"], ` + loss + `}`:                              `it wants "energi", which is no column; did you mean "energy"?`,
		`{"wants": ["energy@B"], "bars": ["log_p"], ` + loss + `}`:                            `it wants "energy@B", which is no column`,
		`{"wants": ["energy", "energy"], "bars": ["log_p"], ` + loss + `}`:                    `it wants "energy" twice`,
		`{"wants": ["energy"], "bars": ["ln_p"], ` + loss + `}`:                               `it gives cotangents of "ln_p", which is no column`,
		`{"wants": ["grad"], "bars": ["log_p"], ` + loss + `}`:                                `it wants "grad", and can have what a batch has of each configuration alone`,
		`{"wants": ["energy@all"], "bars": ["log_p"], ` + loss + `}`:                          `it wants "energy@all", and can have`,
		`{"wants": ["x@link"], "bars": ["log_p"], ` + loss + `}`:                              `it wants "x@link", and can have`,
		`{"wants": ["energy"], "bars": ["log_p@bar"], ` + loss + `}`:                          `it gives cotangents of "log_p@bar", and can have`,
		`{"wants": ["energy"], "bars": ["log_p"], ` + loss + `, "watch": "gain"}`:             `it has no number "gain", which is to be watched`,
		`{"wants": ["energy"], "bars": ["log_p"], "numbers": [{"name": "loss"}]}`:             "the number loss has no phrase for a reader, or no units",
		`{"wants": ["energy"], "bars": ["log_p"], ` + loss + `, "hint": "\u001b[2J"}`:         "has a control character",
		`{"wants": ["energy"], "bars": ["log_p"], "numbers": [{"name": "beta", "long": ""}]}`: `the name "beta" of one of its numbers is taken`,
	} {
		_, err := h.OpenObjective(external(t, h, core.KindObjective, "bound", "spec "+spec), nil, line())
		wantError(t, err, core.Plugin, "open objective: objective bound: in its spec, ", want, "(the plugin is at fault)")
	}
}
