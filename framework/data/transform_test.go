package data

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// some are n rows of d numbers between 0.05 and 0.95, not evenly spread.
func some(n, d int) []float64 {
	x := make([]float64, n*d)
	for k := range x {
		x[k] = 0.05 + 0.9*math.Pow(Noise{3}.Uniform(uint64(k)), 1+float64(k%d))
	}
	return x
}

func upTo(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	return rows
}

// Each list goes there and back to rounding, and its ln|det| is that of the matrix of
// central differences.
func TestInverseAndDeterminant(t *testing.T) {
	const n, d = 5, 4
	x, rows := some(n, d), upTo(n)
	for _, l := range []List{
		{Logit{}}, {Logit{0.05}}, {Logit{1e-6}}, {Standardise{}}, {Standardise{Globally: true}}, {Centre{}, Scale{Unit: 3}},
		{Whiten{}}, {Logit{0.05}, Whiten{}},
		{Logit{0.05}, Standardise{}}, {Standardise{}, Standardise{Globally: true}}, {},
	} {
		name := fmt.Sprintf("%+v", l)
		fitted, done, notes, err := l.Fit(x, d, rows)
		if err != nil || len(notes) > 0 || len(done.Y) != n*d {
			t.Fatalf("%s: %v, %v", name, err, notes)
		}
		back, err := fitted.Inverse(done.Y, n, d)
		for k := range x {
			// y is at most 5, so that it and what it is made of round by 1e-15.
			if err != nil || math.Abs(back[k]-x[k]) > 2e-15 {
				t.Errorf("%s: number %d is %v, and %v there and back (%v)", name, k, x[k], back[k], err)
			}
		}
		for i := range n {
			got, want := done.LnDet[i], differences(t, fitted, x[i*d:(i+1)*d], i)
			// For steps h the error of a logit's slope is h^2/(3 x^2), 1e-8 at the ends, for
			// each of the four numbers; rounding is 1e-11.
			if math.Abs(got-want) > 1e-7 {
				t.Errorf("%s: ln|det| of row %d is %v, and %v of differences", name, i, got, want)
			}
		}
	}
}

// differences is ln|det dy/dx| by central differences at x, row i of the data.
func differences(t *testing.T, l List, x []float64, i int) float64 {
	t.Helper()
	d := len(x)
	jacobian := mat.NewDense(d, d, nil)
	at := func(j int, h float64) []float64 {
		moved := make([]float64, (i+1)*d) // all rows before it are zero
		for k := range moved {
			moved[k] = 0.5
		}
		copy(moved[i*d:], x)
		moved[i*d+j] += h
		done, err := l.Forward(moved, d, []int{i})
		if err != nil {
			t.Fatal(err)
		}
		return done.Y
	}
	for j := range d {
		const h = 1e-5
		above, below := at(j, h), at(j, -h)
		for k := range d {
			jacobian.Set(k, j, (above[k]-below[k])/(2*h))
		}
	}
	ln, _ := mat.LogDet(jacobian)
	return ln
}

// Noise goes by the number of a row, its rounding never reaches the next level, and the
// volume of a cell is q^-d.
func TestDequantise(t *testing.T) {
	for _, q := range []int{2, 3, 10, 17, 49, 256} {
		x := make([]float64, 2*q)
		for k := range x {
			x[k] = float64(k % q)
		}
		l := List{Dequantise{Levels: q, Seed: 7}}
		all, err := l.Forward(x, 2, upTo(q))
		if err != nil {
			t.Fatal(err)
		}
		last, err := l.Forward(x, 2, []int{q - 1})
		if err != nil || !slices.Equal(last.Y, all.Y[2*(q-1):]) {
			t.Errorf("row %d alone is %v, %v", q-1, last.Y, err)
		}
		if want := -2 * math.Log(float64(q)); last.LnDet[0] != want {
			t.Errorf("ln|det| %v, want %v", last.LnDet[0], want)
		}
		back, err := l.Inverse(all.Y, q, 2)
		if err != nil || !slices.Equal(back, x) {
			t.Errorf("q = %d: %v there and back, %v", q, back, err)
		}
		// The ends of a cell, where u would be 0 and all but 1, and beyond them.
		var y, want []float64
		for level := range q {
			border := float64(level) / float64(q)
			y, want = append(y, border, math.Nextafter(float64(level+1)/float64(q), 0)), append(want, float64(level), float64(level))
		}
		y, want = append(y, -0.5, 1, 1.5), append(want, 0, float64(q-1), float64(q-1))
		if back, err = l.Inverse(y, 1, len(y)); err != nil || !slices.Equal(back, want) {
			t.Errorf("q = %d: %v at the borders, want %v, %v", q, back, want, err)
		}
	}
}

func TestOneHot(t *testing.T) {
	l, x := List{OneHot{3}}, []float64{2, 0, 1, 1}
	done, err := l.Forward(x, 2, upTo(2))
	want := []float64{0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0}
	if err != nil || !slices.Equal(done.Y, want) || done.Size != 6 || !slices.Equal(done.LnDet, []float64{0, 0}) {
		t.Errorf("%+v, %v", done, err)
	}
	if back, err := l.Inverse(done.Y, 2, 2); err != nil || !slices.Equal(back, x) {
		t.Errorf("%v, %v", back, err)
	}
}

// Only the training rows decide, and what does not vary among them is said.
func TestStandardiseOfTrainingRows(t *testing.T) {
	x := []float64{1, 7, 3, 7, 100, 8} // rows 0 and 1 are for training
	fitted, done, notes, err := List{Standardise{}}.Fit(x, 2, []int{0, 1})
	if want := (Standardise{Mean: []float64{2, 7}, Scale: []float64{1, 1}}); err != nil || !reflect.DeepEqual(fitted[0], Transform(want)) {
		t.Errorf("%+v, %v", fitted, err)
	}
	if !slices.Equal(done.Y, []float64{-1, 0, 1, 0}) {
		t.Errorf("y %v", done.Y)
	}
	note := "standardise: 1 of 2 coordinates are the same in all training rows, [2]: they are shifted to 0 and not scaled, and a density of them has no bound"
	if !slices.Equal(notes, []string{note}) {
		t.Errorf("notes %v", notes)
	}
	test, err := fitted.Forward(x, 2, []int{2})
	if err != nil || !slices.Equal(test.Y, []float64{98, 1}) {
		t.Errorf("%+v, %v", test, err)
	}
}

// Whitened training rows have mean 0 and covariance 1, by a symmetric matrix, and a direction in
// which they do not vary is left as long as it is.
func TestWhitenTrainingRows(t *testing.T) {
	const n, d = 40, 3
	x := some(n, d)
	for i := range n {
		x[i*d+1] += x[i*d]
	}
	fitted, done, notes, err := List{Whiten{}}.Fit(x, d, upTo(n))
	if err != nil || notes != nil {
		t.Fatal(err, notes)
	}
	matrix := fitted[0].(Whiten).Matrix
	for a := range d {
		for b := range d {
			mean, product := 0.0, 0.0
			for i := range n {
				mean += done.Y[i*d+a] / n
				product += done.Y[i*d+a] * done.Y[i*d+b] / n
			}
			want := 0.0
			if a == b {
				want = 1
			}
			if math.Abs(mean) > 1e-13 || math.Abs(product-want) > 1e-12 || matrix[a*d+b] != matrix[b*d+a] {
				t.Errorf("mean %v, covariance %d, %d is %v", mean, a, b, product)
			}
		}
	}
	// Of x, 2x and a third number one direction is flat: (2, -1, 0)/sqrt 5, which has the length 1.
	for i := range n {
		x[i*d+1] = 2 * x[i*d]
	}
	fitted, _, notes, err = List{Whiten{}}.Fit(x, d, upTo(n))
	if want := "whiten: the 40 training rows do not vary in 1 of 3 directions: they are not scaled there, and a density of them has no bound"; err != nil || !slices.Equal(notes, []string{want}) {
		t.Fatal(err, notes)
	}
	m := fitted[0].(Whiten).Matrix
	if flat := (4*m[0] - 4*m[1] + m[4]) / 5; math.Abs(flat-1) > 1e-6 { // rounding of large elements
		t.Errorf("the flat direction is scaled by %v", flat)
	}
}

// A list is the same behind a file, bit for bit.
func TestListInJSON(t *testing.T) {
	l, _, _, err := List{Logit{0.05}, Standardise{}, Standardise{Globally: true}}.Fit(some(7, 3), 3, upTo(7))
	if err != nil {
		t.Fatal(err)
	}
	l = append(List{Dequantise{17, math.MaxUint64}}, append(l, OneHot{3})...)
	text, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	if want := `[{"name":"dequantise","parameters":{"levels":17,"seed":18446744073709551615}},{"name":"logit","parameters":{"margin":0.05}},{"name":"standardise"`; !strings.HasPrefix(string(text), want) {
		t.Errorf("%s", text)
	}
	var back List
	if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, l) {
		t.Errorf("%+v, %v, want %+v", back, err, l)
	}
	err = json.Unmarshal([]byte(`[{"name":"bleach"}]`), &back)
	if core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "bleach: it is none of [dequantise logit standardise whiten centre scale one_hot binarise spins measure]") {
		t.Errorf("error %v", err)
	}
}

func TestTransformsNameWhatIsWrong(t *testing.T) {
	x := []float64{0, 1, 0.5, 3}
	for _, c := range []struct {
		t    Transform
		want string
	}{
		{Dequantise{Levels: 4}, "dequantise: row 7, column 1 is 0.5, and levels are whole numbers from 0 to 3"},
		{Dequantise{Levels: 1}, "dequantise: it has 1 levels, and needs 2 or more"},
		{OneHot{2}, "one_hot: row 7, column 1 is 0.5, and levels are whole numbers from 0 to 1"},
		{OneHot{}, "one_hot: it has 0 levels"},
		{Logit{0.1}, "logit: row 7, column 2 is 3, and must be between 0 and 1"},
		{Logit{}, "logit: row 3, column 1 is 0, and with the margin 0 it has no finite logit"},
		{Logit{0.5}, "logit: its margin is 0.5, and must be at least 0 and below 1/2"},
		{Logit{math.NaN()}, "logit: its margin is NaN"},
		{Whiten{}, "whiten: it has 0 means and a matrix of 0 numbers"},
		{Whiten{Mean: []float64{0, 0}, Matrix: []float64{1, 2, 2, 1}}, "whiten: its matrix must be a positive definite matrix"},
		{Centre{}, "centre: it has 0 means, and configurations of 2 numbers"},
		{Scale{}, "scale: its unit is 0, and has to be finite and above 0"},
		{Standardise{}, "standardise: it has 0 means and 0 scales, and configurations of 2 numbers need 2"},
		{Standardise{Globally: true, Mean: []float64{0}, Scale: []float64{0}}, "standardise: its mean 1 is 0 and its scale 0; a scale is above 0"},
	} {
		l := List{c.t}
		all := append(make([]float64, 12), x[2:]...)
		copy(all[4:], x[:2])
		if _, err := l.Forward(all, 2, []int{2, 6}); core.KindOf(err) != core.Invalid || !strings.Contains(fmt.Sprint(err), "transform data: "+c.want) {
			t.Errorf("%+v: error %v, want %q", c.t, err, c.want)
		}
	}
}

// Binarise and Spins by hand, with the inverse of Spins, and bits that are none.
func TestBits(t *testing.T) {
	l := List{Binarise{Threshold: 8}, Spins{}}
	done, err := l.Forward([]float64{0, 7.9, 8, 16}, 2, upTo(2))
	if err != nil || !slices.Equal(done.Y, []float64{-1, -1, 1, 1}) || !slices.Equal(done.LnDet, []float64{0, 0}) {
		t.Fatal(done, err)
	}
	if back, err := l.Inverse(done.Y, 2, 2); err != nil || !slices.Equal(back, []float64{0, 0, 1, 1}) {
		t.Error(back, err)
	}
	_, after, _, err := List{Standardise{Globally: true}, Binarise{Threshold: 0}}.Fit([]float64{0, 7.9, 8, 16}, 2, upTo(2))
	if err != nil || !slices.Equal(after.LnDet, []float64{0, 0}) {
		t.Errorf("ln|det| of bits is %v (%v), and 0", after.LnDet, err)
	}
	if _, err := (List{Spins{}}).Forward([]float64{0, 0.5}, 2, upTo(1)); err == nil || !strings.Contains(err.Error(), "row 1, column 2 is 0.5") {
		t.Error(err)
	}
}

// A likelihood counts from Measure on: what Logit adds is left out, and not what
// Standardise adds.
func TestMeasure(t *testing.T) {
	x, rows := some(6, 2), upTo(6)
	first, _ := List{Logit{0.05}}.Forward(x, 2, rows)
	_, want, _, err := List{Standardise{}}.Fit(first.Y, 2, rows)
	if err != nil {
		t.Fatal(err)
	}
	l, got, _, err := List{Logit{0.05}, Measure{}, Standardise{}}.Fit(x, 2, rows)
	if err != nil || !slices.Equal(got.Y, want.Y) || !slices.Equal(got.LnDet, want.LnDet) {
		t.Errorf("%v (%v), want %v", got, err, want)
	}
	if back, err := l.Inverse(got.Y, 6, 2); err != nil || math.Abs(back[3]-x[3]) > 1e-14 {
		t.Errorf("%v there and back is %v (%v)", x, back, err)
	}
}
