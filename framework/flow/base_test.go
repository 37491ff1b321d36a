package flow_test

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
	"github.com/helmholtz-physics/helmholtz/framework/flow/flowtest"
)

// With the base N(m, L L^T) a flow is, draw for draw, what its bijection makes of m + L u,
// and its density follows from u.
func TestBaseDensity(t *testing.T) {
	base := &core.Base{Mean: []float64{1, -1, 0, 2}, Factor: []float64{1, 0, 0, 0, 0.5, 2, 0, 0, 0, 0, 1, 0, 0.2, 0, -1, 0.5}}
	b := flowtest.Autoregression(d, 4)
	space := core.Space{Kind: core.Field, Shape: shape}
	plain, m := flow.New(b, space, flow.Options{}), flow.New(b, space, flow.Options{Base: base})
	theta := make([]float64, m.Spec().Parameters)
	var drawn, normal core.Batch
	for _, err := range []error{m.Init(theta, 3), m.Load(theta), m.Sample(&drawn, 5, 7), plain.Load(theta), plain.Sample(&normal, 5, 7)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	z, lnDet, x := make([]float64, 7*d), make([]float64, 7), make([]float64, 7*d)
	if err := plain.Inverse(z, lnDet, normal.X); err != nil {
		t.Fatal(err)
	}
	for i := range 7 {
		want := -float64(d)/2*math.Log(2*math.Pi) - base.LogDet()
		for _, u := range z[i*d : (i+1)*d] {
			want -= u * u / 2
		}
		base.Color(z[i*d:(i+1)*d], 1)
		lnDet[i] = want
	}
	l := make([]float64, 7)
	if err := m.Map(x, l, z); err != nil {
		t.Fatal(err)
	}
	for i := range x {
		if math.Abs(x[i]-drawn.X[i]) > 1e-10 {
			t.Errorf("component %d is %v, want %v", i, drawn.X[i], x[i])
		}
	}
	for i := range l {
		if want := lnDet[i] - l[i]; math.Abs(drawn.LogP[i]-want) > 1e-10 {
			t.Errorf("ln p of draw %d is %v, want %v", i, drawn.LogP[i], want)
		}
	}
}

func TestBaseKeys(t *testing.T) {
	space := core.Space{Kind: core.Field, Shape: []int{2}}
	if b, err := flow.StandardBase.Base("test", space, core.Z2); b != nil || err != nil {
		t.Errorf("the standard base is %v, error %v", b, err)
	}
	for _, c := range []struct {
		keys flow.BaseKeys
		want string
	}{
		{flow.BaseKeys{BaseMean: []float64{1, 2, 3}, BaseCovariance: []float64{1}}, "base_mean must have 1 number or 2, one for each, got 3"},
		{flow.BaseKeys{BaseMean: []float64{0}, BaseCovariance: []float64{1, 2, 3}}, "base_covariance must have 1 number, 2 or 4, got 3"},
		{flow.BaseKeys{BaseMean: []float64{0}, BaseCovariance: []float64{0}}, "base_covariance must have variances greater than 0, got 0"},
		{flow.BaseKeys{BaseMean: []float64{0}, BaseCovariance: []float64{1, 0.5, 0.4, 1}}, "base_covariance must be a symmetric matrix"},
		{flow.BaseKeys{BaseMean: []float64{0}, BaseCovariance: []float64{1, 2, 2, 1}}, "base_covariance must be a positive definite matrix"},
		{flow.BaseKeys{BaseMean: []float64{0, 1}, BaseCovariance: []float64{1}}, `its flow keeps the symmetry "z2", and the base density does not have it`},
	} {
		if _, err := c.keys.Base("test", space, core.Z2); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want %q", c.keys, err, c.want)
		}
	}
}
