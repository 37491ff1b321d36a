package objective

import (
	"math"
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
