// Package data is an energy that is known by its rows alone: configurations of a file or a
// data set that has a name. They are drawn from a density
//
//	p_data(x) = exp(-E(x)),
//
// of which nothing else is known, so there is no E and no temperature. A model learns from
// the rows for training by
//
//	NLL = -< ln p(x) >_data = KL(p_data || p) + entropy of p_data,
//
// the other side of the free energy, KL(p || exp(-beta E)/Z) - ln Z, by which it learns from an
// E. Rows may be transformed first, y = T(x); likelihoods are those of x.
package data

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/data"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
)

const name = "data"

// Config is the energy's table in the run file.
type Config struct {
	File       string    `key:"file" opt:"required,file,named" help:"a file (HDF5, CSV, NumPy, idx) or the name of a data set, as docs/data.md says"`
	Dataset    string    `key:"dataset" help:"where the rows stand in an HDF5 or .npz file, or in a data set; when empty, x, the samples of a results.h5, the only array, or the first of a data set"`
	Labels     string    `key:"labels" help:"where the classes of the rows stand in the same file or data set, whole numbers; for maps of latent variables, nothing learns from them"`
	Kind       string    `key:"kind" choices:"field,levels,spins,particles,angles" help:"what the numbers of a row are, after the transforms"`
	Shape      []float64 `key:"shape" help:"shape of a configuration, as [28, 28]; when empty, the shape of a row of the file"`
	Levels     int       `key:"levels" min:"0" max:"2147483647" help:"q of levels 0, ..., q-1 in the file, or of kind = \"levels\"; 0 takes the largest number and adds 1"`
	Transform  []string  `key:"transform" help:"what is done to a row, one after the other: dequantise, logit, standardise, standardise_globally, whiten, centre, scale, one_hot, binarise, spins; likelihoods are those of the file's numbers, or where measure stands, of the numbers at its place"`
	Margin     float64   `key:"margin" min:"0" below:"0.5" only:"transform=logit" help:"a of the logit of a + (1 - 2a) x"`
	Threshold  float64   `key:"threshold" only:"transform=binarise" help:"least number that binarise makes 1"`
	Unit       float64   `key:"unit" above:"0" only:"transform=scale" help:"number that scale makes 1"`
	Noise      uint64    `key:"noise" min:"0" only:"transform=dequantise" help:"seed of the noise of dequantise"`
	Symmetries []string  `key:"symmetries" help:"what the density of the data is thought to have, as z2: a model that has another is refused"`
	Train      string    `key:"train" help:"rows to learn from: FROM:TO, counted from 0, or a share, as 0.8, of rows in random order; when no part is given, all"`
	Validation string    `key:"validation" help:"rows that decide when training has been enough, in the same way"`
	Test       string    `key:"test" help:"rows that nothing is learned from, in the same way"`
	Seed       uint64    `key:"seed" min:"0" help:"decides which rows are in which share"`
}

var powers = []core.Power{core.PowerRows, core.PowerTransformed, core.PowerLabels, core.PowerUnknown}

// Part is the energy plugin.
var Part = core.Part{
	Manifest: core.Manifest{
		Kind:    core.KindEnergy,
		Name:    name,
		Version: "1.0.0",
		Summary: "configurations of a file or data set, to learn from",
		Powers:  powers,
		Params:  core.SchemaOf(Config{Kind: "field", Margin: 1e-6, Threshold: 1, Unit: 1, Noise: 1, Seed: 1}),
	},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c Config
		core.Decode(s, &c)
		return New(c)
	},
}

// Rows is the energy.
type Rows struct {
	spec       core.EnergySpec
	parts      []data.Part // of the ranges of the spec
	transforms data.List   // fitted to the rows for training
	labels     []float64   // of all rows of the file
}

var (
	_ core.Energy      = (*Rows)(nil)
	_ core.Given       = (*Rows)(nil)
	_ core.Transformed = (*Rows)(nil)
	_ core.Labelled    = (*Rows)(nil)
)

// New reads the rows.
func New(c Config) (*Rows, error) {
	a, err := data.Load(c.File, c.Dataset)
	if err != nil {
		return nil, err
	}
	list, err := c.transforms(a)
	if err != nil {
		return nil, err
	}
	p, err := data.Prepare(a, data.Division{Train: c.Train, Validation: c.Validation, Test: c.Test, Seed: c.Seed}, list)
	if err != nil {
		return nil, err
	}
	space, err := c.space(a, p.Train.Size)
	if err != nil {
		return nil, err
	}
	for _, word := range c.Symmetries {
		if err := core.Symmetry(word).In(space); err != nil {
			return nil, energy.BadSetting(name, "symmetries", fmt.Sprintf("has %s: %v", core.Shorten(strconv.Quote(word)), err))
		}
	}
	e := &Rows{spec: core.EnergySpec{Space: space, Units: "1", Dimension: a.Size(), Warnings: p.Notes,
		Powers: slices.Clone(powers)}, transforms: p.Transforms}
	if e.labels, err = c.labels(a); err != nil {
		return nil, err
	}
	e.spec.Powers = slices.DeleteFunc(e.spec.Powers, func(p core.Power) bool {
		return p == core.PowerTransformed && len(list) == 0 || p == core.PowerLabels && e.labels == nil
	})
	for _, word := range c.Symmetries {
		e.spec.Symmetries = append(e.spec.Symmetries, core.Symmetry(word))
	}
	for _, part := range []data.Part{p.Train, p.Validation, p.Test} {
		if len(part.Rows) == 0 {
			continue
		}
		if k := space.Illegal(part.Y); k >= 0 {
			return nil, core.Errorf(core.Invalid, "read data", c.File, "row %d, number %d is %v after the transforms, and %s", part.Rows[k/part.Size]+1, k%part.Size+1, part.Y[k], space.Legal(k%part.Size))
		}
		e.parts = append(e.parts, part)
		e.spec.Memory.Fixed += 8 * float64(len(part.Y)+len(part.LnDet))
	}
	e.spec.Rows = core.Ranges(len(p.Train.Rows), len(p.Validation.Rows), len(p.Test.Rows))
	return e, nil
}

// labels are those of all rows of the file, nil where no key asks for them.
func (c Config) labels(of *data.Array) ([]float64, error) {
	if c.Labels == "" {
		return nil, nil
	}
	a, err := data.Load(c.File, c.Labels)
	if err != nil {
		return nil, err
	}
	if len(a.X) != of.Rows() || slices.ContainsFunc(a.X, func(v float64) bool { return v != math.Trunc(v) || math.Abs(v) > math.MaxInt32 }) {
		return nil, energy.BadSetting(name, "labels", fmt.Sprintf("names %v, and %d rows have a whole number each", a, of.Rows()))
	}
	return a.X, nil
}

// at is the part that a row is in, and its place there.
func (e *Rows) at(number int32) (part *data.Part, place int) {
	for k, r := range e.spec.Rows {
		if int(number) < r.To {
			return &e.parts[k], int(number) - r.From
		}
	}
	panic(fmt.Sprintf("data: no row %d", number))
}

// transforms are those that the keys name.
func (c Config) transforms(a *data.Array) (list data.List, err error) {
	levels := c.Levels
	if levels == 0 {
		levels = int(a.Most) + 1
	}
	for _, word := range c.Transform {
		switch word {
		case "dequantise":
			list = append(list, data.Dequantise{Levels: levels, Seed: c.Noise})
		case "logit":
			list = append(list, data.Logit{Margin: c.Margin})
		case "standardise":
			list = append(list, data.Standardise{})
		case "standardise_globally":
			list = append(list, data.Standardise{Globally: true})
		case "whiten":
			list = append(list, data.Whiten{})
		case "centre":
			list = append(list, data.Centre{})
		case "scale":
			list = append(list, data.Scale{Unit: c.Unit})
		case "one_hot":
			list = append(list, data.OneHot{Levels: levels})
		case "binarise":
			list = append(list, data.Binarise{Threshold: c.Threshold})
		case "spins":
			list = append(list, data.Spins{})
		case "measure":
			list = append(list, data.Measure{})
		default:
			return nil, energy.BadSetting(name, "transform", fmt.Sprintf("has %s, and the transforms are dequantise, logit, standardise, standardise_globally, whiten, centre, scale, one_hot, binarise, spins and measure", core.Shorten(strconv.Quote(word))))
		}
	}
	return list, nil
}

// space of configurations of so many numbers.
func (c Config) space(a *data.Array, size int) (core.Space, error) {
	s := core.Space{Kind: core.SpaceKind(c.Kind)}
	for _, n := range c.Shape {
		if !(n >= 1 && n <= float64(size) && n == math.Trunc(n)) {
			return s, energy.BadSetting(name, "shape", fmt.Sprintf("is %v, and is made of whole numbers up to %d, those of a row of %s", c.Shape, size, c.File))
		}
		s.Shape = append(s.Shape, int(n))
	}
	if len(s.Shape) == 0 {
		s.Shape = slices.Clone(a.Shape[1:])
		if each := size / a.Size(); each > 1 { // one-hot
			s.Shape = append(s.Shape, each)
		}
	}
	if len(s.Shape) == 0 {
		s.Shape = []int{size}
	}
	product := 1
	for _, n := range s.Shape {
		product = min(product*n, size+1)
	}
	if product != size {
		return s, energy.BadSetting(name, "shape", fmt.Sprintf("is %v, and a row of %s has %d numbers", s.Shape, c.File, size))
	}
	if s.Kind == core.Levels {
		if s.Levels = c.Levels; s.Levels == 0 {
			s.Levels = int(a.Most) + 1
		}
		if slices.ContainsFunc(c.Transform, func(word string) bool { return word == "binarise" || word == "one_hot" }) {
			s.Levels = 2
		}
	}
	return s, nil
}

// Spec implements core.Energy.
func (e *Rows) Spec() core.EnergySpec { return e.spec }

// Eval implements core.Energy: E is not known.
func (e *Rows) Eval([]float64, *core.Batch) error {
	return core.Errorf(core.Unsupported, "evaluate", name, "it is data, of which E is not known")
}

// Rows implements core.Given.
func (e *Rows) Rows(x []float64, number []int32) error {
	d := e.spec.Space.Size()
	for i, k := range number {
		part, place := e.at(k)
		copy(x[i*d:(i+1)*d], part.Y[place*d:])
	}
	return nil
}

// DataLogDet implements core.Transformed.
func (e *Rows) DataLogDet(dst []float64, number []int32) error {
	for i, k := range number {
		part, place := e.at(k)
		dst[i] = part.LnDet[place]
	}
	return nil
}

// Labels implements core.Labelled.
func (e *Rows) Labels(dst, number []int32) error {
	for i, k := range number {
		part, place := e.at(k)
		dst[i] = int32(e.labels[part.Rows[place]])
	}
	return nil
}

// Restore implements core.Transformed: x are numbers of the file, wherever measure stands.
func (e *Rows) Restore(x, y []float64) error {
	restored, err := e.transforms.Inverse(y, len(y)/e.spec.Space.Size(), e.spec.DataSize())
	if err != nil {
		return err
	}
	copy(x, restored)
	return nil
}
