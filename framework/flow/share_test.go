package flow_test

import (
	"cmp"
	"math"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

// listening reports the cotangents of l that PullInverse is given.
type listening struct {
	flow.Bijection[float64]
	heard func(lbar []float64)
}

func (b listening) On(n int) flow.Workspace[float64] { return listeningOn{b.Bijection.On(n), b.heard} }

type listeningOn struct {
	flow.Workspace[float64]
	heard func(lbar []float64)
}

func (w listeningOn) PullInverse(xbar, zbar, lbar []float64, theta bool) {
	w.heard(lbar)
	w.Workspace.PullInverse(xbar, zbar, lbar, theta)
}

// Shares of images fall off as normal densities do. They are set to zero before
// cotangents become numbers that processors are slow with, and the slope is that
// of the other image then.
func TestNegligibleShares(t *testing.T) {
	s := open(t, groups["z2"])
	space := core.Space{Kind: core.Field, Shape: shape}
	seen := map[string]int{}
	b := listening{flowtest.Autoregression(d, 1), func(lbar []float64) {
		switch share := math.Abs(lbar[0]); {
		case share == 0:
			seen["zero"]++
		case share < 1e-60:
			t.Errorf("share %g", share)
		case share < 1e-20:
			seen["small"]++
		}
	}}
	both, alone := flow.New(b, space, flow.Options{Images: s.images}), flow.New(flowtest.Autoregression(d, 1), space, flow.Options{})
	if err := cmp.Or(both.Load(s.theta), alone.Load(s.theta)); err != nil {
		t.Fatal(err)
	}
	slope, logP, slopes, logQ := make([]float64, d), make([]float64, 1), make([]float64, 2*d), make([]float64, 2)
	for scale := 1.0; scale < 1000; scale *= 1.2 {
		x := make([]float64, 2*d) // x and -x
		for i, v := range normal(8, d) {
			x[i], x[d+i] = scale*v, -scale*v
		}
		zeros := seen["zero"]
		if err := cmp.Or(both.Slope(slope, logP, x[:d]), alone.Slope(slopes, logQ, x)); err != nil {
			t.Fatal(err)
		}
		if seen["zero"] == zeros {
			continue
		}
		want, sign := slopes[:d], 1.0
		if logQ[1] > logQ[0] {
			want, sign = slopes[d:], -1
		}
		for i, v := range want {
			if slope[i] != sign*v {
				t.Errorf("scale %g: slope %v, want %g times %v", scale, slope, sign, want)
			}
		}
	}
	if seen["zero"] == 0 || seen["small"] == 0 {
		t.Errorf("shares seen: %v", seen)
	}
}
