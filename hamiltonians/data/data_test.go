package data

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "rows.csv")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestConformance(t *testing.T) {
	file := write(t, "0,1,2\n3,0,1\n2,2,0\n1,3,3\n0,0,2\n")
	for name, s := range map[string]core.Settings{
		"digits":    {"file": "digits", "transform": []any{"dequantise", "logit", "standardise"}, "margin": 0.05, "train": "0.6", "validation": "0.2", "test": "0.2"},
		"labels":    {"file": "digits", "labels": "labels", "transform": []any{"scale", "measure", "centre"}, "unit": 16.0, "train": "0:1000", "test": "1000:"},
		"spins":     {"file": "digits", "kind": "spins", "transform": []any{"binarise", "spins"}, "threshold": 8.0, "train": "0:100", "symmetries": []any{"z2"}},
		"levels":    {"file": file, "kind": "levels"},
		"one-hot":   {"file": file, "transform": []any{"one_hot"}, "train": "0:3", "test": "3:"},
		"particles": {"file": file, "kind": "particles", "shape": []any{1.0, 3.0}},
	} {
		t.Run(name, func(t *testing.T) { coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{}) })
	}
}

// The rows 1437 and on of the digits are of the classes 2, 3, 4, 5, 6, 7 (the last column of the file
// of scikit-learn); images are no labels.
func TestLabels(t *testing.T) {
	e, err := New(Config{File: "digits", Kind: "field", Labels: "labels", Train: "0:10", Test: "1437:"})
	if err != nil {
		t.Fatal(err)
	}
	r, _ := e.Spec().Range(core.TestRows)
	var number []int32
	for k := range 6 {
		number = append(number, int32(k), int32(r.From+k))
	}
	labels := make([]int32, len(number))
	if err := e.Labels(labels, number); err != nil || !slices.Equal(labels, []int32{0, 2, 1, 3, 2, 4, 3, 5, 4, 6, 5, 7}) {
		t.Errorf("labels %v, %v", labels, err)
	}
	if _, err := New(Config{File: "digits", Kind: "field", Labels: "images"}); err == nil || !strings.Contains(err.Error(), "labels names") {
		t.Errorf("images as labels: %v", err)
	}
}

// One Gaussian with the moments of the training rows: an independent program (NumPy's
// numpy.cov with ddof = 0 and slogdet, on the same noise) has 63.93110419 nats of the logits on
// the training rows and 65.96768608 on the test rows. Here through the rows of the energy,
// standardised, so that ln|det| enters too.
func TestGaussianOfDigits(t *testing.T) {
	e, err := New(Config{File: "digits", Kind: "field", Transform: []string{"dequantise", "logit", "measure", "standardise"},
		Margin: 0.05, Noise: 1, Train: "0:1437", Test: "1437:"})
	if err != nil {
		t.Fatal(err)
	}
	const d = 64
	rows := func(name string) (y, lnDet []float64) {
		r, ok := e.Spec().Range(name)
		if !ok {
			t.Fatalf("no rows %q", name)
		}
		number := make([]int32, r.To-r.From)
		for i := range number {
			number[i] = int32(r.From + i)
		}
		y, lnDet = make([]float64, len(number)*d), make([]float64, len(number))
		if err := e.Rows(y, number); err != nil {
			t.Fatal(err)
		}
		if err := e.DataLogDet(lnDet, number); err != nil {
			t.Fatal(err)
		}
		return y, lnDet
	}
	train, _ := rows("train")
	n := len(train) / d
	x := mat.NewDense(n, d, train)
	mean := make([]float64, d)
	for j := range mean {
		mean[j] = stat.Mean(mat.Col(nil, j, x), nil)
	}
	var cov mat.SymDense
	stat.CovarianceMatrix(&cov, x, nil)
	cov.ScaleSym(float64(n-1)/float64(n), &cov)
	var chol mat.Cholesky
	if !chol.Factorize(&cov) {
		t.Fatal("the covariance is not positive")
	}
	for name, want := range map[string]float64{"train": 63.93110419, "test": 65.96768608} {
		y, lnDet := rows(name)
		nll := 0.0
		for i, l := range lnDet {
			r := mat.NewVecDense(d, nil)
			for j := range d {
				r.SetVec(j, y[i*d+j]-mean[j])
			}
			var s mat.VecDense
			if err := chol.SolveVecTo(&s, r); err != nil {
				t.Fatal(err)
			}
			nll += (mat.Dot(r, &s)+chol.LogDet()+d*math.Log(2*math.Pi))/2 - l
		}
		if nll /= float64(len(lnDet)); math.Abs(nll-want) > 1e-6 {
			t.Errorf("%s: NLL %.8f, want %.8f", name, nll, want)
		}
	}
}

// What rows stand for are the rows of the file, but for what a transform forgets; the same
// numbers through each list of transforms.
func TestRestore(t *testing.T) {
	file := write(t, "0,1,2\n3,0,1\n2,2,0\n1,3,3\n0,0,2\n")
	whole := []float64{0, 1, 2, 3, 0, 1, 2, 2, 0, 1, 3, 3, 0, 0, 2}
	bits := []float64{0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1} // of 2 and more
	for _, c := range []struct {
		transform []string
		want      []float64
	}{
		{[]string{"dequantise", "logit", "measure", "standardise"}, whole},
		{[]string{"standardise"}, whole},
		{[]string{"one_hot"}, whole},
		{[]string{"one_hot", "standardise_globally"}, whole},
		{[]string{"binarise", "spins"}, bits},
	} {
		e, err := New(Config{File: file, Kind: "field", Transform: c.transform, Margin: 0.05, Threshold: 2, Noise: 1})
		if err != nil {
			t.Fatal(err)
		}
		y, x := make([]float64, 5*e.Spec().Space.Size()), make([]float64, 5*e.Spec().DataSize())
		if err := e.Rows(y, []int32{0, 1, 2, 3, 4}); err != nil {
			t.Fatal(err)
		}
		if err := e.Restore(x, y); err != nil {
			t.Fatal(err)
		}
		for k, v := range x {
			if math.Abs(v-c.want[k]) > 1e-12 { // a few roundings of numbers up to 3
				t.Fatalf("%q: number %d is %v, want %v", c.transform, k, v, c.want[k])
			}
		}
	}
	plain, err := New(Config{File: file, Kind: "field"})
	if err != nil || slices.Contains(plain.Spec().Powers, core.PowerTransformed) {
		t.Errorf("without transforms the powers are %v, %v", plain.Spec().Powers, err)
	}
}

// What is wrong is named before anything is learned.
func TestBadData(t *testing.T) {
	file := write(t, "0,1\n2,NaN\n")
	labelled := write(t, "0,1,7\n1,0,3\n")
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{File: file, Kind: "field"}, "row 2, column 2 is NaN"},
		{Config{File: labelled, Kind: "field", Shape: []float64{2}}, "shape is [2], and a row of"},
		{Config{File: labelled, Kind: "field", Shape: []float64{1.5, 2}}, "shape is [1.5 2]"},
		{Config{File: labelled, Kind: "spins"}, "row 1, number 1 is 0 after the transforms, and spins are +1 or -1"},
		{Config{File: labelled, Kind: "levels", Levels: 5}, "row 1, number 3 is 7"},
		{Config{File: labelled, Kind: "field", Transform: []string{"standardize"}}, `transform has "standardize"`},
		{Config{File: labelled, Kind: "field", Transform: []string{"logit"}}, "logit"},
		{Config{File: labelled, Kind: "field", Train: "0:1", Test: "2:"}, "test"},
		{Config{File: labelled, Kind: "field", Symmetries: []string{"mirror"}}, `symmetries has "mirror"`},
		{Config{File: labelled, Kind: "field", Symmetries: []string{"translation"}}, "symmetries has"},
		{Config{File: "nowhere", Kind: "field"}, "there is no such file, nor data set"},
	} {
		_, err := New(c.config)
		if err == nil || !strings.Contains(err.Error(), c.want) || core.KindOf(err) == core.Internal {
			t.Errorf("%+v: %v, want %q", c.config, err, c.want)
		}
	}
	e, err := New(Config{File: labelled, Kind: "field"})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Eval(nil, nil); core.KindOf(err) != core.Unsupported {
		t.Errorf("E of data: %v", err)
	}
}
