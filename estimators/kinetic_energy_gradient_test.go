package estimators

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// slopes adds to draws of gaussians grad ln Psi = -w x and lap Psi/Psi = w^2 x^2 - w.
func (g gaussians) slopes(b *core.Batch) {
	b.Lap = core.Resize(b.Lap, b.N)
	slope := core.LogPsiSlope.Room(b, b.N)
	for i, x := range b.X {
		w := g.w[b.K[i]]
		slope[i], b.Lap[i] = -w*complex(x, 0), w*w*complex(x*x, 0)-w
	}
}

// The kinetic energy of gaussians is |w|^2/(4 a) by either way; one of a Laplacian that has
// forgotten a part is found, on either side, and so are draws from a density that is too wide.
func TestKineticEnergyOfGaussians(t *testing.T) {
	g := gaussians{[]float64{0.4, 0.6}, []complex128{1.4, 0.8 - 0.3i}}
	want := 0.4*1.96/(4*1.4) + 0.6*(0.64+0.09)/(4*0.8)
	for _, c := range []struct {
		name  string
		spoil func(b *core.Batch)
		wrong bool
	}{
		{"as it is", func(*core.Batch) {}, false},
		{"Laplacian too large", func(b *core.Batch) {
			for i := range b.Lap {
				b.Lap[i] += 0.2
			}
		}, true},
		{"Laplacian too small", func(b *core.Batch) {
			for i := range b.Lap {
				b.Lap[i] -= 0.4
			}
		}, true},
		{"draws too wide", func(b *core.Batch) {
			for i := range b.X {
				b.X[i] *= 1.2
			}
			g.slopes(b)
		}, true},
	} {
		for _, chains := range []int{0, 50} {
			e, err := build("kinetic_energy_gradient", nil, quantumSetting())
			if err != nil {
				t.Fatal(err)
			}
			var b core.Batch
			g.draw(&b, rand.New(rand.NewPCG(4, 9)), 20000)
			g.slopes(&b)
			c.spoil(&b)
			b.Chains = chains
			add(t, map[string]core.Estimator{"": e}, &b)
			got := statesOf(t, e)
			energy, difference := got["kinetic_energy_gradient"], got["kinetic_energy_difference"]
			said := slices.ContainsFunc(difference.Cautions, func(c core.Caution) bool {
				return c.Code == core.CautionKinetic && c.About == core.AboutDraws
			})
			if said != c.wrong {
				t.Errorf("%s, %d chains: the difference is %v +- %v, cautions %q", c.name, chains, difference.Value, difference.Stderr, difference.Caution())
			}
			if !c.wrong && math.Abs(energy.Value[0]-want) > 4*energy.Stderr[0] || !energy.Extensive || energy.Units != "Ry" {
				t.Errorf("%s, %d chains: %+v, want %v", c.name, chains, energy, want)
			}
		}
	}
}

// The first excited state of the oscillator, Psi = x exp(-x^2/2), has a node and tails of index
// 3/2, and the difference no variance. Its caution should be rare, see the estimator: 300 times
// 2000 draws have none or one at 8 errors.
func TestKineticEnergyAtNodes(t *testing.T) {
	said := 0
	r := rand.New(rand.NewPCG(5, 9))
	for range 300 {
		e, _ := build("kinetic_energy_gradient", nil, quantumSetting())
		var b core.Batch
		oscillator{[2]float64{0, 1}}.draw(&b, r, 2000)
		slope := core.LogPsiSlope.Room(&b, b.N)
		for i, x := range b.X {
			slope[i] = complex(1/x-x, 0)
		}
		add(t, map[string]core.Estimator{"": e}, &b)
		if d := statesOf(t, e)["kinetic_energy_difference"]; slices.ContainsFunc(d.Cautions, func(c core.Caution) bool { return c.Code == core.CautionKinetic }) {
			said++
		}
	}
	if said > 1 {
		t.Errorf("%d of 300 have a caution", said)
	}
}
