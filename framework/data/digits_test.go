package data

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func sum(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}

// The numbers of scikit-learn's load_digits: pixels that add up to 561718, and the digits
// 0 to 9 first.
func TestDigits(t *testing.T) {
	a, err := Load("digits", "")
	if err != nil || a.String() != "[1797 8 8], whole numbers from 0 to 16" || sum(a.X) != 561718 {
		t.Fatalf("%v, %v", a, err)
	}
	labels, err := Load("digits", "labels")
	if err != nil || labels.String() != "[1797], whole numbers from 0 to 9" {
		t.Fatalf("%v, %v", labels, err)
	}
	for k, label := range labels.X[:10] {
		if label != float64(k) {
			t.Errorf("digit %d is a %v", k, label)
		}
	}
	if _, err := Load("digits", "pixels"); err == nil || !strings.Contains(err.Error(), `digits: it has no dataset "pixels" (it has images and labels)`) {
		t.Errorf("error %v", err)
	}
}

// gaussian is the normal density of greatest likelihood.
type gaussian struct {
	mean *mat.VecDense
	chol mat.Cholesky
}

// fit takes mean and covariance (1/n) of rows; diagonal leaves the covariances out.
func fit(p Part, diagonal bool) (g gaussian) {
	d, n := p.Size, len(p.Rows)
	y := mat.DenseCopyOf(mat.NewDense(n, d, p.Y))
	ones := mat.NewVecDense(n, nil)
	for i := range n {
		ones.SetVec(i, 1/float64(n))
	}
	g.mean = mat.NewVecDense(d, nil)
	g.mean.MulVec(y.T(), ones)
	for i := range n {
		row := y.RowView(i).(*mat.VecDense)
		row.SubVec(row, g.mean)
	}
	covariance := mat.NewSymDense(d, nil)
	covariance.SymOuterK(1/float64(n), y.T())
	if diagonal {
		for i := range d {
			for j := range i {
				covariance.SetSym(i, j, 0)
			}
		}
	}
	g.chol.Factorize(covariance)
	return g
}

// nll is -< ln p > over rows.
func (g gaussian) nll(p Part) (mean float64) {
	d, n := p.Size, len(p.Rows)
	var z mat.VecDense
	for i := range n {
		y := mat.NewVecDense(d, append([]float64(nil), p.Y[i*d:(i+1)*d]...))
		y.SubVec(y, g.mean)
		g.chol.SolveVecTo(&z, y)
		mean += (mat.Dot(y, &z) + g.chol.LogDet() + float64(d)*math.Log(2*math.Pi)) / 2 / float64(n)
	}
	return mean
}

// The whole path from the file to the likelihood, against the same in NumPy 2.4 by other
// code: y = logit(0.05 + 0.9 (x+u)/17), u the splitmix64 noise of seed 1, Gaussians fitted
// to rows 0 to 1436 and tested on the rest.
func TestGaussianOfDigits(t *testing.T) {
	a, err := Load("digits", "")
	if err != nil {
		t.Fatal(err)
	}
	p, err := Prepare(a, Division{Train: "0:1437", Test: "1437:1797"}, List{Dequantise{17, 1}, Logit{0.05}})
	if err != nil {
		t.Fatal(err)
	}
	near := func(what string, got, want, within float64) {
		t.Helper()
		if !(math.Abs(got-want) <= within) {
			t.Errorf("%s is %.12f, want %.12f", what, got, want)
		}
	}
	near("y[0,0]", p.Train.Y[0], -2.442422631076, 1e-12)
	near("y[0,2]", p.Train.Y[2], -0.548933370884, 1e-12)
	full, diagonal := fit(p.Train, false), fit(p.Train, true)
	near("test NLL of one Gaussian", full.nll(p.Test), 65.96768608, 1e-8)
	near("training NLL of one Gaussian", full.nll(p.Train), 63.93110419, 1e-8)
	near("test NLL of a diagonal Gaussian", diagonal.nll(p.Test), 84.42105646, 1e-8)

	// Standardised coordinates are other ones of the same density, so that the NLL of the
	// data does not change.
	s, err := Prepare(a, Division{Train: "0:1437", Test: "1437:1797"}, List{Dequantise{17, 1}, Logit{0.05}, Standardise{}})
	if err != nil {
		t.Fatal(err)
	}
	want := p.Test.Units.Nats(full.nll(p.Test))
	near("test NLL of the data", s.Test.Units.Nats(fit(s.Train, false).nll(s.Test)), want, 1e-9)
	near("bits per dimension", s.Test.Units.BitsPerDimension(fit(s.Train, false).nll(s.Test)), want/64/math.Ln2, 1e-11)
	// An even density over 17 levels has log2(17) bits; one Gaussian must know more.
	if bits := want / 64 / math.Ln2; bits < 1 || bits > math.Log2(17) {
		t.Errorf("%v bits per dimension", bits)
	}
	x, err := s.Transforms.Inverse(s.Test.Y, len(s.Test.Rows), 64)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range x {
		if v != a.X[1437*64+k] {
			t.Fatalf("number %d of the test rows is %v there and back, and was %v", k, v, a.X[1437*64+k])
		}
	}
}
