package app

import (
	"errors"
	"flag"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/host"
	"github.com/spf13/cobra"
)

// conformance is what the suite is asked to test.
type conformance struct {
	builtins  builtins
	asking    binding // how the plugin is asked what it is
	kind      string
	part      string
	set       []string
	like      string
	likeSet   []string
	space     string
	run       string
	tolerance float64
	transport []string
	env       []string
	raw       bool
}

func pluginTestCommand(parts builtins) *cobra.Command {
	c := &conformance{builtins: parts, asking: binding{builtins: parts, fresh: true}}
	list := false
	cmd := &cobra.Command{
		Use:   "test NAME|PATH",
		Short: "Test that a plugin keeps to what it claims: values, symmetries, slopes, gradients, densities",
		Long: `Test that a plugin keeps to what it claims: values, symmetries, slopes, gradients, densities.

The suite starts the part as a run would, through shared memory and through
messages, and tests what can be tested of any part of its kind: that values are
finite and repeatable, that batches of any size agree, that symmetries,
exact values, slopes and gradients are those of its values, that densities are
normalised and samples follow them. Of what fails it says the claim that does not
hold, and by how much; the exit status is then 1. --list prints all claims.

What no identity can see, a coupling of half the size or an energy per site where
no exact value is known, needs another part to compare with: --like.`,
		Example: `  helmholtz plugin test ./helmholtz-plugin-annni --set N=8
  helmholtz plugin test ./helmholtz-plugin-mine --set N=8 --like expression --like-set space=spins --like-set L=8 --like-set d=1 --like-set 'E=neighbours(-s1*s2)'
  helmholtz plugin test realnvp --space field:4x4 --set couplings=2`,
		Args: func(cmd *cobra.Command, args []string) error {
			if list {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.ExactArgs(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if list {
				listChecks(cmd.OutOrStdout())
				return nil
			}
			if c.raw {
				return c.test(args[0])
			}
			return c.readable(cmd, args[0])
		},
	}
	c.asking.askingFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&c.kind, "kind", "", "kind of the part: model, energy, estimator or objective; needed where several have the name")
	f.StringVar(&c.part, "part", "", "name of the part, where PATH serves several")
	f.StringArrayVar(&c.set, "set", nil, "key=value of the part; may be repeated")
	f.StringVar(&c.like, "like", "", "another energy, name or path, that should have the same values")
	f.StringArrayVar(&c.likeSet, "like-set", nil, "key=value of the part of --like; may be repeated")
	f.BoolVar(&list, "list", false, "print the tests of each kind of part, with the claims that they hold it to")
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
	h := c.asking.host(c.env)
	defer h.Close()
	found, err := c.find(h, name, core.PartKind(c.kind), c.part)
	if err != nil {
		return err
	}
	like, err := c.findLike(h, found)
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
			h := host.New(host.Options{Builtins: c.builtins, Transport: transport, Env: c.env, Log: c.asking.log()})
			t.Cleanup(func() { h.Close() })
			c.suite(t, h, found, settings, space, like)
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

// find finds the part that is meant: of a kind and with a name of its own, where these are not "".
func (c *conformance) find(h *host.Host, name string, kind core.PartKind, part string) (*host.Found, error) {
	all, err := partsNamed(h, "test", name)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(f *host.Found) bool {
		return f.Shadow != "" || kind != "" && f.Kind != kind || part != "" && f.Name != part
	})
	switch len(all) {
	case 0:
		return nil, &core.Error{Kind: core.Invalid, Op: "test", Subject: name, Err: errors.New("none of its parts is what --kind and --part say"),
			Hint: "helmholtz plugin describe " + name + " shows those that it has"}
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
func (c *conformance) suite(t *testing.T, h *host.Host, f *host.Found, s core.Settings, space core.Space, like *reference) {
	stop(t, affords(f.Name, space))
	switch f.Kind {
	case core.KindEnergy:
		e, err := h.OpenEnergy(f, s)
		stop(t, err)
		stop(t, affords(f.Name, e.Spec().Space))
		untried(e)
		o := coretest.EnergyOptions{Tolerance: c.tolerance, Forbids: e.Spec().Forbids, Constant: true}
		if like != nil {
			o.LikeName = c.like
			o.Like, err = h.OpenEnergy(like.found, like.settings)
			stop(t, err)
		}
		coretest.Energy(t, func(*testing.T) core.Energy { return e }, o)
	case core.KindModel:
		another := func(t *testing.T) core.Model {
			t.Helper()
			m, err := h.OpenModel(f, s, space)
			stop(t, err)
			untried(m)
			return m
		}
		m := another(t)
		coretest.Model(t, func(*testing.T) core.Model { return m }, coretest.ModelOptions{Tolerance: c.tolerance, Another: another})
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

// affords refuses a space whose configurations do not fit into the memory: the tests take up to some
// thousands at a time, in a few arrays.
func affords(part string, space core.Space) error {
	const numbers = 1 << 14
	size := 8.0 * numbers
	for _, n := range space.Shape {
		size *= float64(n)
	}
	return core.Afford(size, part, "the configurations of the tests", "test it at a smaller size, by --set or --space")
}

// reference is a part that another one is compared with.
type reference struct {
	found    *host.Found
	settings core.Settings
}

// findLike finds the energy that one is compared with, nil where that is not asked for.
func (c *conformance) findLike(h *host.Host, found *host.Found) (*reference, error) {
	if c.like == "" {
		if len(c.likeSet) > 0 {
			return nil, core.Errorf(core.Invalid, "test", "--like-set", "there is no part to compare with, --like")
		}
		return nil, nil
	}
	if found.Kind != core.KindEnergy {
		return nil, core.Errorf(core.Unsupported, "test", "--like", "only energies are compared, and %s is %s", found.Name, found.Kind.One())
	}
	other, err := c.find(h, c.like, core.KindEnergy, "")
	if err != nil {
		return nil, err
	}
	settings, err := settingsOf(c.likeSet)
	return &reference{other, settings}, err
}

// tested tells whether there is a suite for the part: for what a plugin can be.
func (c *conformance) tested(f *host.Found) bool {
	if f.Kind != core.KindEstimator {
		return slices.Contains([]core.PartKind{core.KindEnergy, core.KindModel, core.KindObjective}, f.Kind)
	}
	built, err := c.builtins.find(f.Kind, f.Name)
	return !f.Builtin || err == nil && built.NewObserver != nil
}

// untried leaves a part's claims to the suite, which sees more than the host does at the first batch of
// a run, and says which test it is about.
func untried(part any) {
	if p, ok := part.(interface{ Trust() }); ok {
		p.Trust()
	}
}

func stop(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
