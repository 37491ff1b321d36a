package app

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/host"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/spf13/cobra"
)

// conformance is what the suite is asked to test.
type conformance struct {
	builtins  builtins
	kind      string
	part      string
	set       []string
	space     string
	run       string
	tolerance float64
	transport []string
	env       []string
	raw       bool
}

func pluginTestCommand(parts builtins) *cobra.Command {
	c := &conformance{builtins: parts}
	cmd := &cobra.Command{
		Use:   "test NAME|PATH",
		Short: "Test that a plugin keeps to what it claims: values, symmetries, slopes, gradients, densities",
		Long: `Test that a plugin keeps to what it claims: values, symmetries, slopes, gradients, densities.

The suite starts the part as a run would, through shared memory and through
messages, and tests what can be tested of any part of its kind: that values are
finite and repeatable, that batches of any size agree, that symmetries,
exact values, slopes and gradients are those of its values, that densities are
normalised and samples follow them.`,
		Example: `  helmholtz plugin test ./helmholtz-plugin-annni --set N=8
  helmholtz plugin test realnvp --space field:4x4 --set couplings=2`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if c.raw {
				return c.test(args[0])
			}
			return c.readable(cmd, args[0])
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.kind, "kind", "", "kind of the part: model, energy, estimator or objective; needed where several have the name")
	f.StringVar(&c.part, "part", "", "name of the part, where PATH serves several")
	f.StringArrayVar(&c.set, "set", nil, "key=value of the part; may be repeated")
	f.StringVar(&c.space, "space", "", "space of all but energies: spins:6, field:4x4, or as JSON {\"kind\": ..}")
	f.StringVar(&c.run, "run", "", "only tests whose names match this regular expression")
	f.Float64Var(&c.tolerance, "tolerance", 0, "relative, of values computed in two ways; 0 for 1e-10")
	f.StringSliceVar(&c.transport, "transport", []string{host.TransportShared, host.TransportBytes}, "ways to reach the plugin")
	f.StringSliceVar(&c.env, "env", nil, "names of variables that the plugin gets, as in [run] env")
	f.BoolVar(&c.raw, "raw", false, "print what package testing prints")
	f.MarkHidden("raw")
	return cmd
}

// test runs the suite, and ends the process.
func (c *conformance) test(name string) error {
	h := (&binding{builtins: c.builtins, fresh: true}).host(c.env)
	found, err := c.find(h, name)
	h.Close()
	if err != nil {
		return err
	}
	if !c.tested(found) {
		return core.Errorf(core.Unsupported, "test", name, "there is no suite for %s %s, which is a part of this program alone", found.Kind.One(), found.Name)
	}
	settings, err := settingsOf(c.set)
	if err != nil {
		return err
	}
	space := core.Space{}
	if found.Kind != core.KindEnergy {
		if space, err = spaceOf(c.space); err != nil {
			return err
		}
	}
	only, err := regexp.Compile(c.run)
	if err != nil {
		return core.Errorf(core.Invalid, "test", "--run", "%w", err)
	}
	var tests []testing.InternalTest
	for _, transport := range c.transport {
		tests = append(tests, testing.InternalTest{Name: transport, F: func(t *testing.T) {
			h := host.New(host.Options{Builtins: c.builtins, Transport: transport, Env: c.env})
			t.Cleanup(func() { h.Close() })
			c.suite(t, h, found, settings, space)
		}})
	}
	testing.Init()
	pattern := "."
	if c.run != "" {
		pattern = "./(" + only.String() + ")" // a bar inside it is not one between patterns
	}
	flag.CommandLine.Parse([]string{"-test.v", "-test.run", pattern})
	testing.Main(func(pat, text string) (bool, error) { return regexp.MatchString(pat, text) }, tests, nil, nil)
	return nil
}

// find finds the part that is meant.
func (c *conformance) find(h *host.Host, name string) (*host.Found, error) {
	var all []*host.Found
	if isPath(name) {
		described, err := h.Describe(name)
		if err != nil {
			return nil, err
		}
		all = described
	} else {
		listed, _ := h.List()
		all = slices.DeleteFunc(listed, func(f *host.Found) bool { return f.Name != name || f.Shadow != "" })
	}
	all = slices.DeleteFunc(all, func(f *host.Found) bool {
		return c.kind != "" && string(f.Kind) != c.kind || c.part != "" && f.Name != c.part
	})
	switch len(all) {
	case 0:
		return nil, &core.Error{Kind: core.Invalid, Op: "test", Subject: name, Err: errors.New("there is no such part"),
			Hint: "helmholtz plugin list shows them; a file is given with a path, ./" + name}
	case 1:
		return all[0], nil
	}
	var have []string
	for _, f := range all {
		have = append(have, fmt.Sprintf("%s %s", f.Kind, f.Name))
	}
	return nil, &core.Error{Kind: core.Invalid, Op: "test", Subject: name, Err: fmt.Errorf("it is %s", strings.Join(have, ", ")),
		Hint: "say which one by --kind and --part"}
}

// suite runs the suite of the part's kind. One process serves all its tests.
func (c *conformance) suite(t *testing.T, h *host.Host, f *host.Found, s core.Settings, space core.Space) {
	switch f.Kind {
	case core.KindEnergy:
		e, err := h.OpenEnergy(f, s)
		stop(t, err)
		coretest.Energy(t, func(*testing.T) core.Energy { return e },
			coretest.EnergyOptions{Tolerance: c.tolerance, Forbids: e.Spec().Forbids, Constant: true})
	case core.KindModel:
		m, err := h.OpenModel(f, s, space)
		stop(t, err)
		coretest.Model(t, func(*testing.T) core.Model { return m }, coretest.ModelOptions{Tolerance: c.tolerance})
	case core.KindEstimator:
		o, err := h.OpenObserver(f, s, core.System{Space: space, Units: "1", Beta: 1})
		stop(t, err)
		coretest.Observer(t, space, func(*testing.T) core.Observer { return o }, coretest.ObserverOptions{Tolerance: c.tolerance})
	case core.KindObjective:
		setting := core.Setting{Beta: 0.7, Energy: core.EnergySpec{Space: space, Units: "1"}, Model: core.ModelSpec{Space: space}}
		o, err := h.OpenObjective(f, s, setting)
		stop(t, err)
		coretest.Objective(t, setting, func(*testing.T) core.Objective { return o }, coretest.ObjectiveOptions{})
	}
}

// tested tells whether there is a suite for the part: for what a plugin can be.
func (c *conformance) tested(f *host.Found) bool {
	if f.Kind != core.KindEstimator {
		return slices.Contains([]core.PartKind{core.KindEnergy, core.KindModel, core.KindObjective}, f.Kind)
	}
	built, err := c.builtins.find(f.Kind, f.Name)
	return !f.Builtin || err == nil && built.NewObserver != nil
}

func stop(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// settingsOf reads the arguments of --set.
func settingsOf(arguments []string) (core.Settings, error) {
	s := core.Settings{}
	for _, a := range arguments {
		key, text, ok := strings.Cut(a, "=")
		if !ok {
			return nil, core.Errorf(core.Invalid, "test", "--set "+a, "must have the form key=value")
		}
		v, err := plan.Value(text)
		if err != nil {
			return nil, core.Errorf(core.Invalid, "test", "--set "+a, "cannot read the value: %w", err)
		}
		key = strings.TrimSpace(key)
		if table, name, below := strings.Cut(key, "."); below { // constants.J of a table of numbers
			inner, _ := s[table].(map[string]any)
			if inner == nil {
				inner = map[string]any{}
			}
			inner[name] = v
			key, v = table, inner
		}
		s[key] = v
	}
	return s, nil
}

// spaceOf reads the argument of --space: a kind with a shape, or JSON. Two lengths are
// a periodic square lattice; particles are many times so many coordinates.
func spaceOf(text string) (s core.Space, err error) {
	refuse := func(err error) (core.Space, error) {
		return s, &core.Error{Kind: core.Invalid, Op: "test", Subject: "--space " + text, Err: err, Hint: "such as --space spins:6 or --space field:4x4"}
	}
	if text == "" {
		return s, core.Errorf(core.Invalid, "test", "--space", "is needed: the space of the configurations, such as spins:6 or field:4x4")
	}
	if strings.HasPrefix(text, "{") {
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			return refuse(err)
		}
	} else {
		kind, shape, _ := strings.Cut(text, ":")
		s.Kind = core.SpaceKind(kind)
		for length := range strings.SplitSeq(shape, "x") {
			n, err := strconv.Atoi(length)
			if err != nil {
				return refuse(fmt.Errorf("%q is no length", length))
			}
			s.Shape = append(s.Shape, n)
		}
		if len(s.Shape) == 2 && s.Kind != core.Particles && s.Kind != core.Sphere {
			s.Lattice, s.Periodic = "square", true
		}
		if s.Kind == core.Levels {
			s.Levels = 3
		}
	}
	if err := s.Check(); err != nil {
		return refuse(err)
	}
	return s, nil
}
