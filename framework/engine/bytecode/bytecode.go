// Package bytecode runs straight-line programs over many items of eight configurations side by
// side: a potential that is a sum over sites, bonds or pairs of particles,
//
//	E(x) = e_0 + sum_sections sum_items f(x, item),
//
// and its slope, accumulated by the same program. A program has no jumps; an instruction takes a
// block of items at a time, so that what it costs to decode one is shared by hundreds of numbers.
//
// Numbers of eight configurations stand side by side (a row), so that every operation fills
// vectors whatever the items are, and what is computed for a configuration is the same chain of
// operations wherever it stands. X_cgo.go runs C, an instance for each instruction set (package simd);
// X_purego.go is its plain twin.
package bytecode

import "fmt"

// Width is the number of configurations in a row.
const Width = 8

// Block is the number of items that an instruction takes at a time: the registers that are in use at once
// (of 4 KiB) are near the size of the first cache. Half of it costs a tenth more time for decoding, twice as many the cache.
const Block = 64

// Op is an operation on rows.
type Op int32

// Operations write register Dst from the operands A, B, C, if nothing else is said. Conditions are 1 or 0.
const (
	Add         Op = iota // A + B
	Sub                   // A - B
	Mul                   // A B
	Div                   // A / B
	MulAdd                // A B + C
	MulSub                // A B - C
	SubMul                // C - A B
	Min                   // the lesser of A and B
	Max                   // the greater
	Less                  // A < B
	AtMost                // A <= B
	Equal                 // A = B
	Select                // B where A is not 0, else C
	Image                 // A - B round(A C): the minimum image in a period B, C = 1/B
	Inside                // A - B floor(A C): the image in [0, B)
	Neg                   // -A
	Abs                   // |A|
	Sqrt                  // the square root
	Exp                   // exp(A)
	Log                   // the natural logarithm
	Sin                   // sin(A)
	Cos                   // cos(A)
	Tanh                  // tanh(A)
	Pow                   // A^B, of real numbers as C and Go have it
	Load                  // number C of entry T(item) of x
	AddLoad               // A + what Load gives
	SubLoad               // A - that
	MulLoad               // A times that
	Item                  // attribute T of the item, the same for all configurations
	Total                 // adds A to E; no Dst
	TotalMulAdd           // adds A B + C to E; no Dst
	Scatter               // adds A B to the slope by number C of entry T(item), B a constant; no Dst
	ops
)

// Operand is where numbers come from: a register, a constant, or a number of the item's own entry of x.
type Operand int32

// The three kinds of operands in an int32.
const (
	constantBit Operand = 1 << 30
	ownBit      Operand = 1 << 29
)

// Register is register k.
func Register(k int) Operand { return Operand(k) }

// Constant is number k of the program's constants.
func Constant(k int) Operand { return constantBit | Operand(k) }

// Own is number k of entry number item of x: of sections whose items are the entries.
func Own(k int) Operand { return ownBit | Operand(k) }

// IsRegister tells whether it is a register.
func (o Operand) IsRegister() bool { return o&(constantBit|ownBit) == 0 }

// Instruction is one step. Fields that its operation does not name are 0. Table is -1 where an item is
// its own entry.
type Instruction struct {
	Op      Op
	Dst     int32
	A, B, C Operand
	Table   int32
}

const words = 6 // int32 of an Instruction

// Section is a sum over items.
type Section struct {
	Items int
	// Tables are entries of x by item, Attributes numbers by item.
	Tables     [][]int32
	Attributes [][]float64
	// Value adds the value of every item to E, Slope its slope besides. Value is a part of Slope.
	Value, Slope []Instruction
}

// Program is what the numbers of one configuration are summed by. It may be shared by goroutines.
type Program struct {
	entries, per int
	constants    []float64 // a row each
	offset       float64
	registers    int
	tables       []int32
	attributes   []float64
	value, slope code
}

// code is a program as C reads it.
type code struct {
	sections []int64 // five of each: items, instructions, and where code, tables and attributes begin
	words    []int32
}

// New makes a program of configurations with so many entries of per numbers each, which stand one after the other.
// E begins with offset. It panics if an instruction names what there is not.
func New(entries, per int, offset float64, constants []float64, sections []Section) *Program {
	p := &Program{entries: entries, per: per, offset: offset}
	for _, c := range constants {
		for range Width {
			p.constants = append(p.constants, c)
		}
	}
	for _, s := range sections {
		for _, instructions := range [][]Instruction{s.Value, s.Slope} {
			for _, in := range instructions {
				p.check(s, in, len(constants))
			}
		}
		if s.Items > 0 {
			p.value.add(p, s, s.Value)
			p.slope.add(p, s, s.Slope)
			for _, t := range s.Tables {
				for _, entry := range t {
					p.tables = append(p.tables, entry*int32(per)) // of its first number
				}
			}
			for _, a := range s.Attributes {
				p.attributes = append(p.attributes, a...)
			}
		}
	}
	return p
}

// add appends the instructions of a section whose tables and attributes come next.
func (c *code) add(p *Program, s Section, instructions []Instruction) {
	c.sections = append(c.sections, int64(s.Items), int64(len(instructions)), int64(len(c.words)), int64(len(p.tables)), int64(len(p.attributes)))
	for _, in := range instructions {
		c.words = append(c.words, int32(in.Op), in.Dst, int32(in.A), int32(in.B), int32(in.C), in.Table)
	}
}

// operands of each operation that are read.
func (o Op) operands(in Instruction) []Operand {
	switch {
	case o == Load || o == Item:
		return nil
	case o <= Div || o >= Min && o <= Equal || o == Pow || o == Scatter:
		return []Operand{in.A, in.B}
	case o == MulAdd || o == MulSub || o == SubMul || o == TotalMulAdd || o == Select || o == Image || o == Inside:
		return []Operand{in.A, in.B, in.C}
	}
	return []Operand{in.A}
}

func (p *Program) check(s Section, in Instruction, constants int) {
	fail := func(what string) { panic(fmt.Sprintf("bytecode: instruction %+v: no such %s", in, what)) }
	if in.Op < 0 || in.Op >= ops {
		fail("operation")
	}
	for _, o := range in.Op.operands(in) {
		switch {
		case o&constantBit != 0:
			if int(o&^constantBit) >= constants {
				fail("constant")
			}
		case o&ownBit != 0:
			if int(o&^ownBit) >= p.per || s.Items > p.entries {
				fail("number of the item's entry")
			}
		default:
			p.registers = max(p.registers, int(o)+1)
		}
	}
	p.registers = max(p.registers, int(in.Dst)+1)
	switch in.Op {
	case Item:
		if in.Table < 0 || int(in.Table) >= len(s.Attributes) || len(s.Attributes[in.Table]) != s.Items {
			fail("attribute")
		}
	case Load, AddLoad, SubLoad, MulLoad, Scatter:
		if in.Op == Scatter && in.B&constantBit == 0 {
			fail("constant factor")
		}
		if in.C < 0 || int(in.C) >= p.per {
			fail("number of an entry")
		}
		if in.Table == -1 {
			if s.Items > p.entries || in.Op != Load && in.Op != Scatter {
				fail("entry")
			}
		} else if in.Table < 0 || int(in.Table) >= len(s.Tables) || len(s.Tables[in.Table]) != s.Items {
			fail("table")
		} else {
			for _, e := range s.Tables[in.Table] {
				if e < 0 || int(e) >= p.entries {
					fail("entry")
				}
			}
		}
	}
}

// Scratch is the length of the scratch memory of one thread.
func (p *Program) Scratch() int {
	return Width * (1 + 2*p.entries*p.per + p.registers*(Block+1))
}

// Bytes of the tables.
func (p *Program) Bytes() float64 {
	return 4*float64(len(p.tables)) + 8*float64(len(p.attributes))
}

// Eval writes E of the len(e) configurations in x, one after the other, and the derivatives by x into slope, unless that
// is nil. scratch has Scratch numbers.
func (p *Program) Eval(e, slope, x, scratch []float64) {
	size := p.entries * p.per
	if len(x) != len(e)*size || slope != nil && len(slope) != len(x) || len(scratch) < p.Scratch() {
		panic(fmt.Sprintf("bytecode: %d numbers, %d slopes, %d of scratch memory of %d configurations of %d numbers", len(x), len(slope), len(scratch), len(e), size))
	}
	c := &p.value
	if slope != nil {
		c = &p.slope
	}
	if len(e) > 0 {
		p.eval(c, e, slope, x, scratch)
	}
}
