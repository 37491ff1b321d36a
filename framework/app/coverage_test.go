//go:build cgo

package app

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

const coveredRun = `
[model]
plugin = "van"
depth = 1
[energy]
plugin = "ising"
L = 3
[ensemble]
beta = 0.3
[train]
steps = 200
batch = 200
[evaluate]
samples = 500
[[estimator]]
plugin = "two_point_correlation"
`

// A repeat has the digits of `helmholtz evaluate` with its seed, and error bars of
// independent draws from a small model are honest.
func TestCoverageRepeatsEvaluate(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "run.toml"), []byte(coveredRun), 0o666); err != nil {
		t.Fatal(err)
	}
	done := []int{exitDone}
	helmholtz(t, dir, done, "run", "run.toml", "--in-process")
	helmholtz(t, dir, done, "evaluate", "run.out", "--in-process", "--seed", "1003")
	helmholtz(t, dir, done, "coverage", "run.out", "--in-process", "--repeats", "400")
	results, err := store.ReadResults(filepath.Join(dir, "run.out"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := store.ReadCoverage(filepath.Join(dir, "run.out", "coverage.h5"))
	if err != nil {
		t.Fatal(err)
	}
	same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
	compared := 0
	for _, e := range results.Evaluations[0].Results.Estimates {
		for _, row := range c.Rows {
			if row.Name != e.Name {
				continue
			}
			compared++
			if !same(row.Value[2], e.Value[0]) || !same(row.Stderr[2], e.Stderr[0]) || row.Flagged()[2] != (len(e.Cautions) > 0) {
				t.Errorf("%s of the third repeat: %v +- %v, want %v +- %v", e.Name, row.Value[2], row.Stderr[2], e.Value[0], e.Stderr[0])
			}
		}
	}
	if compared < 8 {
		t.Errorf("only %d observables were compared", compared)
	}
	table := tableOf(c, referenceAuto)
	mean, stderr := table.meanWithin(1, func(*coverageLine, int) bool { return true })
	// 400 repeats of some ten rows, most of them correlated, know it to about a per cent.
	if want := math.Erf(math.Sqrt2 / 2); math.Abs(mean-want) > 0.05 || stderr > 0.02 {
		t.Errorf("%g +- %g of the values are within their errors, want %g", mean, stderr, want)
	}
	arrays := 0
	for _, l := range table.lines {
		few := l.Name == "symmetry_defect" || l.Name == "log_z_orbit"                                         // a share of the 500 draws
		if want := math.Erf(math.Sqrt2 / 2); l.scalar() && !few && math.Abs(l.all.Within1.Value-want) > 0.1 { // four standard deviations of 400 trials
			t.Errorf("%s: %v within its errors, want %g", l.Name, l.all.Within1, want)
		}
		if strings.HasPrefix(l.Name, "two_point_correlation[") {
			arrays++
		}
	}
	if arrays == 0 {
		t.Error("the numbers of an array have no rows")
	}
}

// Deliberately wrong: values of spread 1 with errors of 0.5 are within them in 38.3 % of the
// repeats, and the row is marked. One of them has a caution.
func TestCoverageTableMarksWrongErrors(t *testing.T) {
	c := &store.Coverage{Name: "wrong", Samples: 10, Seed: 5}
	for i := range 400 {
		// Quantiles of the normal distribution at (i + 1/2)/400, in some order.
		x := math.Sqrt2 * math.Erfinv(2*(float64(i*7%400)+0.5)/400-1)
		e := core.Scalar("wrong", "", 3+x, 0.5, "J", 10)
		fine := core.Scalar("fine", "", x, 1, "1", 10)
		if i == 7 {
			e.Warn(core.CautionHeavyWeight, "one has it all")
		}
		given := core.Scalar("given", "", x, 0.1, "1", 10)
		given.Given = "a step"
		rest := []core.Estimate{e, fine, given, core.Scalar("one", "", 1, 0.1, "1", 10), core.Scalar("bare", "", x, math.NaN(), "1", 10)}
		c.Add(&core.Results{Estimates: rest, Exact: map[string]float64{"wrong": 3, "fine": 7}}, func(e *core.Estimate) bool { return e.Name == "wrong" })
	}
	var b strings.Builder
	tableOf(c, referenceAuto).write(&b)
	// 38.3 % of 400 are 153, and 68.3 % are 273: quantiles come in pairs of either sign.
	for _, want := range []string{
		"wrong: 400 repeats of 10 samples, seeds 5 to 404\n",
		"wrong       exact    400      38.5 +- 2.6 % (!)  68.5 +- 2.4 % (!)  -0.00 +- 0.05  0.500 +- 0.018\n",
		"fine        mean     400      68.0 +- 2.5 %      95.5 +- 1.2 %                     1.000 +- 0.035\n",
		"repeats whose value has a caution:\n", "wrong       exact    1 ",
		"without variance: one\n", "without an error: bare\n", "left out, as each repeat finds anew what the error is at: given (a step)\n", "0.1 % of the values carry a caution",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	exact := tableOf(c, referenceExact).lines[1]
	if exact.Name != "fine" || exact.reference != referenceExact || math.Abs(exact.all.Bias+7/exact.all.Spread) > 1e-9 {
		t.Errorf("against the exact value: %+v", exact)
	}
	path := filepath.Join(t.TempDir(), "coverage.h5")
	if err := store.SaveCoverage(path, c); err != nil {
		t.Fatal(err)
	}
	read, err := store.ReadCoverage(path)
	if err != nil {
		t.Fatal(err)
	}
	var again strings.Builder
	if tableOf(read, referenceAuto).write(&again); again.String() != b.String() {
		t.Errorf("read from the file it is\n%s", again.String())
	}
}
