package learn

import (
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Source describes a stream of configurations: what is drawn, and what stands
// beside it in every row.
type Source struct {
	// Name in messages.
	Name string
	// Draw draws the configurations; nil where all columns come from Parents and
	// Noise.
	Draw core.Sampler
	// Gives are the columns of a draw.
	Gives []core.Column
	Blame Blame // names the part that draws
	// Chains is the model whose own Markov chains the draws move; nil where they are
	// those of no model. Their state is the loop's ([Loop.Chains]).
	Chains *Part
	// Parents are sources whose columns stand beside these, row by row.
	Parents []Parent
	// Noise are columns of random numbers.
	Noise []core.Noise
	// Base is the density of those of the law core.FromBase.
	Base *core.Base
}

// Parent is a source in a role: its columns are those of the role.
type Parent struct {
	*Source
	Role string
}

// columns are all that a batch of the source has.
func (s *Source) columns() []core.Column {
	all := append([]core.Column(nil), s.Gives...)
	for _, p := range s.Parents {
		for _, c := range p.columns() {
			all = append(all, c.In(p.Role))
		}
	}
	for _, n := range s.Noise {
		all = append(all, n.Column)
	}
	return all
}

// stream is a source in use, with memory of its own.
type stream struct {
	*Source
	state   core.SamplerState
	seed    uint64
	parents []*parent
	random  rand.PCG
}

// parent is a source in a role, in use.
type parent struct {
	*stream
	columns, here []core.Column // its own, and what they are beside it
	batch         core.Batch
}

// purposeNoise is the word of the seeds of noise, before that of the column.
const purposeNoise = 1 << 32

// open makes a stream of the source. seed decides all its numbers.
func (s *Source) open(seed uint64) (*stream, error) {
	t := &stream{Source: s, seed: seed}
	var err error
	if s.Draw != nil {
		if t.state, err = s.Draw.Init(seed); err != nil {
			return nil, t.Blame.of(err)
		}
	}
	for i, p := range s.Parents {
		of, err := p.open(core.Derive(seed, uint64(i)))
		if err != nil {
			return nil, err
		}
		q := &parent{stream: of, columns: p.columns()}
		for _, c := range q.columns {
			q.here = append(q.here, c.In(p.Role))
		}
		t.parents = append(t.parents, q)
	}
	return t, nil
}

// moves tells whether chains of the host's are drawn.
func (t *stream) moves() bool {
	return !t.state.Chains.Empty() || slices.ContainsFunc(t.parents, func(p *parent) bool { return p.moves() })
}

// fill fills b with n rows for a step, those from b.From on of b.Total.
func (t *stream) fill(b *core.Batch, step int64, n int, sizes core.Sizes) error {
	if t.Draw == nil {
		b.Reset(n, 0)
		b.LogP = b.LogP[:0]
	} else {
		// What is drawn at a step does not depend on the steps that this process made.
		t.state.Drawn = uint64(step - 1)
		next, err := t.Draw.Next(b, t.state, n)
		if err != nil {
			return t.Blame.of(err)
		}
		t.state = next
		if b.Chains > 0 && t.Chains == nil && t.state.Chains.Empty() {
			return core.Errorf(core.Internal, "draw", t.Name, "the model draws from Markov chains, and the source does not say so")
		}
	}
	for _, p := range t.parents {
		p.batch.From, p.batch.Total, p.batch.Shares = b.From, b.Total, b.Shares
		if err := p.fill(&p.batch, step, n, sizes); err != nil {
			return err
		}
		for i, c := range p.columns {
			p.here[i].Share(b, &p.batch, c)
		}
	}
	for k, noise := range t.Noise {
		each := noise.Column.Length(1, sizes)
		v, seed := noise.Column.Room(b, n*each), core.Derive(t.seed, purposeNoise+uint64(k), uint64(step))
		for i := range n {
			core.SeedStream(&t.random, seed, uint64(b.From+i))
			drawNoise(noise, t.Base, v[i*each:(i+1)*each], &t.random)
		}
	}
	return nil
}

func drawNoise(noise core.Noise, base *core.Base, v []float64, stream *rand.PCG) {
	random := rand.New(stream)
	for i := range v {
		switch {
		case noise.Law == core.Normal, noise.Law == core.FromBase:
			v[i] = random.NormFloat64()
		case noise.Law == core.Signs:
			v[i] = float64(1 - 2*random.IntN(2))
		case noise.Values == 1:
			v[i] = 1
		case noise.Values > 0:
			v[i] = float64(random.IntN(noise.Values)) / float64(noise.Values-1)
		default:
			v[i] = random.Float64()
		}
	}
	if noise.Law == core.FromBase {
		base.Color(v, 1)
	}
}
