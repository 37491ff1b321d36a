// Package group makes a symmetric model of any other: its density averaged over the
// images of a finite group of transformations g that keep volumes,
//
//	p(x) = 1/|G| sum_g q(g x).
//
// As g runs through a group, p(h x) = p(x) for each h in G, and p is normalised as q is.
// A draw is one of q, y, under an image g that is drawn evenly. With the weights
//
//	s_g(x) = q(g x) / sum_h q(h x),
//
// the softmax of ln q over the images, the gradient in the parameters is
//
//	grad ln p(x) = sum_g s_g(x) grad ln q(g x),
//
// so that a pull-back with the weights w_i is one of q, with w_i s_g(x_i) at g x_i. By the
// convexity of t ln t the average of a density over symmetries of the energy has a
// variational free energy that is not higher than that of q.
package group

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Average is the average of a model over images, itself a model: one of the same
// parameters. It takes |G| evaluations of q where q takes one.
type Average struct {
	model  core.Model
	spec   core.ModelSpec
	images []core.Image

	drawn uint64    // ID of the batch drawn last
	lnQ   []float64 // of its images, empty if parameters were loaded since
	x, w  []float64 // a slab of images, and weights of them
}

var _ core.Model = (*Average)(nil)

// mostNumbers in all images of one configuration together: a group that has more is not
// averaged over, as of permutations of many particles.
const mostNumbers = 1 << 26

// slab is how many numbers are handed to the model in one call, 8 MiB: the images of all
// configurations of a batch would take |G| times the memory of the batch.
const slab = 1 << 20

// seedImages names the stream of the images in a draw, beside the model's own.
const seedImages = 1

// New averages m over the group that finite symmetries generate. What m remembers of its
// draws and is not of its density is lost: its powers, and its scales.
func New(m core.Model, symmetries ...core.Symmetry) (*Average, error) {
	const op = "average model"
	spec := m.Spec()
	if err := core.LacksDensity(spec.Powers); err != nil {
		return nil, core.Errorf(core.Mismatch, op, "average", "%w", err)
	}
	size := max(1, spec.Space.Size())
	images, err := core.Images(spec.Space, max(1, mostNumbers/size), symmetries...)
	if err != nil {
		return nil, core.Errorf(core.Mismatch, op, "average", "%w", err)
	}
	for _, s := range symmetries {
		if !slices.Contains(spec.Symmetries, s) {
			spec.Symmetries = append(spec.Symmetries[:len(spec.Symmetries):len(spec.Symmetries)], s)
		}
	}
	spec.Powers, spec.LatentScale, spec.Base = nil, nil, nil
	k := float64(len(images))
	spec.Memory.Fixed += 8*k*float64(size) + 8*max(slab, k*float64(size))
	spec.Memory.PerConfiguration += 16 * k
	return &Average{model: m, spec: spec, images: images}, nil
}

// Images is the number of images, |G|.
func (m *Average) Images() int { return len(m.images) }

// Spec implements core.Model. The symmetries of q stay: of two in the table of
// symmetries, one group always maps the other onto itself.
func (m *Average) Spec() core.ModelSpec { return m.spec }

// Trust tells a model whose claims are looked at once that they were, as a run does that
// is continued.
func (m *Average) Trust() {
	if checked, ok := m.model.(interface{ Trust() }); ok {
		checked.Trust()
	}
}

// Init implements core.Model.
func (m *Average) Init(theta []float64, seed uint64) error { return m.model.Init(theta, seed) }

// Load implements core.Model.
func (m *Average) Load(theta []float64) error {
	m.lnQ = m.lnQ[:0]
	return m.model.Load(theta)
}

// Sample implements core.Density.
func (m *Average) Sample(dst *core.Batch, seed uint64, n int) error {
	if err := m.model.Sample(dst, seed, n); err != nil {
		return err
	}
	d := m.spec.Space.Size()
	y := make([]float64, d)
	var source rand.PCG
	for i := range n {
		core.SeedStream(&source, core.Derive(seed, seedImages), uint64(dst.From+i))
		g := m.images[rand.New(&source).IntN(len(m.images))]
		x := dst.X[i*d : (i+1)*d]
		copy(y, x)
		m.apply(g, x, y)
	}
	m.drawn++
	dst.ID, m.lnQ = m.drawn, core.Resize(m.lnQ, n*len(m.images))
	if err := m.logQ(m.lnQ, dst.X); err != nil {
		m.lnQ = m.lnQ[:0]
		return err
	}
	m.average(dst.LogP, m.lnQ)
	return nil
}

// LogProb implements core.Density.
func (m *Average) LogProb(dst, x []float64) error {
	lnQ := make([]float64, len(dst)*len(m.images))
	if err := m.logQ(lnQ, x); err != nil {
		return err
	}
	m.average(dst, lnQ)
	return nil
}

// Pull implements core.Model.
func (m *Average) Pull(grad []float64, b *core.Batch, w []float64) error {
	lnQ := m.lnQ
	if b.ID == 0 || b.ID != m.drawn || len(lnQ) != b.N*len(m.images) {
		lnQ = make([]float64, b.N*len(m.images))
		if err := m.logQ(lnQ, b.X); err != nil {
			return err
		}
	}
	part := make([]float64, len(grad))
	var err error
	b.Sum(grad, func(sum []float64, from, to int) {
		if err == nil {
			err = m.pull(sum, part, b.X, lnQ, w, from, to)
		}
	})
	return err
}

// pull adds to sum what the configurations from to to-1 give; part has room for a
// gradient.
func (m *Average) pull(sum, part, x, lnQ, w []float64, from, to int) error {
	k, d := len(m.images), m.spec.Space.Size()
	return m.slabs(x[from*d:to*d], func(first int, images []float64, n int) error {
		m.w = core.Resize(m.w, n*k)
		for i := range n {
			at := from + first + i
			softmax(m.w[i*k:(i+1)*k], lnQ[at*k:(at+1)*k], w[at])
		}
		if err := m.model.Pull(part, &core.Batch{N: n * k, X: images}, m.w); err != nil {
			return err
		}
		for j, v := range part {
			sum[j] += v
		}
		return nil
	})
}

// logQ writes ln q of all images of x, those of one configuration side by side.
func (m *Average) logQ(dst, x []float64) error {
	k := len(m.images)
	return m.slabs(x, func(first int, images []float64, n int) error {
		return m.model.LogProb(dst[first*k:(first+n)*k], images)
	})
}

// slabs calls f with the images of n configurations from the first on, for all of x.
func (m *Average) slabs(x []float64, f func(first int, images []float64, n int) error) error {
	d, k := m.spec.Space.Size(), len(m.images)
	most := max(1, slab/(k*d))
	for first, all := 0, len(x)/d; first < all; {
		n := min(most, all-first)
		m.x = core.Resize(m.x, n*k*d)
		for i := range n {
			for g, image := range m.images {
				at := (i*k + g) * d
				m.apply(image, m.x[at:at+d], x[(first+i)*d:(first+i+1)*d])
			}
		}
		if err := f(first, m.x, n); err != nil {
			return err
		}
		first += n
	}
	return nil
}

// apply writes g x, with legal numbers.
func (m *Average) apply(g core.Image, y, x []float64) {
	g.Apply(y, x)
	m.spec.Space.Wrap(y)
}

// average writes ln p(x) = ln sum_g q(g x) - ln |G| of each configuration.
func (m *Average) average(dst, lnQ []float64) {
	k := len(m.images)
	for i := range dst {
		one := lnQ[i*k : (i+1)*k]
		dst[i] = logSum(one) - math.Log(float64(k))
	}
}

// softmax writes w q_g/sum_h q_h; zero where no image has a density.
func softmax(dst, lnQ []float64, w float64) {
	total := logSum(lnQ)
	for g, v := range lnQ {
		if dst[g] = w * math.Exp(v-total); math.IsInf(total, -1) {
			dst[g] = 0
		}
	}
}

func logSum(v []float64) float64 {
	top := slices.Max(v)
	if math.IsInf(top, 0) {
		return top
	}
	sum := 0.0
	for _, x := range v {
		sum += math.Exp(x - top)
	}
	return top + math.Log(sum)
}
