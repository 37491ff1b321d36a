package picture

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// falling is a history of n steps, F = -8 + 16/step, with errors of 0.4.
func falling(n int) (step []int64, free, stderr []float64) {
	for i := range n {
		step = append(step, int64(i+1))
		free = append(free, -8+16/float64(i+1))
		stderr = append(stderr, 0.4)
	}
	return step, free, stderr
}

// historyOf has no errors where stderr is nil.
func historyOf(step []int64, free, stderr []float64) *core.History {
	h := &core.History{Step: step, Columns: []core.Series{{Name: "loss", Data: free}, {Name: "free_energy", Data: free}}}
	if stderr != nil {
		h.Columns = append(h.Columns, core.Series{Name: "free_energy_stderr", Data: stderr})
	}
	return h
}

func TestTrainingMarks(t *testing.T) {
	const count = 4
	for _, n := range []int{1, 2, MostMarks, MostMarks + 1, 3*MostMarks + 7} {
		h := historyOf(falling(n))
		marks := TrainingMarks(h, "free_energy", count)
		if len(marks) > MostMarks {
			t.Fatalf("%d steps: %d marks", n, len(marks))
		}
		piece := (n + MostMarks - 1) / MostMarks
		total := 0.0
		for i, m := range marks {
			// Means over the pieces add up to the mean of all.
			weight := float64(min(piece, n-i*piece))
			total += m.Y * weight
			// The mean of k values with an error of 0.4 has 0.4/sqrt(k).
			if want := 0.4 / count / math.Sqrt(weight); math.Abs(m.Err-want) > 1e-12 {
				t.Fatalf("%d steps: mark %d has the error %v, want %v", n, i, m.Err, want)
			}
		}
		sum := 0.0
		for _, f := range h.Column("free_energy") {
			sum += f / count
		}
		if math.Abs(total-sum) > 1e-9*math.Abs(sum) {
			t.Errorf("%d steps: the curve adds up to %v, the history to %v", n, total, sum)
		}
	}
	if m := TrainingMarks(historyOf([]int64{1}, []float64{-8}, nil), "free_energy", count)[0]; m.Y != -2 || m.Bounded() {
		t.Errorf("without errors: %v", m)
	}
}

// Steps that failed, or are missing, are gaps, also where several steps are one
// mark: the means do not reach over them.
func TestFailedStepsAreGaps(t *testing.T) {
	for _, n := range []int{20, 2 * MostMarks} {
		step, free, stderr := falling(n)
		free[4], free[5] = math.NaN(), math.Inf(1)
		step, free, stderr = slices.Delete(step, 9, 10), slices.Delete(free, 9, 10), slices.Delete(stderr, 9, 10)
		var pieces []string
		for _, s := range stretches(TrainingMarks(historyOf(step, free, stderr), "free_energy", 1), Mark.Seen) {
			pieces = append(pieces, fmt.Sprint(s[0].X, " to ", s[len(s)-1].X))
		}
		want := "1 to 4, 7 to 9, 11 to 20"
		if n > MostMarks { // pairs of steps, a lone one where they do not come out even
			want = fmt.Sprintf("1.5 to 3.5, 7.5 to 9, 11.5 to %g", float64(n)-0.5)
		}
		if got := strings.Join(pieces, ", "); got != want {
			t.Errorf("%d steps: %s, want %s", n, got, want)
		}
	}
}

func TestReach(t *testing.T) {
	marks := TrainingMarks(historyOf(falling(100)), "free_energy", 1)
	// The first tenth, up to +8, is left out: F(11) = -8 + 16/11, with an error of 0.4.
	lo, hi := reach(marks, -9, -8)
	if top := -8 + 16.0/11 + 0.4; lo != -9 || math.Abs(hi-top) > 1e-12 {
		t.Errorf("reach %v to %v, want -9 to %v", lo, hi, top)
	}
	// An exact value above the curve is in sight too.
	if _, hi := reach(marks, -9, 3); hi != 3 {
		t.Errorf("the reach ends at %v", hi)
	}
}

func TestTrainingCurve(t *testing.T) {
	for _, n := range []int{1, 50} {
		step, free, stderr := falling(n)
		r := &core.Results{Run: core.RunInfo{Name: "test", Units: "J"}, SamplesSpace: core.Space{Kind: core.Spins, Shape: []int{4}},
			Exact:   map[string]float64{"free_energy": -9},
			History: historyOf(step, free, stderr)}
		p, err := trainingCurve(r, false)
		if err != nil {
			t.Fatal(err)
		}
		// Per site, with the exact value -9/4 inside.
		if p.Y.Min > -2.25 || p.Y.Max < -2 || p.Y.Label.Text != "F per site (J)" {
			t.Errorf("%d steps: %q from %v to %v", n, p.Y.Label.Text, p.Y.Min, p.Y.Max)
		}
		save(t, p)
	}
}

// A fit to data has no free energy, and steps that failed have no numbers: the
// curve is that of the loss, without them.
func TestLossCurve(t *testing.T) {
	nan := math.NaN()
	r := &core.Results{Run: core.RunInfo{Name: "test"}, SamplesSpace: core.Space{Kind: core.Field, Shape: []int{4}},
		History: &core.History{Step: []int64{1, 2, 3}, Columns: []core.Series{{Name: "loss", Data: []float64{3, nan, 1}}, {Name: "free_energy", Data: []float64{nan, nan, nan}}}}}
	p, err := trainingCurve(r, false)
	if err != nil || p.Y.Label.Text != "loss" || p.Y.Min > 1 || p.Y.Max < 3 || p.Y.Max > 4 {
		t.Errorf("%v: %+v", err, p)
	}
	save(t, p)
	// Of several terms it is the sum that descends, whatever one of them has.
	r.History.Columns[1].Data = []float64{-1, -2, -3}
	r.History.Columns = append(r.History.Columns, core.Series{Name: core.TotalLoss, Data: []float64{30, 20, 10}})
	if p, err = trainingCurve(r, false); err != nil || p.Y.Label.Text != core.TotalLoss || p.Y.Min < 5 || p.Y.Max < 30 {
		t.Errorf("%v: %+v", err, p)
	}
	r.History.Columns = r.History.Columns[:1]
	r.History.Columns[0].Data = []float64{nan, nan, nan}
	if _, err := trainingCurve(r, false); core.KindOf(err) != core.Invalid {
		t.Errorf("error %v", err)
	}
}

// The looks at rows for validation are joined over the steps between, which are NaN, one that
// failed is a gap, and the step that was chosen is marked, wherever training ended.
func TestValidationCurve(t *testing.T) {
	nan := math.NaN()
	h := &core.History{Step: []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, Columns: []core.Series{
		{Name: "loss", Data: []float64{9, 8, 7, 6, 5, 4, 3, 2, 1, 0}},
		{Name: core.ValidationLoss, Data: []float64{nan, 8, nan, 5, nan, 6, nan, math.Inf(1), nan, 7}},
		{Name: core.TotalLoss, Data: []float64{90, 80, 70, 60, 50, 40, 30, 20, 10, 0}}}}
	if got, want := kinds(t, validationCurve(h)), []string{"line 2 4 6", "glyphs 10"}; !slices.Equal(got, want) {
		t.Errorf("drawn with %q, want %q", got, want)
	}
	r := &core.Results{Run: core.RunInfo{Name: "test"}, SamplesSpace: core.Space{Kind: core.Field, Shape: []int{4}}, History: h}
	for chosen, labels := range map[bool][]string{false: {"loss", "validation loss"}, true: {"loss", "validation loss", "evaluated: step 4"}} {
		p, err := trainingCurve(r, chosen)
		if err != nil {
			t.Fatal(err)
		}
		found := texts(p)
		for _, label := range []string{"loss", "validation loss", "evaluated: step 4"} {
			if slices.Contains(found, label) != slices.Contains(labels, label) {
				t.Errorf("chosen %v: texts %q, want %q", chosen, found, labels)
			}
		}
		// The first tenth of the steps is left out of the range, 0 to 8.
		if p.Y.Label.Text != "loss" || p.Y.Min > 0 || p.Y.Max < 8 || p.Y.Max > 8.5 {
			t.Errorf("%q from %v to %v", p.Y.Label.Text, p.Y.Min, p.Y.Max)
		}
		c := painted(t, p)
		if c.blank(4, 5) || c.blank(3, 6.5) || !c.blank(9, 7) {
			t.Error("the looks are not joined, or a failed one is")
		}
		if c.blank(4, 1) == chosen {
			t.Errorf("chosen %v: the mark of the chosen step", chosen)
		}
	}
	// A run that never looked has the curve of the loss alone, here of the sum.
	for i := range h.Columns[1].Data {
		h.Columns[1].Data[i] = nan
	}
	if p, err := trainingCurve(r, false); err != nil || slices.Contains(texts(p), "validation loss") || p.Y.Label.Text != core.TotalLoss {
		t.Errorf("%v, texts %q", err, texts(p))
	}
}

// saved saves pictures, and returns their names.
func saved(t *testing.T, pictures []Picture) string {
	t.Helper()
	var names []string
	for _, p := range pictures {
		names = append(names, p.Name)
		save(t, p.Plot)
	}
	return strings.Join(names, " ")
}

func save(t *testing.T, p *plot.Plot) {
	t.Helper()
	for _, name := range []string{"a.png", "a.svg"} {
		file := filepath.Join(t.TempDir(), name)
		if err := p.Save(4*vg.Centimeter, 3*vg.Centimeter, file); err != nil {
			t.Error(err)
		}
		if info, err := os.Stat(file); err != nil || info.Size() == 0 {
			t.Errorf("%s is empty", name)
		}
	}
}

// Every observable with one or two axes has a picture, whatever its numbers.
func TestArrayPlots(t *testing.T) {
	nan := math.NaN()
	axis := func(name string, values ...float64) core.Axis {
		return core.Axis{Name: name, Units: "1", Values: values}
	}
	array := func(name string, value []float64, axes ...core.Axis) core.Estimate {
		return core.Estimate{Name: name, Long: name, Units: "J", Value: value, Stderr: make([]float64, len(value)), Axes: axes}
	}
	r := &core.Results{Estimates: []core.Estimate{
		core.Scalar("energy", "", 1, 1, "J", 1),
		array("line", []float64{1, nan, 3}, axis("distance", 1, 2, 3)),
		array("point", []float64{1}, axis("distance", 1)),
		array("empty", []float64{nan}, axis("distance", 1)),
		array("map", []float64{1, 2, 3, 4, nan, 6}, axis("row", 0, 1), axis("column", 0, 1, 2)),
		array("flat", []float64{2, 2, 2, 2}, axis("row", 5, 5), axis("column", 3, 1)),
		array("one", []float64{2, 3}, axis("row", 7), axis("column", 3, 4)),
		array("blank", []float64{nan}, axis("row", 7), axis("column", 3)),
		array("cube", make([]float64, 1), axis("x", 0), axis("y", 0), axis("z", 0)),
	}}
	pictures, err := Results(r, false)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := saved(t, pictures), "line point empty map flat one blank"; got != want {
		t.Errorf("pictures %s, want %s", got, want)
	}
}
