//go:build cgo

package app

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// all has everything that an estimate can say of itself.
func all() core.Estimate {
	e := core.Estimate{Name: "energy", Long: "energy of all", Value: []float64{-8}, Stderr: []float64{0.4}, Upper: []float64{2}, Constant: true, Units: "J", N: 640,
		Tau: 2.5, TauStderr: 0.3, StderrStderr: 0.08, RHat: 1.01, Bulk: 300, Tail: 200, Given: "the step size", Extensive: true, Bound: +1}
	e.Warn(core.CautionFewChains, "two chains")
	return e
}

// Whatever results.h5 has of a scalar, as a dataset beside it or as an attribute, `show --json` has
// under the same name and with the same number.
func TestJSONHasWhatTheFileHas(t *testing.T) {
	dir := t.TempDir()
	folder, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	space := core.Space{Kind: core.Spins, Shape: []int{2, 2}}
	array := core.Estimate{Name: "line", Value: []float64{1, 2}, Stderr: []float64{0, 0}, Units: "1", Axes: []core.Axis{{Name: "r", Units: "1", Values: []float64{0, 1}}}}
	r := &core.Results{History: &core.History{}, Estimates: []core.Estimate{all(), array}, Exact: map[string]float64{"energy": -9, "log_z": 3}, ExactSource: "theory", SamplesSpace: space}
	if err := folder.SaveResults(r); err != nil {
		t.Fatal(err)
	}
	folder.Close()
	read, err := store.ReadResults(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := writeJSON(&out, read); err != nil {
		t.Fatal(err)
	}
	var shown struct {
		Observables map[string]map[string]any
		Exact       map[string]float64
		Arrays      []string
	}
	if err := json.Unmarshal(out.Bytes(), &shown); err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(shown.Observables)); !slices.Equal(got, []string{"energy", "energy_per_site"}) || !slices.Equal(shown.Arrays, []string{"line"}) || !maps.Equal(shown.Exact, map[string]float64{"log_z": 3}) {
		t.Errorf("observables %v, arrays %v, exact %v", got, shown.Arrays, shown.Exact)
	}
	err = h5.ReadFile(filepath.Join(dir, "results.h5"), func(root *h5.Group) error {
		g, err := root.Group("observables")
		if err != nil {
			return err
		}
		names, err := g.Datasets()
		if err != nil {
			return err
		}
		compared := 0
		for _, dataset := range names {
			name := "energy"
			if strings.HasPrefix(dataset, "energy_per_site") {
				name = "energy_per_site"
			} else if !strings.HasPrefix(dataset, "energy") {
				continue
			}
			field := strings.TrimPrefix(strings.TrimPrefix(dataset, name), "_")
			if field == "" {
				field = "value"
			}
			want, err := h5.ReadScalar[float64](g, dataset)
			if err != nil {
				return err
			}
			compared++
			if got, ok := shown.Observables[name][field].(float64); !ok || math.Abs(got-want) > 1e-15*math.Abs(want) {
				t.Errorf("%s of %s is %v, the file has %v", field, name, shown.Observables[name][field], want)
			}
		}
		// value, stderr, n, tau, stderr_stderr, rhat, bulk, tail, tau_stderr, upper, exact, and value, stderr, upper,
		// exact per site.
		if compared != 15 {
			t.Errorf("%d numbers of %v were compared", compared, names)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// Attributes of the value, and of its error.
	total, site := shown.Observables["energy"], shown.Observables["energy_per_site"]
	for field, want := range map[string]any{"units": "J", "long_name": "energy of all", "bound": "upper", "extensive": true, "constant": true, "given": "the step size", "caution": "two chains"} {
		if total[field] != want {
			t.Errorf("%s is %v, want %v", field, total[field], want)
		}
	}
	if codes, ok := total["caution_code"].([]any); !ok || len(codes) != 1 || codes[0] != "few_chains" || site["derived_from"] != "energy" || site["stderr_stderr"] != 0.02 {
		t.Errorf("%v\n%v", total, site)
	}
}
