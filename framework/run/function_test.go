package run

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// moody is an energy that is not a function of the configuration alone.
type moody struct {
	core.Energy
	spoil func(dst []float64)
}

func (m moody) Eval(dst []float64, b *core.Batch) error {
	if err := m.Energy.Eval(dst, b); err != nil {
		return err
	}
	m.spoil(dst)
	return nil
}

// What no result would tell is refused before a second step: noise, a memory of earlier calls, a mean over the batch.
// Rounding that differs from call to call is none of them.
func TestEnergyOfMoreThanTheConfiguration(t *testing.T) {
	random, calls := rand.New(rand.NewPCG(1, 2)), 0
	add := func(e func(i int, dst []float64) float64) func([]float64) {
		return func(dst []float64) {
			all := make([]float64, len(dst))
			for i := range dst {
				all[i] = e(i, dst)
			}
			for i, v := range all {
				dst[i] += v
			}
		}
	}
	for name, c := range map[string]struct {
		spoil func([]float64)
		want  string // "" where it is none
	}{
		"noise":          {add(func(int, []float64) float64 { return 0.01 * random.NormFloat64() }), "draw random numbers"},
		"memory":         {func(dst []float64) { calls++; dst[0] += float64(calls) }, "remember earlier calls"},
		"mean of batch":  {add(func(_ int, dst []float64) float64 { return -mean(dst) }), "other configurations of its batch"},
		"place in batch": {add(func(i int, _ []float64) float64 { return float64(i) }), "other configurations of its batch"},
		"rounding":       {add(func(int, []float64) float64 { return 1e-8 * random.NormFloat64() }), ""},
	} {
		for _, steps := range []int{0, 20} {
			parts, energy := testParts()
			parts.Energy = moody{energy, c.spoil}
			rec := &memory{}
			_, err := runPlan(context.Background(), testPlan(steps), parts, rec, &watcher{}, Options{})
			switch {
			case c.want == "" && err != nil:
				t.Errorf("%s, %d steps: %v", name, steps, err)
			case c.want == "":
			case core.KindOf(err) != core.Plugin || !strings.Contains(err.Error(), "energy well") || !strings.Contains(hint(err), c.want):
				t.Errorf("%s, %d steps: %v, want a fault of the energy, and %q", name, steps, err, c.want)
			}
		}
	}
}

func hint(err error) string {
	var e *core.Error
	for errors.As(err, &e) {
		if e.Hint != "" {
			return e.Hint
		}
		err = e.Err
	}
	return ""
}

func mean(v []float64) (sum float64) {
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}
