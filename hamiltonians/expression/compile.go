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

// emitter writes one list of instructions: nodes in the order in which they are wanted, each once, in registers
// that are free again when nothing further needs them.
type emitter struct {
	*compiler
	out   []bytecode.Instruction
	at    map[*node]bytecode.Operand
	uses  map[*node]int // by nodes and outputs that are still to come
	free  []int
	taken int
}

// output is a node with what is done with it.
type output struct {
	node *node
	leaf *node // whose slope it is; nil of the value
}

func (c *compiler) emit(outputs []output) []bytecode.Instruction {
	e := &emitter{compiler: c, at: map[*node]bytecode.Operand{}, uses: map[*node]int{}}
	seen := map[*node]bool{}
	for _, o := range outputs {
		e.uses[o.node]++
		for _, n := range below(o.node) {
			if !seen[n] {
				seen[n] = true
				for operand := range n.operands {
					e.uses[operand]++
				}
			}
		}
	}
	for _, o := range outputs {
		e.write(o)
	}
	return e.out
}

func (e *emitter) write(o output) {
	in := bytecode.Instruction{Op: bytecode.Total, A: e.operand(o.node), Table: -1}
	if o.leaf == nil {
		e.out = append(e.out, in)
		e.done(o.node)
		return
	}
	in.Op = bytecode.Scatter
	switch l := o.leaf.leaf; {
	case l.kind == leafDistance: // x_i - x_j
		in.C = bytecode.Operand(l.axis)
		in.Table = e.table(leaf{kind: leafDistance})
		e.out = append(e.out, in)
		minus := e.register()
		e.out = append(e.out, bytecode.Instruction{Op: bytecode.Neg, Dst: int32(minus), A: in.A, Table: -1})
		in.A, in.Table = bytecode.Register(minus), e.table(leaf{kind: leafDistance, end: 1})
		e.out = append(e.out, in)
		e.free = append(e.free, minus)
	case l.kind == leafCoordinate:
		in.C = bytecode.Operand(l.axis)
		e.out = append(e.out, in)
	case l.kind == leafSite && l.away == [3]int8{}:
		e.out = append(e.out, in)
	default:
		in.Table = e.table(l)
		e.out = append(e.out, in)
	}
	e.done(o.node)
}

// operand is where a node's numbers are, after the instructions that make them.
func (e *emitter) operand(n *node) bytecode.Operand {
	if o, ok := e.at[n]; ok {
		return o
	}
	switch {
	case n.op == opConstant:
		e.at[n] = e.constants.of(n.value)
	case n.op == opLeaf:
		e.at[n] = e.leaf(n.leaf)
	default:
		in := bytecode.Instruction{Op: n.op, Table: -1}
		places := []*bytecode.Operand{&in.A, &in.B, &in.C}
		for o := range n.operands {
			*places[0] = e.operand(o)
			places = places[1:]
		}
		for o := range n.operands { // a register that is read for the last time may be written
			e.done(o)
		}
		e.at[n] = e.emitTo(in)
	}
	return e.at[n]
}

// emitTo writes an instruction into a register.
func (e *emitter) emitTo(in bytecode.Instruction) bytecode.Operand {
	to := e.register()
	in.Dst = int32(to)
	e.out = append(e.out, in)
	return bytecode.Register(to)
}

func (e *emitter) register() int {
	if n := len(e.free); n > 0 {
		r := e.free[n-1]
		e.free = e.free[:n-1]
		return r
	}
	e.taken++
	return e.taken - 1
}

// done notes that a node was used once.
func (e *emitter) done(n *node) {
	if e.uses[n]--; e.uses[n] > 0 {
		return
	}
	if o := e.at[n]; o.IsRegister() {
		e.free = append(e.free, int(o))
	}
}

// leaf loads one.
func (e *emitter) leaf(l leaf) bytecode.Operand {
	switch l.kind {
	case leafCoordinate:
		own := bytecode.Own(l.axis)
		if e.s.space.Box == nil {
			return own
		}
		edge := e.s.space.Box[l.axis]
		return e.emitTo(bytecode.Instruction{Op: bytecode.Inside, A: own, B: e.constants.of(edge), C: e.constants.of(1 / edge), Table: -1})
	case leafDistance:
		from := e.emitTo(bytecode.Instruction{Op: bytecode.Load, C: bytecode.Operand(l.axis), Table: e.table(leaf{kind: leafDistance})})
		to := e.emitTo(bytecode.Instruction{Op: bytecode.Load, C: bytecode.Operand(l.axis), Table: e.table(leaf{kind: leafDistance, end: 1})})
		e.out = append(e.out, bytecode.Instruction{Op: bytecode.Sub, Dst: int32(from), A: from, B: to, Table: -1})
		e.free = append(e.free, int(to))
		if e.s.space.Box != nil {
			edge := e.s.space.Box[l.axis]
			e.out = append(e.out, bytecode.Instruction{Op: bytecode.Image, Dst: int32(from), A: from, B: e.constants.of(edge), C: e.constants.of(1 / edge), Table: -1})
		}
		return from
	case leafSite:
		if l.away == [3]int8{} {
			return bytecode.Own(0)
		}
		fallthrough
	case leafEnd:
		return e.emitTo(bytecode.Instruction{Op: bytecode.Load, Table: e.table(l)})
	}
	k, ok := e.attributes[l]
	if !ok {
		k = int32(len(e.section.Attributes))
		e.attributes[l] = k
		e.section.Attributes = append(e.section.Attributes, e.numbers(l))
	}
	return e.emitTo(bytecode.Instruction{Op: bytecode.Item, Table: k})
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
				outputs = append(outputs, output{by[l], l})
			}
		}
		if err := s.afford(d, numbersOf(outputs)); err != nil {
			return nil, err
		}
		c := &compiler{items: s.items(d), constants: shared, tables: map[leaf]int32{}, attributes: map[leaf]int32{}}
		c.section.Items = c.number
		c.section.Value = c.emit(outputs[:1])
		if slope {
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
