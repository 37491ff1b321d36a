package flow

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Tiled is a FieldOn whose gradient in theta can be asked for in pieces, tile by tile and
// for some of the configurations: a large gradient is then summed in the cache, and its
// field works on more configurations than are summed at a time.
type Tiled[T tensor.Real] interface {
	FieldOn[T]
	// Tiles cuts the gradient, into pieces that fit a core's own cache. They are the same for every n.
	Tiles() []Tile
	// Accumulate adds to sum a tile of the gradient of configurations from to to-1. It
	// follows a Pull of slot 0 without xbar, divbar and theta, which keeps for it what it
	// needs. Many tasks call it at the same time.
	Accumulate(t Tile, from, to int, sum []T)
}

// Tile is a piece of the parameters: numbers From to To-1 of one of Params.
type Tile struct{ Param, From, To int }

// tiledSums are the sums of a Tiled field, empty for others. Where one slab has the whole
// batch, tiles share the stacks of a pool, which stay in the cache.
type tiledSums[T tensor.Real] struct {
	tiles         []Tile
	shared        par.Pool[*grad.Stack[T]]
	sum           par.Task[*grad.Stack[T]]
	stacks        []grad.Stack[T] // one for each tile, where there are more slabs
	addTo, finish func(tile int)
}

func (v *tiledSums[T]) open(m *Model[T], f Field[T]) {
	on, ok := f.On(1, 1).(Tiled[T])
	if !ok {
		return
	}
	v.tiles = on.Tiles()
	v.stacks = make([]grad.Stack[T], len(v.tiles))
	v.shared.Open = func(int) *grad.Stack[T] { return new(grad.Stack[T]) }
	v.sum = func(s *grad.Stack[T], at par.Span) error {
		m.addTile(s, v.tiles[at.From])
		m.finishTile(s, v.tiles[at.From])
		return nil
	}
	v.addTo = func(i int) { m.addTile(&v.stacks[i], v.tiles[i]) }
	v.finish = func(i int) { m.finishTile(&v.stacks[i], v.tiles[i]) }
}

// sumTiles adds the slab to all tiles, and finishes them where it is the only one.
func (m *Model[T]) sumTiles() {
	c := &m.moving.tiled
	if m.moving.pool.Slabs() == 1 {
		_ = c.shared.Each(par.CutBy(par.All(len(c.tiles)), 1), c.sum)
	} else {
		par.For(len(c.tiles), c.addTo)
	}
}

// addTile adds the slab to a tile.
func (m *Model[T]) addTile(s *grad.Stack[T], t Tile) {
	n := t.To - t.From
	for _, of := range m.moving.segments {
		m.moving.pool.Work(of.Chunk).field.(Tiled[T]).Accumulate(t, of.From, of.From+of.N, s.Top(of, n))
		s.Merge(of, n)
	}
}

// finishTile writes a tile's sum to the caller's gradient.
func (m *Model[T]) finishTile(s *grad.Stack[T], t Tile) {
	copy(m.params.Blocks()[t.Param].In(m.moving.call.grad)[t.From:t.To], s.Take(t.To-t.From))
}
