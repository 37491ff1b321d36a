// Package bornmachine is the Born machine of a quantum circuit (Liu and Wang, PRA 98, 062324
// (2018), arXiv:1804.04168): the density of what is measured behind a circuit with
// parameters,
//
//	p(x) = |<x|U(theta)|0...0>|^2
//
//	U = R_d E R_(d-1) E ... E R_0,   R_l = prod_q Rz(theta_lq3) Rx(theta_lq2) Rz(theta_lq1)
//
//	Rz(t) = exp(-i t Z/2),   Rx(t) = exp(-i t X/2)
//
// E entangles pairs of qubits by controlled NOTs. The first Rz of R_0 does nothing to zeros,
// and the last of R_d nothing to p: they are left out, and (3 d + 1) n parameters are
// left of n qubits.
//
// The circuit is run amplitude by amplitude, so that p is known of all 2^n bit strings: ln p and
// draws are exact, and so are gradients. On a quantum processor they would be differences of two
// measurements, by the shift rule
//
//	d<O>/dt = [ <O>(t + pi/2) - <O>(t - pi/2) ]/2,
//
// which the test compares with those here (adjoint.go).
package bornmachine

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

const name = "bornmachine"

// config is the model's table in the run file.
type config struct {
	Depth     int     `key:"depth" min:"1" max:"10000" help:"d, layers of controlled NOTs with rotations before and after them"`
	Spread    float64 `key:"spread" min:"0" max:"1000" help:"standard deviation of the angles where training starts; with angles all over the circle it starts on a plateau (McClean et al., arXiv:1803.11173)"`
	Entangler string  `key:"entangler" choices:"ring,grid" help:"pairs of qubits; ring: each with the next in raster order, the last with the first; grid: neighbours of the lattice that the energy has"`
}

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:      core.KindModel,
		Name:      name,
		Version:   "0.1.0",
		Summary:   "Born machine of a quantum circuit for a few spins or bits, by all amplitudes",
		Reference: "Liu, Wang, PRA 98, 062324 (2018), arXiv:1804.04168",
		Spaces:    []core.SpaceKind{core.Spins, core.Levels},
		Params:    core.SchemaOf(config{Depth: 10, Spread: 0.5, Entangler: "ring"}),
	},
	NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c config
		core.Decode(s, &c)
		return c.model(space)
	},
}

// bytes for each bit string: two wave functions on each thread, and the sums of p.
const bytes = 2*16*threads + 8

// threads that differentiate at a time, or so.
const threads = 16

func (c config) model(space core.Space) (*Model, error) {
	if space.Kind != core.Spins && (space.Kind != core.Levels || space.Levels != 2) || space.Size() < 1 {
		return nil, core.Errorf(core.Mismatch, "build model", name, "needs spins, or levels 0 and 1, the energy has %v", space)
	}
	n := space.Size()
	memory := math.Ldexp(bytes, n)
	if err := core.Afford(memory, "model "+name, fmt.Sprintf("2^%d amplitudes", n), "fewer sites"); err != nil {
		return nil, err
	}
	pairs, err := c.pairs(space)
	if err != nil {
		return nil, err
	}
	return newModel(c.Spread, space, circuit{n: n, depth: c.Depth, pairs: pairs}, memory), nil
}

// pairs are controls and targets of the entangler, in the order in which they act.
func (c config) pairs(space core.Space) (all [][2]int, err error) {
	n := space.Size()
	if c.Entangler == "ring" {
		for q := range n {
			if n > 2 || q < n-1 {
				all = append(all, [2]int{q, (q + 1) % n})
			}
		}
		return all, nil
	}
	if len(space.Shape) != 2 {
		return nil, &core.Error{Kind: core.Mismatch, Op: "build model", Subject: name, Err: fmt.Errorf("entangler grid needs sites in rows and columns, the energy has %v", space),
			Hint: `entangler = "ring" takes any`}
	}
	columns := space.Shape[1]
	for q := range n {
		if (q+1)%columns > 0 {
			all = append(all, [2]int{q, q + 1})
		}
	}
	for q := range n - columns {
		all = append(all, [2]int{q, q + columns})
	}
	return all, nil
}
