package expression

import (
	"github.com/helmholtz-physics/helmholtz/framework/engine/bytecode"
)

// compiler makes a section of a program of the nodes of a sum.
type compiler struct {
	*items
	constants  *constants
	section    bytecode.Section
	tables     map[leaf]int32
	attributes map[leaf]int32
	fused      map[*node]fused
	settled    map[*node]bool // nodes of which that is decided
}

func newCompiler(it *items, shared *constants) *compiler {
	return &compiler{items: it, constants: shared, tables: map[leaf]int32{}, attributes: map[leaf]int32{}, fused: map[*node]fused{}, settled: map[*node]bool{}}
}

// constants of a program, each once.
type constants struct {
	values []float64
	at     map[float64]int
}

func (c *constants) of(v float64) bytecode.Operand {
	if v != v || v == 0 { // NaN is no key, and 0 and -0 are one
		c.values = append(c.values, v)
		return bytecode.Constant(len(c.values) - 1)
	}
	k, ok := c.at[v]
	if !ok {
		k = len(c.values)
		c.at[v] = k
		c.values = append(c.values, v)
	}
	return bytecode.Constant(k)
}

// table is the number of a leaf's table; of distances both ends come together.
func (c *compiler) table(l leaf) int32 {
	k, ok := c.tables[l]
	switch {
	case ok:
		return k
	case l.kind == leafDistance:
		first, second := pairsOf(c.s.space.Count())
		c.section.Tables = append(c.section.Tables, first, second)
		c.tables[leaf{kind: leafDistance}], c.tables[leaf{kind: leafDistance, end: 1}] = 0, 1
		return int32(l.end)
	}
	k = int32(len(c.section.Tables))
	c.tables[l] = k
	c.section.Tables = append(c.section.Tables, c.entries(l))
	return k
}

// compile makes the program of E, with its slope if that is wanted.
func (s *system) compile(g *graph, t total, slope bool) (*bytecode.Program, error) {
	shared := &constants{at: map[float64]int{}}
	var sections []bytecode.Section
	for _, d := range t.sums() {
		outputs := []output{{node: t.of[d]}}
		if slope {
			leaves, by := g.slopes(t.of[d])
			if g.full {
				return nil, errTooLarge
			}
			for _, l := range leaves {
				outputs = append(outputs, slopeOf(by[l], l))
			}
		}
		if err := s.afford(d, numbersOf(outputs)); err != nil {
			return nil, err
		}
		c := newCompiler(s.items(d), shared)
		c.section.Items = c.number
		// What the value is computed by is the same with the slope, bit for bit: its products are fused first.
		c.fuse(outputs[:1])
		c.section.Value = c.emit(outputs[:1])
		if slope {
			c.fuse(outputs)
			c.section.Slope = c.emit(outputs)
		}
		sections = append(sections, c.section)
	}
	entries, per := s.space.Count(), s.space.Size()/max(1, s.space.Count())
	return bytecode.New(entries, per, t.offset.value, shared.values, sections), nil
}

// numbersOf is how many numbers of 4 bytes the tables have for each item.
func numbersOf(outputs []output) (numbers int) {
	seen := map[*node]bool{}
	distance := false
	for _, o := range outputs {
		for _, n := range below(o.node) {
			if n.op != opLeaf || seen[n] {
				continue
			}
			seen[n] = true
			switch {
			case n.leaf.kind == leafDistance:
				distance = true
			case n.leaf.kind == leafInside || n.leaf.kind == leafPlace || n.leaf.kind == leafAxis:
				numbers += 2
			case n.leaf.moves():
				numbers++
			}
		}
	}
	if distance {
		numbers += 2
	}
	return numbers
}
