package expression

import "github.com/helmholtz-physics/helmholtz/framework/engine/bytecode"

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
	leaf *node   // whose slope it is; nil of the value
	by   float64 // factor of a slope
}

// slopeOf is the slope by a leaf, without its constant factor.
func slopeOf(n, leaf *node) output {
	o := output{n, leaf, 1}
	for {
		switch {
		case o.node.op == bytecode.Neg:
			o.node, o.by = o.node.a, -o.by
		case o.node.op == bytecode.Mul && o.node.a.op == opConstant:
			o.node, o.by = o.node.b, o.by*o.node.a.value
		default:
			return o
		}
	}
}

// fused is an operation with the product that is one of its operands.
type fused struct {
	op      bytecode.Op
	a, b, c *node
}

// fuse finds sums with a product that nothing else of the outputs needs.
func (c *compiler) fuse(outputs []output) {
	all, uses := c.wanted(outputs)
	single := func(n *node) bool { return n.op == bytecode.Mul && uses[n] == 1 }
	for _, n := range all {
		if _, ok := c.fused[n]; ok || c.settled[n] {
			continue
		}
		switch {
		case n.op == bytecode.Add && single(n.a):
			c.fused[n] = fused{bytecode.MulAdd, n.a.a, n.a.b, n.b}
		case n.op == bytecode.Add && single(n.b):
			c.fused[n] = fused{bytecode.MulAdd, n.b.a, n.b.b, n.a}
		case n.op == bytecode.Sub && single(n.a):
			c.fused[n] = fused{bytecode.MulSub, n.a.a, n.a.b, n.b}
		case n.op == bytecode.Sub && single(n.b):
			c.fused[n] = fused{bytecode.SubMul, n.b.a, n.b.b, n.a}
		}
	}
	for _, n := range all {
		c.settled[n] = true
	}
}

// shape is what a node is computed by.
func (c *compiler) shape(n *node) (op bytecode.Op, operands []*node) {
	if f, ok := c.fused[n]; ok {
		return f.op, []*node{f.a, f.b, f.c}
	}
	for o := range n.operands {
		operands = append(operands, o)
	}
	return n.op, operands
}

// wanted lists the nodes that outputs are computed by, operands first, and how often each is used.
func (c *compiler) wanted(outputs []output) (all []*node, uses map[*node]int) {
	uses = map[*node]int{}
	var visit func(n *node)
	visit = func(n *node) {
		if uses[n]++; uses[n] > 1 {
			return
		}
		_, operands := c.shape(n)
		for _, o := range operands {
			visit(o)
		}
		all = append(all, n)
	}
	for _, o := range outputs {
		visit(o.node)
	}
	return all, uses
}

func (c *compiler) emit(outputs []output) []bytecode.Instruction {
	e := &emitter{compiler: c, at: map[*node]bytecode.Operand{}}
	_, e.uses = c.wanted(outputs)
	for _, o := range outputs {
		e.write(o)
	}
	return e.out
}

func (e *emitter) write(o output) {
	if f := e.fused[o.node]; o.leaf == nil && f.op == bytecode.MulAdd && e.uses[o.node] == 1 {
		a, b, c := e.operand(f.a), e.operand(f.b), e.operand(f.c)
		e.out = append(e.out, bytecode.Instruction{Op: bytecode.TotalMulAdd, A: a, B: b, C: c, Table: -1})
		for _, n := range []*node{f.a, f.b, f.c} {
			e.done(n)
		}
		return
	}
	in := bytecode.Instruction{Op: bytecode.Total, A: e.operand(o.node), Table: -1}
	if o.leaf == nil {
		e.out = append(e.out, in)
		e.done(o.node)
		return
	}
	in.Op, in.B = bytecode.Scatter, e.constants.of(o.by)
	switch l := o.leaf.leaf; {
	case l.kind == leafDistance: // x_i - x_j
		in.C = bytecode.Operand(l.axis)
		in.Table = e.table(leaf{kind: leafDistance})
		e.out = append(e.out, in)
		in.B, in.Table = e.constants.of(-o.by), e.table(leaf{kind: leafDistance, end: 1})
		e.out = append(e.out, in)
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
		op, operands := e.shape(n)
		in := bytecode.Instruction{Op: op, Table: -1}
		if k := e.loadable(op, operands); k >= 0 {
			in.Op, in.Table = bytecode.AddLoad+op-bytecode.Add, e.table(operands[k].leaf)
			e.uses[operands[k]]--
			operands = []*node{operands[1-k]}
		}
		places := []*bytecode.Operand{&in.A, &in.B, &in.C}
		for k, o := range operands {
			*places[k] = e.operand(o)
		}
		for _, o := range operands { // a register that is read for the last time may be written
			e.done(o)
		}
		e.at[n] = e.emitTo(in)
	}
	return e.at[n]
}

// loadable is which of two operands is loaded by the operation itself, since nothing else needs it; -1 is none.
func (e *emitter) loadable(op bytecode.Op, operands []*node) int {
	if op != bytecode.Add && op != bytecode.Sub && op != bytecode.Mul {
		return -1
	}
	for k := 1; k >= 0; k-- {
		n := operands[k]
		from := n.op == opLeaf && (n.leaf.kind == leafEnd || n.leaf.kind == leafSite && n.leaf.away != [3]int8{})
		if _, there := e.at[n]; from && !there && e.uses[n] == 1 && operands[1-k] != n && (k == 1 || op != bytecode.Sub) {
			return k
		}
	}
	return -1
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
		axis := bytecode.Operand(l.axis)
		from := e.emitTo(bytecode.Instruction{Op: bytecode.Load, C: axis, Table: e.table(leaf{kind: leafDistance})})
		e.out = append(e.out, bytecode.Instruction{Op: bytecode.SubLoad, Dst: int32(from), A: from, C: axis, Table: e.table(leaf{kind: leafDistance, end: 1})})
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
