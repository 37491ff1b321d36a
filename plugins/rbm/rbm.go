// Package rbm is the restricted Boltzmann machine of binary units (Smolensky 1986; Hinton,
// "Training products of experts by minimizing contrastive divergence", Neural Comput. 14,
// 1771 (2002)),
//
//	p(v) = 1/Z sum_h exp(a.v + b.h + v.W h) = exp(w(v))/Z,
//	w(v) = a.v + sum_j ln sum_(h_j) exp(h_j (b_j + (vW)_j)).
//
// Visible units v and hidden units h have the same two values: 0 and 1 on levels, -1 and +1
// on spins. Given one layer the units of the other are independent, and draws are Markov
// chains that sample the layers in turn. They go on from one draw to the next, so that
// training is by persistent contrastive divergence (Tieleman, ICML 2008, 1064).
//
// ln Z is a sum over the states of the smaller layer where they are few (exact.go), and
// else estimated by annealed importance sampling (annealed.go).
package rbm

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

const name = "rbm"

// config is the model's table in the run file.
type config struct {
	Hidden       int     `key:"hidden" opt:"required" min:"1" max:"1000000" help:"number of hidden units"`
	Sweeps       int     `key:"sweeps" min:"1" max:"100000" help:"Gibbs sweeps, h given v and then v given h, of every chain from one draw to the next"`
	BurnIn       int     `key:"burn_in" min:"0" max:"10000000" help:"sweeps of new chains, which start from random units, before their first draw"`
	Start        float64 `key:"start" min:"0" max:"10" help:"standard deviation of the starting weights; biases start at 0"`
	LogZ         string  `key:"log_z" choices:"auto,exact,annealed,reversed" help:"exact: sum over the states of the smaller layer; annealed: importance sampling from the machine without weights to this one, a lower bound in the mean; reversed: the same back from Gibbs chains, an upper bound in the mean if burn_in is long enough; auto: exact where the sum is affordable, else annealed"`
	Temperatures int     `key:"temperatures" min:"2" max:"10000000" help:"of annealing: steps from no weights to all"`
	Paths        int     `key:"paths" min:"2" max:"10000000" help:"of annealing: independent paths"`
}

var defaults = config{Sweeps: 1, BurnIn: 100, Start: 0.01, LogZ: "auto", Temperatures: 1000, Paths: 500}

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindModel,
		Name:      name,
		Version:   "0.1.0",
		Summary:   "restricted Boltzmann machine of spins or of levels 0 and 1, with Gibbs chains",
		Reference: "Hinton 2002, Neural Comput. 14, 1771; Tieleman 2008, ICML, 1064; Salakhutdinov and Murray 2008, ICML, 872",
		Spaces:    []core.SpaceKind{core.Spins, core.Levels},
		Powers:    powers,
		Params:    core.SchemaOf(defaults),
	},
	NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c config
		core.Decode(s, &c)
		return c.model(space)
	},
}

var powers = []core.Power{core.PowerWeight, core.PowerLogZ, core.PowerWalk}

// model builds the machine on the model's space.
func (c config) model(space core.Space) (*Model, error) {
	u, ok := unitsOf(space)
	if !ok {
		return nil, core.Errorf(core.Mismatch, "build model", name, "needs spins, or levels of which there are 2, the energy has %v", space)
	}
	visible, hidden := float64(space.Size()), float64(c.Hidden)
	// Theta and its gradient, and partial sums of the gradient.
	bytes := 8 * 4 * (visible + 1) * (hidden + 1)
	if err := core.Afford(bytes, "model "+name, fmt.Sprintf("weights of %v visible and %v hidden units", visible, hidden), "a smaller hidden"); err != nil {
		return nil, err
	}
	m := newModel(c, space, u, bytes)
	if c.LogZ == "auto" {
		m.LogZBy = annealed
		if m.terms() <= affordable {
			m.LogZBy = exact
		}
	}
	if m.LogZBy == exact && m.terms() > most {
		return nil, &core.Error{Kind: core.Invalid, Op: "build model", Subject: name,
			Err:  fmt.Errorf("ln Z as a sum over the 2^%d states of the smaller layer is out of reach", min(space.Size(), c.Hidden)),
			Hint: `set model.log_z = "annealed"`}
	}
	return m, nil
}

// Ways to ln Z.
const (
	exact    = "exact"
	annealed = "annealed"
	reversed = "reversed"
)

// terms is how many terms the exact sum for ln Z has, of so many units of the other layer
// each.
func (m *Model) terms() float64 {
	few, many := min(m.visible, m.hidden), max(m.visible, m.hidden)
	if few > 60 {
		return 1e300
	}
	return float64(int64(1)<<few) * float64(many)
}

// Sums with so many terms take about a second, and most of them some minutes.
const (
	affordable = 1 << 28
	most       = 1 << 36
)
