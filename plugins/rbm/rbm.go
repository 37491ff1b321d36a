// Package rbm has restricted Boltzmann machines (Smolensky 1986; Hinton, "Training products
// of experts by minimizing contrastive divergence", Neural Comput. 14, 1771 (2002)),
//
//	p(v) = 1/Z sum_h exp(a.v + b.h + v.W h) = exp(w(v))/Z,
//	w(v) = a.v + sum_j ln sum_(h_j) exp(h_j (b_j + (vW)_j)).
//
// In the model rbm visible units v and hidden units h have the same two values: 0 and 1 on
// levels, -1 and +1 on spins. In the model grbm visible units are real numbers, normal where
// there are no weights, and hidden ones 0 or 1 (layer.go).
//
// Given one layer the units of the other are independent, and draws are Markov
// chains that sample the layers in turn (chains.go), or take steps of Langevin's (langevin.go).
// They go on from one draw to the next, so that training is by persistent contrastive
// divergence (Tieleman, ICML 2008, 1064), or start at data (CD-k).
//
// ln Z is a sum over the states of one layer where they are few (exact.go), and
// else estimated by annealed importance sampling (annealed.go).
package rbm

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// config is the model's table in the run file.
type config struct {
	Hidden       int     `key:"hidden" opt:"required" min:"1" max:"1000000" help:"number of hidden units"`
	Sweeps       int     `key:"sweeps" min:"1" max:"100000" help:"Gibbs sweeps, h given v and then v given h, of every chain from one draw to the next"`
	BurnIn       int     `key:"burn_in" min:"0" max:"10000000" help:"sweeps of new chains, which start from the machine without weights, before their first draw"`
	Replicas     int     `key:"replicas" min:"1" max:"1000" help:"of every chain, with the weights times 0 to 1 in equal steps, which exchange their configurations (parallel tempering); draws are those of the last"`
	Start        float64 `key:"start" min:"0" max:"10" help:"standard deviation of the starting weights; all other parameters start at 0"`
	LogZ         string  `key:"log_z" choices:"auto,exact,annealed,reversed" help:"exact: sum over the states of a layer; annealed: importance sampling from the machine without weights to this one, a lower bound in the mean; reversed: the same back from Gibbs chains, an upper bound in the mean if burn_in is long enough; auto: exact where the sum is affordable, else annealed"`
	Temperatures int     `key:"temperatures" min:"2" max:"10000000" help:"of annealing: steps from no weights to all"`
	Paths        int     `key:"paths" min:"2" max:"10000000" help:"of annealing: independent paths"`
}

var defaults = config{Sweeps: 1, BurnIn: 100, Replicas: 1, Start: 0.01, LogZ: "auto", Temperatures: 1000, Paths: 500}

// Part is the machine of binary units as the host sees it.
var Part = part(core.Manifest{
	Name:      "rbm",
	Summary:   "restricted Boltzmann machine of spins or of levels 0 and 1, with Gibbs chains",
	Reference: "Hinton 2002, Neural Comput. 14, 1771; Tieleman 2008, ICML, 1064; Salakhutdinov and Murray 2008, ICML, 872",
	Spaces:    []core.SpaceKind{core.Spins, core.Levels},
}, core.SchemaOf(defaults), func(s core.Settings, c *keys) { core.Decode(s, &c.config) })

// Gaussian is that of real visible units.
var Gaussian = part(core.Manifest{
	Name:      "grbm",
	Summary:   "restricted Boltzmann machine of real numbers and hidden bits, with Gibbs or Langevin chains",
	Reference: "Liao et al. 2022, arXiv:2210.10318",
	Spaces:    []core.SpaceKind{core.Field},
}, core.SchemaOf(keys{defaults, langevinDefaults}), func(s core.Settings, c *keys) { core.Decode(s, c) })

// keys are those of both models; only grbm has the langevinKeys in its table.
type keys struct {
	config
	langevinKeys
}

var powers = []core.Power{core.PowerWeight, core.PowerLogZ, core.PowerWalk, core.PowerMove}

func part(m core.Manifest, params []core.Param, decode func(s core.Settings, c *keys)) core.Part {
	m.Kind, m.Version, m.Powers, m.Params = core.KindModel, "0.2.0", powers, params
	return core.Part{Manifest: m, NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c keys
		decode(s, &c)
		return c.model(m.Name, space)
	}}
}

// model builds the machine on the model's space.
func (c *keys) model(name string, space core.Space) (*Model, error) {
	visible, hidden := float64(space.Size()), float64(c.Hidden)
	// Theta, its gradient, and partial sums of the gradient.
	bytes := 8 * 4 * (visible + 2) * (hidden + 2)
	if err := core.Afford(bytes, "model "+name, fmt.Sprintf("weights of %v visible and %v hidden units", visible, hidden), "a smaller hidden"); err != nil {
		return nil, err
	}
	bytes += float64(par.Threads()) * c.workspaceBytes(visible, hidden)
	if err := core.Afford(bytes, "model "+name, fmt.Sprintf("chains of %d replicas of %v visible and %v hidden units", c.Replicas, visible, hidden), "fewer replicas, or a smaller hidden"); err != nil {
		return nil, err
	}
	var l layer = &gaussian{mu: make([]float64, space.Size())}
	u, binaries := unitsOf(space)
	switch {
	case binaries:
		l = &binary{u, make([]float64, space.Size())}
	case space.Kind == core.Field && space.Size() > 0:
		u = bits
	default:
		return nil, core.Errorf(core.Mismatch, "build model", name, "needs real numbers, spins, or levels of which there are 2, the energy has %v", space)
	}
	m := newModel(name, *c, space, u, l, bytes)
	terms := m.terms()
	switch {
	case c.LogZ == "auto" && terms <= affordable:
		m.logZBy = exact
	case c.LogZ == "auto":
		m.logZBy = annealed
	case c.LogZ == exact && terms > most:
		return nil, &core.Error{Kind: core.Invalid, Op: "build model", Subject: name,
			Err:  fmt.Errorf("ln Z as a sum over all states of a layer has %.1g terms, which is out of reach", terms),
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

// Sums with so many terms take about a second, and most of them some minutes.
const (
	affordable = 1 << 28
	most       = 1 << 36
)
