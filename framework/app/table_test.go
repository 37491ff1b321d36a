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
	"github.com/helmholtz-physics/helmholtz/framework/run"
)

// tableResults have an extensive observable with an exact value, an intensive
// one with a caution, and one that is no scalar.
func tableResults() *core.Results {
	f := core.Scalar("free_energy", "", -8.4, 0.02, "J", 100)
	f.Extensive = true
	ess := core.Scalar("effective_sample_size", "", 0.01, math.NaN(), "1", 100)
	ess.Warn(core.CautionHeavyWeight, "one configuration holds half of the weight")
	curve := core.Estimate{Name: "correlation", Value: []float64{1, 2}, Stderr: []float64{0, 0}, Units: "1",
		Axes: []core.Axis{{Name: "distance", Values: []float64{0, 1}}}}
	return &core.Results{History: &core.History{}, Estimates: []core.Estimate{f, ess, curve}, Exact: map[string]float64{"free_energy": -8.5},
		ExactSource: "enumeration", SamplesSpace: core.Space{Kind: core.Spins, Shape: []int{2, 2}}}
}

func TestWriteTable(t *testing.T) {
	var out bytes.Buffer
	writeTable(&out, tableResults())
	want := `observable             value +- error      units  exact   deviation
free_energy            -8.400 +- 0.020     J      -8.5000 +1.0e-01 (1.2e-02 relative, 5.0 sigma)
free_energy_per_site   -2.1000 +- 0.0050   J      -2.12500 +2.5e-02 (1.2e-02 relative, 5.0 sigma)
effective_sample_size  0.0100000 (!)       1
(!) effective_sample_size: one configuration holds half of the weight
exact: enumeration
errors are statistical: the distance of the model's density from the Boltzmann density is not in them
`
	if got := out.String(); squeeze(got) != squeeze(want) || strings.Contains(got, " \n") {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

// Columns begin where the longest cells before them end, and no line ends with
// blanks, however the writes are cut.
func TestNewTable(t *testing.T) {
	var out bytes.Buffer
	w := newTable(&out)
	fmt.Fprint(w, "observable\tvalue\tunits\texact\n")
	fmt.Fprint(w, "length\tNaN\tµm\t\n")
	fmt.Fprint(w, "energy per site\t-1.5 +- NaN\tJ\t-2\n")
	w.Flush()
	want := "observable       value        units  exact\n" +
		"length           NaN          µm\n" +
		"energy per site  -1.5 +- NaN  J      -2\n"
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Markov chains have a column of their own, and no model whose density could be
// at a distance, also where they are too short for R-hat.
func TestWriteTableOfChains(t *testing.T) {
	r := tableResults()
	r.History, r.Estimates = nil, r.Estimates[:1]
	r.Estimates[0].Tau, r.Estimates[0].RHat = 2.345, 1.0123
	var out bytes.Buffer
	writeTable(&out, r)
	want := `observable value +- error units exact deviation chains
free_energy -8.400 +- 0.020 J -8.5000 +1.0e-01 (1.2e-02 relative, 5.0 sigma) tau 2.3, R-hat 1.012
free_energy_per_site -2.1000 +- 0.0050 J -2.12500 +2.5e-02 (1.2e-02 relative, 5.0 sigma) tau 2.3, R-hat 1.012
exact: enumeration
`
	if got := out.String(); squeeze(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	out.Reset()
	if err := writeJSON(&out, r); err != nil || strings.Count(out.String(), `"rhat": 1.0123`) != 2 || strings.Count(out.String(), `"tau": 2.345`) != 2 {
		t.Errorf("%v\n%s", err, out.String())
	}
	out.Reset()
	r.Estimates[0].RHat = 0
	if writeTable(&out, r); !strings.HasSuffix(out.String(), "exact: enumeration\n") {
		t.Errorf("short chains:\n%s", out.String())
	}
}

// squeeze makes runs of spaces one: the alignment is text/tabwriter's matter.
func squeeze(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.Join(strings.Fields(line), " ")
	}
	return strings.Join(lines, "\n")
}

func TestWriteJSON(t *testing.T) {
	var out bytes.Buffer
	if err := writeJSON(&out, tableResults()); err != nil {
		t.Fatal(err)
	}
	var shown struct {
		Observables map[string]map[string]any
		Run         map[string]any
	}
	if err := json.Unmarshal(out.Bytes(), &shown); err != nil {
		t.Fatal(err)
	}
	perSite, ess := shown.Observables["free_energy_per_site"], shown.Observables["effective_sample_size"]
	if len(shown.Observables) != 3 || perSite["value"] != -2.1 || perSite["exact"] != -2.125 || perSite["units"] != "J" {
		t.Errorf("observables %v", shown.Observables)
	}
	// What JSON has no number for is null, and there.
	if stderr, ok := ess["stderr"]; !ok || stderr != nil || ess["exact"] != nil || ess["caution"] == "" {
		t.Errorf("effective_sample_size %v", ess)
	}
	if _, ok := ess["rhat"]; ok {
		t.Errorf("independent draws have an R-hat: %v", ess)
	}
	if shown.Run["exact_source"] != "enumeration" {
		t.Errorf("run %v", shown.Run)
	}
}

func TestWriteVerdicts(t *testing.T) {
	var out bytes.Buffer
	verdict := func(name string, outcome run.Outcome) run.Verdict {
		return run.Verdict{Expectation: plan.Expectation{Observable: name, Source: "a book"}, Outcome: outcome, Text: "because"}
	}
	failed := writeVerdicts(&out, "expected", []run.Verdict{verdict("energy", run.Met), verdict("log_z", run.Skipped), verdict("entropy", run.Missed),
		verdict("magnetization", run.Doubtful), verdict("susceptibility", run.KnownMiss)})
	want := "\nexpected:\n ok energy because [a book]\n skipped log_z because [a book]\n FAILED entropy because [a book]\n doubtful magnetization because [a book]\n known miss susceptibility because [a book]\n"
	if failed != 2 || squeeze(out.String()) != squeeze(want) {
		t.Errorf("%d failed:\n%s", failed, out.String())
	}
	out.Reset()
	if failed := writeVerdicts(&out, "expected", nil); failed != 0 || out.Len() > 0 {
		t.Errorf("without expectations: %d failed, %q", failed, out.String())
	}
}

// What is the same for every configuration is shown as such, without an error.
func TestTableOfConstant(t *testing.T) {
	e := core.Scalar("kinetic_energy", "kinetic energy", 10.053096491487299, 0, "Ry", 500)
	e.Constant = true
	var out bytes.Buffer
	writeTable(&out, &core.Results{Estimates: []core.Estimate{e}})
	if want := "kinetic_energy  10.0531 constant"; !strings.Contains(out.String(), want) || strings.Contains(out.String(), "0.00000") {
		t.Errorf("%q lacks %q", out.String(), want)
	}
}
