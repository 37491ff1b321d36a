package plan

import (
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Chains of a run that names none are those of the space and the powers that the open energy has, whatever its description says,
// and their keys are those of [sampler].
func TestChooseMethod(t *testing.T) {
	const file = "[energy]\nplugin = \"phi4\"\n[ensemble]\nbeta = 1\n[sampler]\nchains = 7\n"
	slope := []core.Power{core.PowerSlope}
	field, spins, levels := core.Space{Kind: core.Field, Shape: []int{4}}, core.Space{Kind: core.Spins, Shape: []int{4}}, core.Space{Kind: core.Levels, Shape: []int{4}, Levels: 3}
	for _, c := range []struct {
		more   string
		energy core.EnergySpec
		want   string // method, or the error
	}{
		{"", core.EnergySpec{Space: field, Powers: slope}, "hmc"},
		{"", core.EnergySpec{Space: field}, "metropolis"},
		{"", core.EnergySpec{Space: spins, Powers: slope}, "single_site"},
		{"", core.EnergySpec{Space: levels}, "single_site"},
		{"temperatures = [2.0, 3.0]\n", core.EnergySpec{Space: spins}, "single_site"},
		{"temperatures = [2.0, 3.0]\n", core.EnergySpec{Space: field}, `run.toml:7: sampler.temperatures has no effect with method = "metropolis"`},
		{"leapfrog = 3\n", core.EnergySpec{Space: field, Powers: slope}, "hmc"},
		{"leapfrog = 3\n", core.EnergySpec{Space: spins}, `run.toml:7: sampler.leapfrog has no effect with method = "single_site"`},
		{"leapfrg = 3\n", core.EnergySpec{Space: field, Powers: slope}, `run.toml:7: sampler.leapfrg is not a known key; did you mean "leapfrog"?`},
		{"method = \"metropolis\"\n", core.EnergySpec{Space: field, Powers: slope}, "metropolis"},
	} {
		f, err := Parse("testdata/run.toml", []byte(file+c.more), nil)
		if err != nil {
			t.Fatal(err)
		}
		p, err := f.Check(manifest, compiled)
		if err != nil {
			t.Fatal(err)
		}
		if f.ChooseMethod(p, c.energy) {
			p, err = f.Check(manifest, compiled)
		}
		switch {
		case err != nil:
			if !strings.HasSuffix(err.Error(), c.want) {
				t.Errorf("%q: %v, want %s", c.more, err, c.want)
			}
		case p.Evaluate.Sampler != c.want || p.Sampler.Plugin != c.want || p.Sampler.Settings["chains"] != int64(7):
			t.Errorf("%q: %s with %v, want %s", c.more, p.Evaluate.Sampler, p.Sampler.Settings, c.want)
		case f.ChooseMethod(p, c.energy):
			t.Errorf("%q: checked anew for nothing", c.more)
		}
	}
}
