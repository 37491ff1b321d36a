package plan

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/objective"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

var update = flag.Bool("update", false, "rewrite the expected parts of testdata")

// The manifests of the tests: the keys of real parts, kept here so that
// this room does not depend on them.
var manifests = map[core.PartKind]map[string]core.Manifest{
	core.KindModel: {
		"van": {Kind: core.KindModel, Name: "van", Precisions: []core.Precision{core.Float32}, Summary: "autoregressive network", Reference: "Wu, Wang and Zhang 2019", Spaces: []core.SpaceKind{core.Spins}, Params: core.SchemaOf(struct {
			Network string `key:"network" choices:"made,pixelcnn" help:"architecture"`
			Depth   int    `key:"depth" min:"1" help:"layers"`
			Width   int    `key:"width" min:"1" help:"channels per site"`
			Z2      bool   `key:"z2" help:"symmetrise under x -> -x"`
		}{"made", 1, 1, false})},
		"flow":  {Kind: core.KindModel, Name: "flow", Spaces: []core.SpaceKind{core.Field, core.Particles}},
		"fermi": {Kind: core.KindModel, Name: "fermi", Spaces: []core.SpaceKind{core.Particles}, Powers: []core.Power{core.PowerQuantum, core.PowerNatural}},
	},
	core.KindEnergy: {
		"ising": {Kind: core.KindEnergy, Name: "ising", Summary: "Ising model", Spaces: []core.SpaceKind{core.Spins}, Params: core.SchemaOf(struct {
			Lattice string  `key:"lattice" choices:"square,triangular" help:"neighbours"`
			L       int     `key:"L" min:"1" opt:"required" help:"sites along each edge"`
			J       float64 `key:"J" unit:"J" help:"coupling"`
			Field   float64 `key:"field" unit:"J" help:"field"`
		}{"square", 0, 1, 0})},
		"couplings": {Kind: core.KindEnergy, Name: "couplings", Summary: "any pairwise couplings", Spaces: []core.SpaceKind{core.Spins}, Params: core.SchemaOf(struct {
			File   string    `key:"file" opt:"required,file" help:"CSV | HDF5"`
			Fields []float64 `key:"fields" help:"one per site"`
		}{})},
		"trap": {Kind: core.KindEnergy, Name: "trap", Spaces: []core.SpaceKind{core.Field}, Params: core.SchemaOf(struct {
			Shape string  `key:"shape" choices:"well,ring" help:"of the potential"`
			R     float64 `key:"r" above:"0" only:"shape=ring" help:"radius"`
		}{"well", 1})},
		"dot": {Kind: core.KindEnergy, Name: "dot", Spaces: []core.SpaceKind{core.Particles}},
		"formula": {Kind: core.KindEnergy, Name: "formula", Spaces: []core.SpaceKind{core.Field}, Params: core.SchemaOf(struct {
			E         string             `key:"E" opt:"required" help:"formula"`
			Constants map[string]float64 `key:"constants" help:"its constants"`
		}{})},
		"phi4": {Kind: core.KindEnergy, Name: "phi4", Spaces: []core.SpaceKind{core.Field}, Powers: []core.Power{core.PowerSlope}},
	},
	core.KindObjective: {
		"huber": {Kind: core.KindObjective, Name: "huber", Version: "1.2.0", Source: core.OfModel, Params: core.SchemaOf(struct {
			Delta float64 `key:"delta" above:"0" help:"where the loss becomes linear"`
			Steps int     `key:"steps" min:"1" help:"of an inner loop"`
		}{1, 3})},
		"likely": {Kind: core.KindObjective, Name: "likely", Version: "0.1.0", Source: core.OfData, Params: core.SchemaOf(struct {
			Floor float64 `key:"floor" help:"least ln p"`
		}{-100})},
	},
	core.KindEstimator: {
		"correlation": {Kind: core.KindEstimator, Name: "correlation", Spaces: []core.SpaceKind{core.Spins, core.Field}, Params: core.SchemaOf(struct {
			Bins int `key:"bins" min:"1" help:"distances"`
		}{8})},
		"pressure": {Kind: core.KindEstimator, Name: "pressure", Spaces: []core.SpaceKind{core.Particles}},
	},
}

func manifest(kind core.PartKind, ref PartPlan) (core.Manifest, error) {
	if ref.Path != "" && !filepath.IsAbs(ref.Path) {
		return core.Manifest{}, fmt.Errorf("path %s is relative", ref.Path)
	}
	m, ok := manifests[kind][ref.Plugin]
	if !ok {
		return m, core.Errorf(core.Plugin, "", "", "no %s is called %q", kind, ref.Plugin)
	}
	return m, nil
}

// check is Parse and Check.
func check(name, source string, overrides ...string) (*Plan, error) {
	f, err := Parse(name, []byte(source), overrides)
	if err != nil {
		return nil, err
	}
	return f.Check(manifest, compiled)
}

// compiled are the objectives, optimizers and samplers of the tests, the real ones,
// one whose keys collide with others, and a model.
var compiled = func() (all []core.Manifest) {
	for _, part := range slices.Concat(objective.Parts(), optim.Parts(), sample.Parts()) {
		all = append(all, part.Manifest)
	}
	return append(all, manifests[core.KindModel]["van"], core.Manifest{Kind: core.KindObjective, Name: "renyi", Params: core.SchemaOf(struct {
		Alpha float64 `key:"alpha" above:"0" help:"order"`
		Batch int     `key:"batch" min:"1" help:"samples of an inner mean"`
		Clip  float64 `key:"clip" min:"0" help:"largest weight"`
		File  string  `key:"file" opt:"file" help:"weights"`
	}{Alpha: 2, Batch: 8})})
}()

// Every file of testdata holds a run file, the --set arguments if any, and
// below "-- plan --" the resolved run file or below "-- error --" the message.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) { testCase(t, path) })
	}
}

func testCase(t *testing.T, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, want := string(text), ""
	for _, rule := range []string{"-- plan --\n", "-- error --\n"} {
		if before, _, ok := strings.Cut(head, rule); ok {
			head, want = before, string(text)[len(before):]
		}
	}
	source, set, _ := strings.Cut(head, "-- set --\n")
	p, err := check("testdata/run.toml", source, strings.FieldsFunc(set, func(r rune) bool { return r == '\n' })...)
	got := ""
	if err != nil {
		var e *core.Error
		if !errors.As(err, &e) || e.Kind == core.Internal {
			t.Errorf("error %#v is not for a user", err)
		}
		got = fmt.Sprintf("-- error --\n%s: %v\n", e.Kind, err)
	} else {
		got = "-- plan --\n" + p.TOML()
	}
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	got = strings.ReplaceAll(got, dir, "$DIR")
	if *update {
		if err := os.WriteFile(path, []byte(head+got), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
