package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/helmholtz-physics/helmholtz/framework/store/storetest"
)

func TestSweepSummary(t *testing.T) {
	var out bytes.Buffer
	writeSweepSummary(&out, storetest.Sweep())
	want := `curve: 3 of 4 points are done
missing: point 1 (ensemble.temperature = 3, model.network = pixelcnn)
observable temperature network value +- error units exact deviation
energy 3 made -8.00 +- 0.50 J -9.000 +1.0e+00 (1.1e-01 relative, 2.0 sigma)
1 made -32.00 +- 0.50 J -33.000 +1.0e+00 (3.0e-02 relative, 2.0 sigma)
1 pixelcnn -16.00 +- 0.50 J -17.000 +1.0e+00 (5.9e-02 relative, 2.0 sigma)
effective_sample_size 3 made 0.250000 (!) 1
1 made 0.250000 (!) 1
1 pixelcnn 0.250000 (!) 1
(!) effective_sample_size at point 0: few count; and at 2 others
exact: enumeration
`
	if got := squeeze(out.String()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What was derived stands below the table, with the cautions of the points.
func TestSweepTableOfDerived(t *testing.T) {
	s := storetest.Sweep()
	derived := s.Observables[0]
	derived.Name, derived.Way, derived.Beside, derived.Chi2, derived.Compared = "energy_from_free_energy", "F - T dF/dT", "energy", 3.14159, 3
	derived.PointCautions = [][]core.Caution{{{Code: core.CautionFewPoints, Text: "three points"}}, nil, nil, nil}
	s.Observables = append(s.Observables, derived)
	s.Limits = []store.Swept{{Estimate: core.Estimate{Name: "energy_per_site", Units: "J", Value: []float64{-1.25, math.NaN()}, Stderr: []float64{0.5, math.NaN()}, Axes: []core.Axis{s.Axes[1].Axis}},
		PointCautions: [][]core.Caution{{{Code: core.CautionFewPoints, Text: "two sizes"}}, nil}}}
	var out bytes.Buffer
	writeSweepTable(&out, s)
	for _, want := range []string{
		"(!) energy_from_free_energy at point 0: three points\n",
		"consistency: energy and energy_from_free_energy = F - T dF/dT chi^2/points 3.14/3\n",
		"\nextrapolated in 1/N:\nenergy_per_site network = 0 -1.25 +- 0.50 (!) J\n(!) energy_per_site in the limit at network = 0: two sizes\n",
	} {
		if got := squeeze(out.String()); !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	out.Reset()
	if err := writeSweepJSON(&out, s); err != nil {
		t.Fatal(err)
	}
	var shown struct {
		Limits map[string][]struct {
			Value   float64
			Caution string
			Code    []string `json:"caution_code"`
		}
	}
	if err := json.Unmarshal(out.Bytes(), &shown); err != nil {
		t.Fatal(err)
	}
	if l := shown.Limits["energy_per_site"]; len(l) != 2 || l[0].Value != -1.25 || l[0].Caution != "two sizes" || len(l[0].Code) != 1 || l[0].Code[0] != "few_points" || l[1].Code != nil {
		t.Errorf("limits in JSON: %+v", l)
	}
}

func TestSweepJSON(t *testing.T) {
	var out bytes.Buffer
	if err := writeSweepJSON(&out, storetest.Sweep()); err != nil {
		t.Fatal(err)
	}
	var shown struct {
		Points []struct {
			Sweep       map[string]string
			Observables map[string]map[string]any
		}
	}
	if err := json.Unmarshal(out.Bytes(), &shown); err != nil {
		t.Fatal(err)
	}
	if len(shown.Points) != 4 || shown.Points[1].Observables != nil || shown.Points[1].Sweep["model.network"] != "pixelcnn" {
		t.Errorf("points\n%s", out.String())
	}
	if e := shown.Points[2].Observables; e["energy"]["value"] != -32.0 || e["energy"]["exact"] != -33.0 || e["effective_sample_size"]["stderr"] != nil {
		t.Errorf("point 2: %v", e)
	}
}

func TestSweptAxes(t *testing.T) {
	for _, c := range []struct{ table, want string }{
		{"energy.r_s = [1, 2.5]", "r_s [1 2.5] []"},
		{"model.network = ['made', 'pixel cnn']", "network [0 1] [made pixel cnn]"},
		{"model.twist = [[0.0, 0.5], [0.25]]\nenergy.L = [1, 'two']", "twist [0 1] [[0.0, 0.5] [0.25]], L [0 1] [1 two]"},
		{"model.depth = [1]\nestimator.0.depth = [2]", "model.depth [1] [], estimator.0.depth [2] []"},
	} {
		f, err := plan.Parse("run.toml", []byte("[sweep]\n"+c.table), nil)
		if err != nil {
			t.Fatal(err)
		}
		sweep, err := f.Sweep()
		if err != nil {
			t.Fatal(err)
		}
		var words []string
		for _, a := range sweptAxes(sweep) {
			words = append(words, fmt.Sprint(a.Name, " ", a.Values, " ", a.Labels))
		}
		if got := strings.Join(words, ", "); got != c.want {
			t.Errorf("%s gives %s, want %s", c.table, got, c.want)
		}
	}
}
