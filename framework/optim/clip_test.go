package optim

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func TestClip(t *testing.T) {
	for _, c := range []struct {
		limit float64
		want  []float64
	}{
		{1, []float64{0.6, 0, -0.8}}, // (3, 0, -4) has norm 5
		{5, []float64{3, 0, -4}},
		{0, []float64{3, 0, -4}},
	} {
		g := []float64{3, 0, -4}
		norm, err := Norm(g)
		Clip(g, norm, c.limit)
		if err != nil || norm != 5 {
			t.Errorf("limit %v: norm %v, error %v", c.limit, norm, err)
		}
		for i := range g {
			if math.Abs(g[i]-c.want[i]) > 1e-15 {
				t.Errorf("limit %v: clipped to %v, want %v", c.limit, g, c.want)
			}
		}
	}
}

func TestNormRefusesWhatIsNotFinite(t *testing.T) {
	for want, g := range map[string][]float64{
		"parameter 2: the gradient is NaN":  {1, 2, math.NaN()},
		"parameter 0: the gradient is -Inf": {math.Inf(-1), 2, 3},
		"the norm overflows":                {1e200, 1e200},
	} {
		_, err := Norm(g)
		if err == nil || core.KindOf(err) != core.Numeric || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one of kind numeric with %q", err, want)
		}
	}
}
