// Package neuralrg is the neural network renormalization group of Li and Wang,
// PRL 121, 260601 (2018), arXiv:1802.02840, for fields on a periodic square
// lattice of L = 2^k sites along each edge: independent normal variables become
// the field scale after scale, from the coarsest to the finest,
//
//	x = (W_0 o W_1 o ... o W_(D-1)) z,    W_l = disentanglers_l o decimators_l
//
// Level l sees the sites whose coordinates are multiples of 2^l, in blocks of
// 2 x 2. One affine-coupling flow for all blocks of a kind maps the four fields
// of each. Decimators act on blocks that begin at multiples of 2^(l+1), the
// disentanglers on blocks moved by half a block along both axes; read from x to
// z, a disentangler takes away the correlations between neighbouring blocks
// before the decimator separates each block's slow variable, which goes on to
// level l+1, from three latent variables of scale l. There are L^2/4^(l+1)
// blocks at level l, so the work is proportional to the number of sites.
package neuralrg

import (
	"fmt"
	"math/bits"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
	"github.com/helmholtz-physics/helmholtz/framework/flow"
)

// config is the model's table in the run file.
type config struct {
	Couplings   int  `key:"couplings" min:"1" max:"1000" help:"affine couplings of a block"`
	Layers      int  `key:"layers" min:"1" max:"16" help:"hidden layers of the networks in a coupling"`
	Hidden      int  `key:"hidden" min:"1" max:"1024" help:"units of a hidden layer"`
	Repeats     int  `key:"repeats" min:"1" max:"16" help:"disentangler and decimator pairs at each scale"`
	Reach       int  `key:"reach" min:"0" max:"16" help:"a coupling's network sees the passive fields of its block and of all blocks so near along each axis; 0 is the paper's"`
	Depth       int  `key:"depth" min:"0" max:"30" help:"scales; 0 is all of them, log2(L)"`
	Z2          bool `key:"z2" help:"symmetrise under the flip of the field; for energies that are even"`
	Translation bool `key:"translation" help:"symmetrise under translations, at the cost of one pass for each site; up to L = 8"`
	flow.BaseKeys
}

// Part is the model as the host sees it.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:       core.KindModel,
		Name:       "neuralrg",
		Version:    "0.1.0",
		Summary:    "neural network renormalization group: a hierarchy of couplings for fields on a square lattice",
		Reference:  "Li, Wang, PRL 121, 260601 (2018), arXiv:1802.02840",
		Spaces:     []core.SpaceKind{core.Field},
		Powers:     []core.Power{core.PowerPath, core.PowerSlope, core.PowerMap},
		Precisions: []core.Precision{core.Float32},
		Params:     core.SchemaOf(config{Couplings: 10, Layers: 3, Hidden: 10, Repeats: 1, BaseKeys: flow.StandardBase}),
	},
	NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c config
		core.Decode(s, &c)
		if s.Precision() == core.Float32 {
			return open[float32](c, space)
		}
		return open[float64](c, space)
	},
}

// maxTranslated is the largest edge whose translations are images: 64 of them.
const maxTranslated = 8

// open makes the model that computes in T.
func open[T tensor.Real](c config, space core.Space) (core.Model, error) {
	fail := func(kind core.Kind, hint, format string, args ...any) error {
		return &core.Error{Kind: kind, Op: "build model", Subject: "neuralrg", Err: fmt.Errorf(format, args...), Hint: hint}
	}
	if space.Kind != core.Field || len(space.Shape) != 2 || space.Shape[0] != space.Shape[1] {
		return nil, fail(core.Mismatch, "", "needs a field on a square lattice of L x L sites, the energy has %v", space)
	}
	l := space.Shape[0]
	if l < 2 || l&(l-1) != 0 {
		return nil, fail(core.Mismatch, "the hierarchy halves the lattice until one site is left; realnvp takes any lattice", "L must be a power of two, the energy has L = %d", l)
	}
	scales := bits.Len(uint(l)) - 1
	if c.Depth > scales {
		return nil, fail(core.Invalid, "", "depth is at most log2(L) = %d, got %d", scales, c.Depth)
	}
	if c.Depth == 0 {
		c.Depth = scales
	}
	var symmetries []core.Symmetry
	if c.Z2 {
		symmetries = append(symmetries, core.Z2)
	}
	if c.Translation {
		if l > maxTranslated {
			return nil, fail(core.Invalid, "", "translation is for L up to %d, the energy has L = %d", maxTranslated, l)
		}
		symmetries = append(symmetries, core.Translation)
	}
	h := hierarchy{config: c, l: l}
	couplings, hidden := float64(c.Couplings*2*c.Repeats*c.Depth), float64(c.Hidden)
	blocks := float64(min(2*c.Reach+1, l/2))
	w := couplings * 2 * hidden * (2 + 2*blocks*blocks + float64(c.Layers-1)*hidden)
	if err := core.Afford(float64(grad.Bytes[T]()+grad.Bytes[float64]())*w, "model neuralrg", fmt.Sprintf("%v couplings of %.2g weights each", couplings, w/couplings),
		"fewer couplings, layers, repeats or hidden units"); err != nil {
		return nil, err
	}
	f := newFlow[T](h)
	base, err := c.Base("neuralrg", space)
	if err != nil {
		return nil, err
	}
	return flow.New(f, space, flow.Options{
		Subject:     "neuralrg",
		Base:        base,
		Images:      flow.Images(space.Shape, symmetries...),
		Symmetries:  symmetries,
		LatentScale: h.latentScale(),
		Scratch:     f.Scratch(),
	}), nil
}
