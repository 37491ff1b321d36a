// Package boltzmann is the Boltzmann machine of visible spins alone (Ackley, Hinton and
// Sejnowski, Cognitive Science 9, 147 (1985)),
//
//	p(s) = exp(sum_i h_i s_i + sum_(i<j) K_ij s_i s_j)/Z,   s_i = -1 or +1,
//
// the density of largest entropy with given means < s_i > and correlations < s_i s_j >.
// Its parameters are fields and couplings, so that learning it is the inverse Ising problem
// (Nguyen, Zecchina and Berg, Adv. Phys. 66, 197 (2017), arXiv:1702.01522):
//
//	grad -<ln p>_data = < s_i >_p - < s_i >_data,  < s_i s_j >_p - < s_i s_j >_data.
//
// Z, the means of p and draws are exact, by sums over all 2^N states (states.go).
package boltzmann

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

const name = "boltzmann"

// config is the model's table in the run file.
type config struct {
	Fields bool `key:"fields" help:"whether there are fields h; without them p(s) = p(-s)"`
}

// mostSpins is the largest number of spins: 2^24 states take 128 MiB, and a second for each
// step.
const mostSpins = 24

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindModel,
		Name:      name,
		Version:   "0.1.0",
		Summary:   "Boltzmann machine of up to 24 visible spins with exact means: couplings and fields from data",
		Reference: "Ackley, Hinton and Sejnowski 1985, Cognitive Science 9, 147; Nguyen, Zecchina and Berg 2017, arXiv:1702.01522",
		Spaces:    []core.SpaceKind{core.Spins},
		Params:    core.SchemaOf(config{Fields: true}),
	},
	NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c config
		core.Decode(s, &c)
		return c.model(space)
	},
}

// model builds the machine on the model's space.
func (c config) model(space core.Space) (*Model, error) {
	n := space.Size()
	switch {
	case space.Kind != core.Spins || n < 2:
		return nil, core.Errorf(core.Mismatch, "build model", name, "needs two spins or more, the energy has %v", space)
	case n > mostSpins:
		return nil, &core.Error{Kind: core.Unsupported, Op: "build model", Subject: name,
			Err: fmt.Errorf("a sum over the states of %d spins is out of reach: there may be %d", n, mostSpins), Hint: `use model "rbm", whose means are of Markov chains`}
	}
	bytes := 8 * math.Exp2(float64(n)) * 1.1
	if err := core.Afford(bytes, "model "+name, fmt.Sprintf("the weights of all states of %d spins", n), "fewer spins"); err != nil {
		return nil, err
	}
	return newModel(c, space, bytes), nil
}
