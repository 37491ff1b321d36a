package plan_test

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// A run file with a number out of bounds and a misspelt key: both are reported, with
// their lines, before anything is started.
func ExampleParse() {
	const file = `[model]
plugin = "coins"
[energy]
plugin = "ring"
size = -4
[ensemble]
temprature = 2.0
`
	manifest := func(kind core.PartKind, ref plan.PartPlan) (core.Manifest, error) {
		m := core.Manifest{Kind: kind, Name: ref.Plugin, Version: "1.0.0"}
		if kind == core.KindEnergy {
			m.Params = core.SchemaOf(struct {
				Size int `key:"size" min:"1" opt:"required" help:"number of sites"`
			}{})
		}
		return m, nil
	}
	f, err := plan.Parse("ring.toml", []byte(file), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = f.Check(manifest, nil)
	fmt.Println(err)
	// Output:
	// ring.toml:5: energy.size must be at least 1, got -4
	// ring.toml:6: [ensemble] needs beta, temperature, kelvin or theta
	// ring.toml:7: ensemble.temprature is not a known key; did you mean "temperature"?
}

// A result of 1.02 +- 0.01 is within three standard errors of the known value 1; one of
// 0.90 +- 0.01 cannot be an upper bound.
func ExampleExpectation_Judge() {
	one := 1.0
	known := plan.Expectation{Value: &one, Sigma: 3}
	fmt.Println(known.Judge(1.02, 0.01))
	known = plan.Expectation{Value: &one, Bound: "upper"}
	fmt.Println(known.Judge(0.9, 0.01))
	// Output:
	// true deviation +0.02: within 0.03 (3 standard errors)
	// false deviation -0.1: NOT an upper bound within 0.03 (3 standard errors)
}

// The --set of the command line overrides a key of the file.
func ExampleFile_Name() {
	f, err := plan.Parse("ising-16.toml", []byte(plan.Example), []string{"run.name=critical"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(f.Name())
	// Output:
	// critical
}
