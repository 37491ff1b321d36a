package objective

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// Of one bit that is 1 with the probability p = 1/(1 + exp(-t)), and data of which a share q is
// 1, the discrepancy is 2 (1 - k)(p - q)^2, k the kernel at the distance 1. All batches of four
// draws and four rows, each with its probability, give its value and its derivative in t, with
// d ln p(x)/dt = x - p.
func TestDiscrepancyHasNoBias(t *testing.T) {
	const n, p, q = 4, 0.3, 0.8
	kernel := stats.Gaussians{0.5, 2}
	o := &Discrepancy{Kernel: kernel}
	loss, slope := 0.0, 0.0
	for code := range 1 << (2 * n) {
		b := &core.Batch{N: n, X: make([]float64, n), LogP: make([]float64, n)}
		y := make([]float64, n)
		weight := 1.0
		for i := range n {
			b.X[i], y[i] = float64(code>>i&1), float64(code>>(n+i)&1)
			weight *= (p*b.X[i] + (1-p)*(1-b.X[i])) * (q*y[i] + (1-q)*(1-y[i]))
		}
		core.X.As(core.RoleData).Put(b, y)
		bar := &core.Batch{N: n}
		numbers, err := o.Cotangents(bar, b, b, 1)
		if err != nil {
			t.Fatal(err)
		}
		loss += weight * numbers[0]
		for i, w := range bar.LogP {
			slope += weight * w * (b.X[i] - p)
		}
	}
	k := kernel.At(1)
	if want := 2 * (1 - k) * (p - q) * (p - q); math.Abs(loss-want) > 1e-13 {
		t.Errorf("the mean loss is %v, want %v", loss, want)
	}
	if want := 4 * (1 - k) * (p - q) * p * (1 - p); math.Abs(slope-want) > 1e-13 {
		t.Errorf("the mean slope is %v, want %v", slope, want)
	}
}

// Three draws 0, 1, 1 and rows 1, 1, 0, by hand: with k = 1 at the distance 0 and q at 1,
//
//	S = (2q, 1+q, 1+q),  S' = (1+q, 1+q, 2q),  3 D = (1+2q, 2+q, 2+q),  3 D' = (2+q, 2+q, 1+2q),
//
// t = (1+3q)/2 - (3+3q)/3 of the first and last, (2+2q)/2 - (4+2q)/3 of the second. s^2 of three
// numbers a, b, a is (a-b)^2/3.
func TestDiscrepancyErrorByHand(t *testing.T) {
	o := &Discrepancy{Kernel: stats.Gaussians{0.7}}
	b := &core.Batch{N: 3, X: []float64{0, 1, 1}, LogP: make([]float64, 3)}
	core.X.As(core.RoleData).Put(b, []float64{1, 1, 0})
	numbers, err := o.Cotangents(&core.Batch{N: 3}, b, b, 1)
	if err != nil {
		t.Fatal(err)
	}
	q := o.Kernel.At(1)
	first, second := (1+3*q)/2-(3+3*q)/3, (2+2*q)/2-(4+2*q)/3
	if want := (2*first + second) / 3; math.Abs(numbers[0]-want) > 1e-14 {
		t.Errorf("the loss is %v, want %v", numbers[0], want)
	}
	if want := 2 * math.Abs(first-second) / 3; math.Abs(numbers[1]-want) > 1e-14 {
		t.Errorf("its error is %v, want %v", numbers[1], want)
	}
}

// The error is the spread of repeated losses, of densities that are apart. Of 400 repetitions
// the spread is known to sqrt(1/800) = 4 %, and the root of the mean of the squared errors to
// less; 15 % is four of these. What is left out is of order 1/n of it, n = 100.
func TestDiscrepancyErrorIsTheSpread(t *testing.T) {
	const repetitions, n = 400, 100
	o := &Discrepancy{Kernel: stats.Gaussians{1}}
	first, second, square := 0.0, 0.0, 0.0
	for seed := range uint64(repetitions) {
		r := rand.New(rand.NewPCG(seed, 5))
		b, y := &core.Batch{N: n, LogP: make([]float64, n)}, make([]float64, n)
		for i := range y {
			b.X, y[i] = append(b.X, r.NormFloat64()), 1+0.5*r.NormFloat64()
		}
		core.X.As(core.RoleData).Put(b, y)
		numbers, err := o.Cotangents(&core.Batch{N: n}, b, b, 1)
		if err != nil {
			t.Fatal(err)
		}
		first, second, square = first+numbers[0]/repetitions, second+numbers[0]*numbers[0]/repetitions, square+numbers[1]*numbers[1]/repetitions
	}
	if ratio := math.Sqrt(square / (second - first*first)); math.Abs(ratio-1) > 0.15 {
		t.Errorf("errors are %v of the spread", ratio)
	}
}

// Draws that are cut among ranks are refused.
func TestDiscrepancyNeedsAllDraws(t *testing.T) {
	o := &Discrepancy{Kernel: stats.Gaussians{1}}
	for _, all := range []*core.Batch{{N: 4}, {N: 2, X: []float64{0, 1}}} {
		if len(all.X) > 0 {
			core.X.As(core.RoleData).Put(all, []float64{0, 1})
		}
		_, err := o.Cotangents(&core.Batch{}, all, all, 1)
		if want := map[int]core.Kind{4: core.Unsupported, 2: core.Invalid}[all.N]; core.KindOf(err) != want {
			t.Errorf("%d draws: %v", all.N, err)
		}
	}
}
