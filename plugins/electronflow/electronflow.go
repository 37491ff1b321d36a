// Package electronflow is a density matrix of electrons of one or both spins on a torus (H.
// Xie, L. Zhang and L. Wang, SciPost Phys. 14, 154 (2023), arXiv:2201.03156),
//
//	rho = sum_K p(K) |Psi_K><Psi_K|,
//	Psi_K(x) = (N! V^N)^(-1/2) det[exp(i k_j.z_i(x))] |det dz/dx|^(1/2),   k_j in K
//
// (of one spin; of both: determinants.go)
// with p(K) of package states, over the sets K of N plane waves k = 2 pi (n +
// twist)/L, and one smooth map x -> z for all K, of package equivariant or pairflow. If the map
// is one to one, it is a unitary transformation of the plane waves' determinants:
// the Psi_K are orthonormal, and the free energy is a bound. det dz/dx > 0 is
// watched, because nothing else keeps the map from folding.
//
// K and x are drawn independently, by the inverse of the map (draw.go), or by Metropolis'
// method, in chains on p(K) |Psi_K(x)|^2 that go on from one batch to the next (walk.go).
package electronflow

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
)

const name = "electronflow"

// config is the model's table in the run file.
type config struct {
	EMax          int     `key:"e_max" min:"0" max:"1000" help:"orbitals are the plane waves with wave numbers |n|^2 up to this"`
	States        string  `key:"states" choices:"network,ideal,ground" help:"network: p(K) of a transformer; ideal: that of the free gas at theta_0, which is not trained; ground: the N lowest orbitals alone, for temperature 0; of both spins those of each"`
	State         int     `key:"state" min:"0" max:"1000000" help:"which of the sets of lowest orbitals, where there are several of the same energy; 0: there must be one"`
	Prior         string  `key:"prior" choices:"ideal,none" help:"ideal: p(K) starts as that of the free gas, and the network learns the difference; none: it starts with equal probabilities of what can be chosen next"`
	Theta0        float64 `key:"theta_0" min:"0" help:"temperature of the free gas in units of the Fermi temperature, that of the majority of two spins, for prior and pretrain"`
	Pretrain      int     `key:"pretrain" min:"0" max:"1000000" help:"with prior none: steps by which the network is fitted to the free gas first"`
	StatesDamping float64 `key:"states_damping" min:"0" only:"states=network" help:"least damping of the Fisher matrix of p(K) in a natural step: a larger one than that of training keeps the noise of E_loc out of most directions of the network"`
	Map           string  `key:"map" choices:"network,backflow" help:"z(x): network is that of the paper, backflow moves electrons by functions of their distances"`
	Width         int     `key:"width" min:"1" max:"1024" only:"map=network" help:"width of the flow's layers of electrons"`
	PairWidth     int     `key:"pair_width" min:"1" max:"1024" only:"map=network" help:"width of the flow's layer of pairs"`
	Layers        int     `key:"layers" min:"1" max:"1000" only:"map=backflow" help:"how many times backflow is applied"`
	Tied          bool    `key:"tied" only:"map=backflow" help:"one function for all layers, each a step of 1/layers: Euler's method for a continuous flow"`
	Units         int     `key:"units" min:"1" max:"1024" only:"map=backflow" help:"hidden units of a function of distance"`
	Mirrors       bool    `key:"mirrors" only:"map=network" help:"the flow commutes with mirrors of the axes, too: it is averaged over two images in the plane, four in space"`
	Centred       bool    `key:"centred" only:"map=network" help:"the flow keeps the centre of mass"`
	Laplacian     string  `key:"laplacian" choices:"auto,exact,hutchinson" help:"that of ln|det dz/dx|: exact, or an unbiased estimate from random directions; auto: exact up to 30 coordinates"`
	Probes        int     `key:"probes" min:"1" max:"10000" help:"random directions of hutchinson"`
	Draws         string  `key:"draws" choices:"independent,chains" help:"independent: x is the place that the flow takes to where free electrons are; chains: Metropolis' method"`
	Moves         int     `key:"moves" min:"1" max:"1000000" only:"draws=chains" help:"Metropolis moves of all electrons from one batch to the next"`
	BurnIn        int     `key:"burn_in" min:"0" max:"1000000000" only:"draws=chains" help:"moves of new ones before that, in which their step sizes adapt to an acceptance of one half"`
	StateMoves    int     `key:"state_moves" min:"1" max:"100000" only:"draws=chains" help:"states proposed to each from one batch to the next, with states = network"`
	Step          float64 `key:"step" above:"0" only:"draws=chains" help:"standard deviation of a move in units of (volume/N)^(1/d), before it adapts"`
}

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindModel,
		Name:      name,
		Version:   "0.1.0",
		Summary:   "electrons in a periodic box: plane-wave determinants moved by an equivariant flow, occupations by a transformer",
		Reference: "Xie, Zhang, Wang, SciPost Phys. 14, 154 (2023), arXiv:2201.03156",
		Spaces:    []core.SpaceKind{core.Particles},
		Powers:    powers,
		Params: core.SchemaOf(config{EMax: 25, States: "network", Prior: "ideal", Map: "network", Width: 16, PairWidth: 16, Layers: 1, Units: 16,
			Laplacian: "auto", Probes: 1, Draws: "independent", Moves: 50, StateMoves: 5, BurnIn: 500, Step: 0.06}),
	},
	NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c config
		core.Decode(s, &c)
		if err := fits(space); err != nil {
			return nil, err
		}
		return newModel(c, space)
	},
}

var powers = []core.Power{core.PowerQuantum, core.PowerStateSlope, core.PowerStateDraws, core.PowerStateSpan, core.PowerNatural, core.PowerNaturalShares, core.PowerNaturalProducts, core.PowerNotices, core.PowerKinds, core.PowerWalk}

// chained is the choice of draws that makes the model a Walker.
const chained = "chains"

// fits reports what is wrong with a space.
func fits(space core.Space) error {
	mismatch := func(format string, args ...any) error {
		return core.Errorf(core.Mismatch, "build model", name, format, args...)
	}
	switch {
	case space.Kind != core.Particles || len(space.Shape) != 2 || space.Size() < 1:
		return mismatch("needs particles, the energy has %v", space)
	case space.Shape[1] != 2 && space.Shape[1] != 3:
		return mismatch("needs 2 or 3 dimensions, the energy has %d", space.Shape[1])
	case len(space.Box) != space.Shape[1]:
		return mismatch("needs a periodic box, the energy has %v in open space", space)
	case len(space.Kinds) > 2:
		return mismatch("knows electrons of two spins, the energy has %v", space)
	}
	for _, edge := range space.Box {
		if edge != space.Box[0] {
			return mismatch("needs a square or cubic box, the energy's has the edges %v", space.Box)
		}
	}
	return nil
}
