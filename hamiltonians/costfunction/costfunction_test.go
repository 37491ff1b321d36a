package costfunction

import (
	"math"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

func TestConformance(t *testing.T) {
	for _, s := range []core.Settings{{}, {"k": -3}, {"k": 0}, {"function": "exponential", "k": 0.5}, {"function": "cosine", "k": 1.58}} {
		coretest.EnergyPart(t, Part, s, coretest.EnergyOptions{})
	}
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		function string
		k, x, e  float64
	}{{"square", -3, 1, 16}, {"exponential", 2, 0.5, math.Exp(-0.5)}, {"cosine", 2, math.Pi / 6, 0.5}} {
		if e, _ := (Config{c.function, c.k}).at(c.x); math.Abs(e-c.e) > 1e-15*(1+c.e) {
			t.Errorf("%+v: %v", c, e)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		config Config
		want   string
	}{{Config{"exponential", -1}, "k must not be below 0"}, {Config{"square", math.Inf(1)}, "k must be"}} {
		if _, err := New(c.config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c.config, err, c.want)
		}
	}
}
