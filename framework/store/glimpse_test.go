//go:build cgo

package store

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func TestGlimpse(t *testing.T) {
	f := open(t)
	want := core.Glimpse{Step: 7, X: []float64{1, -1, 0.1}}
	if err := f.SaveGlimpse(want); err != nil {
		t.Fatal(err)
	}
	if got := ReadGlimpse(f.Dir()); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	// The largest there can be is still read; what is longer is none of ours.
	large := core.Glimpse{X: make([]float64, core.MostGlimpsed)}
	for i := range large.X {
		large.X[i] = -1.2345678901234567e-300
	}
	if err := f.SaveGlimpse(large); err != nil {
		t.Fatal(err)
	}
	if got := ReadGlimpse(f.Dir()); len(got.X) != core.MostGlimpsed {
		t.Errorf("%d numbers are read of %d", len(got.X), core.MostGlimpsed)
	}
	for _, text := range []string{"", "{", `{"x": "none"}`, `{"step": 1, "x": [` + strings.Repeat("1,", 20*core.MostGlimpsed) + "1]}"} {
		if err := os.WriteFile(GlimpseFile(f.Dir()), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if got := ReadGlimpse(f.Dir()); len(got.X) != 0 {
			t.Errorf("of %.20q... %d numbers are read", text, len(got.X))
		}
	}
	for range 2 { // there is nothing to remove the second time
		if err := f.SaveGlimpse(core.Glimpse{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(GlimpseFile(f.Dir())); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
}

// The end of progress is of training, with what was drawn after it.
func TestProgressOf(t *testing.T) {
	step := func(n int64) ProgressRow {
		return ProgressRow{Step: n, WallSeconds: float64(n), Phase: "train"}
	}
	drawn := func(phase string, n int64) ProgressRow {
		return ProgressRow{Step: 9, Phase: phase, Drawn: n, Draws: 100}
	}
	for _, c := range []struct {
		what              string
		rows              []ProgressRow
		first, last       int64
		firstDrawn, drawn int64 // 0 for none
	}{
		{"training", []ProgressRow{step(1), step(5), step(9)}, 1, 9, 0, 0},
		{"evaluation after it", []ProgressRow{step(1), step(9), drawn("evaluate", 10), drawn("evaluate", 30)}, 1, 9, 10, 30},
		{"another phase", []ProgressRow{step(9), drawn("evaluate", 100), drawn("sample", 20), drawn("sample", 40)}, 9, 9, 20, 40},
		{"evaluated again", []ProgressRow{step(9), drawn("evaluate", 100), drawn("evaluate", 20)}, 9, 9, 20, 20},
		{"trained on", []ProgressRow{step(9), drawn("evaluate", 100), step(10)}, 9, 10, 0, 0},
		{"draws alone", []ProgressRow{drawn("evaluate", 10), drawn("evaluate", 20)}, 9, 9, 10, 20},
	} {
		p := ProgressOf(c.rows, time.Time{})
		of := func(row *ProgressRow) int64 {
			if row == nil {
				return 0
			}
			return row.Drawn
		}
		if p.First.Step != c.first || p.Last.Step != c.last || of(p.FirstDrawn) != c.firstDrawn || of(p.LastDrawn) != c.drawn {
			t.Errorf("%s: steps %d to %d, draws %d to %d", c.what, p.First.Step, p.Last.Step, of(p.FirstDrawn), of(p.LastDrawn))
		}
	}
	if ProgressOf(nil, time.Now()) != nil {
		t.Error("there is an end of no rows")
	}
}
