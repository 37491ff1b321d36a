package plan

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func TestMemorySizes(t *testing.T) {
	t.Setenv(core.MemoryVariable, "1000 the test")
	for text, want := range map[string]string{
		"":         "1000 B (the test)",
		"2 GiB":    "2.0 GiB (run.memory)",
		"2GB":      "1.9 GiB (run.memory)", // 2e9/2^30
		"512M":     "512 MiB (run.memory)", // as Slurm and ulimit mean it
		"0.5 TiB":  "512 GiB (run.memory)",
		"4096":     "4.0 KiB (run.memory)",
		"lots":     `must be a size like "8 GiB" or "500 MB", got "lots"`,
		"-1 GiB":   `must be a size like "8 GiB" or "500 MB", got "-1 GiB"`,
		"8 Gib":    `must be a size like "8 GiB" or "500 MB", got "8 Gib"`,
		"nan":      `must be a size like "8 GiB" or "500 MB", got "nan"`,
		"0 GiB":    `must be more than nothing, got "0 GiB"`,
		"1e99 GiB": `must be a size like "8 GiB" or "500 MB", got "1e99 GiB"`,
	} {
		limit, err := (&Plan{Memory: text}).MemoryLimit()
		got := limit.String()
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	_, err := check("run.toml", base, "energy.file=testdata/J.csv", "run.memory="+strings.Repeat("x", 300))
	want := `--set run.memory: run.memory must be a size like "8 GiB" or "500 MB", got "` + strings.Repeat("x", 59) + `... (302 characters)`
	if core.KindOf(err) != core.Invalid || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// Each thing that takes memory is named when it is what does not fit, with the key
// that makes it less. A batch is the largest of the three that a run draws.
func TestFitMemory(t *testing.T) {
	const mega = 1 << 20
	for _, c := range []struct {
		name    string
		set     []string
		change  func(e *core.EnergySpec, m *core.ModelSpec, s *[]NamedSpec)
		want    string
		absence string
	}{
		// 3 copies of 1e6 (16 + 2) numbers of 8 bytes
		{"training batch", []string{"train.batch=1000000"}, nil,
			"--set train.batch: train.batch: the run needs about 412 MiB of memory, and the limit is 1.0 MiB (run.memory): 412 MiB for batches of 1000000 configurations of 16 numbers; lower train.batch, or raise run.memory", ""},
		{"evaluation batch", []string{"evaluate.batch=1000000", "evaluate.samples=1000000"}, nil, "lower evaluate.batch, or raise run.memory", ""},
		{"batches end with the samples", []string{"evaluate.batch=1000000", "evaluate.samples=10", "train.batch=2"}, nil, "", "of memory"},
		{"samples kept", []string{"evaluate.keep_samples=1000000", "evaluate.samples=1000000"}, nil, "1000000 configurations that are kept; lower evaluate.keep_samples", ""},
		{"parameters", nil, func(_ *core.EnergySpec, m *core.ModelSpec, _ *[]NamedSpec) { m.Parameters = mega },
			"run.toml:4: model.plugin: the run needs about 48 MiB of memory, and the limit is 1.0 MiB (run.memory): 48 MiB for 1048576 parameters; lower the sizes in [model], or raise run.memory", ""},
		{"model", nil, func(_ *core.EnergySpec, m *core.ModelSpec, _ *[]NamedSpec) { m.Memory.Fixed = 64 * mega }, `64 MiB for model "van"; lower the sizes in [model]`, ""},
		{"model at work", []string{"train.batch=1024"}, func(_ *core.EnergySpec, m *core.ModelSpec, _ *[]NamedSpec) { m.Memory.PerConfiguration = mega },
			`1.0 GiB for model "van" at work on 1024 configurations; lower train.batch`, ""},
		{"energy", nil, func(e *core.EnergySpec, _ *core.ModelSpec, _ *[]NamedSpec) { e.Memory.Fixed = 64 * mega }, `64 MiB for energy "couplings"; lower the sizes in [energy]`, ""},
		{"estimator", nil, func(_ *core.EnergySpec, _ *core.ModelSpec, s *[]NamedSpec) { (*s)[0].Memory.Fixed = 64 * mega }, `64 MiB for estimator "correlation"`, ""},
		{"estimator that remembers", []string{"evaluate.samples=1000000000"}, func(_ *core.EnergySpec, _ *core.ModelSpec, s *[]NamedSpec) { (*s)[0].Memory.Kept = 8 },
			`7.5 GiB for estimator "correlation", which remembers all 1000000000 samples; lower evaluate.samples`, ""},
		// 1000 scores of 1e6 numbers, and the square of 1000
		{"Fisher matrix", []string{"train.optimizer=natural"}, func(_ *core.EnergySpec, m *core.ModelSpec, _ *[]NamedSpec) { m.Parameters = 1_000_000 },
			"7.5 GiB for the Fisher matrix; lower train.batch", ""},
		{"scores of a rank", []string{"train.optimizer=natural", "train.solver=conjugate_gradients"}, func(_ *core.EnergySpec, m *core.ModelSpec, _ *[]NamedSpec) { m.Scores = 1_000_000 },
			"7.5 GiB for the scores of 1000 configurations; lower train.batch", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := check("run.toml", strings.Replace(base, "J.csv", "testdata/J.csv", 1), append(c.set, "run.memory=1 MiB")...)
			if err != nil {
				t.Fatal(err)
			}
			e, m, s := wellFitting()
			if c.change != nil {
				c.change(&e, &m, &s)
			}
			got := fmt.Sprint(p.Fit(trained(t, p, Bound{Energy: e, Model: &m, Estimators: s})))
			if !strings.Contains(got, c.want) || c.absence != "" && strings.Contains(got, c.absence) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// Chains: 6 numbers for each of 16, and 100 bytes.
func TestFitMemoryOfChains(t *testing.T) {
	p := &Plan{Sampler: PartPlan{Plugin: "hmc", Source: core.OfChains, Settings: core.Settings{"chains": int64(1000)}}, Evaluate: Evaluate{Sampler: "hmc", Samples: 10, Batch: 10}}
	got := p.NeedsMemory(Bound{Energy: core.EnergySpec{Space: core.Space{Kind: core.Field, Shape: []int{16}}}, Estimators: []NamedSpec{{Name: "energy"}}})
	want := 1000.0*(6*8*16+100) + 3*1000*8*(16+2) + 10*8
	if math.Abs(got-want) > 1 {
		t.Errorf("got %v, want %v", got, want)
	}
}
