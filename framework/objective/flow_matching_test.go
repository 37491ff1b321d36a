package objective

import (
	"fmt"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Two identical particles in the plane can exchange their noise where the base density is that of
// each, and not where one starts elsewhere or has another width. Couplings that leave
// particles alone do with any.
func TestCouplingsOfParticlesNeedABaseThatKeepsThem(t *testing.T) {
	identical := core.EnergySpec{Space: core.Space{Kind: core.Particles, Shape: []int{2, 2}}, Symmetries: []core.Symmetry{core.Permutation}}
	apart := identical
	apart.Symmetries = nil
	even := &core.Base{Mean: []float64{1, 0, 1, 0}, Factor: []float64{1, 2, 1, 2}}
	elsewhere := &core.Base{Mean: []float64{1, 0, -1, 0}, Factor: []float64{1, 1, 1, 1}}
	wide := &core.Base{Mean: make([]float64, 4), Factor: []float64{1, 1, 2, 2}}
	for _, c := range []struct {
		coupling string
		energy   core.EnergySpec
		base     *core.Base
		refused  bool
	}{
		{"particles", identical, nil, false}, {"particles", identical, even, false},
		{"particles", identical, elsewhere, true}, {"particles", identical, wide, true},
		{"optimal", identical, even, false}, {"optimal", identical, elsewhere, true},
		{"optimal", apart, elsewhere, false}, {"independent", identical, elsewhere, false},
	} {
		_, err := newFlowMatching(core.Settings{"interpolation": "linear", "coupling": c.coupling, "block": int64(64)}, core.Setting{Energy: c.energy, Model: core.ModelSpec{Base: c.base}})
		if refused := core.KindOf(err) == core.Mismatch && strings.Contains(fmt.Sprint(err), "coupling = \""+c.coupling+"\" gives the noise of one identical particle to another, and the base density"); err != nil != c.refused || refused != c.refused {
			t.Errorf("%s, %v, base %v: error %v", c.coupling, c.energy.Symmetries, c.base, err)
		}
	}
}
