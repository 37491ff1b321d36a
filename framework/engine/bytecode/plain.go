package bytecode

import "math"

// plain is the definition: one configuration after the other, item by item, each number by itself.
func (p *Program) plain(c *code, e, slope, x []float64) {
	size := p.entries * p.per
	r := make([]float64, p.registers)
	clear(slope)
	for i := range e {
		m := plainMachine{p: p, x: x[i*size : (i+1)*size], registers: r}
		if slope != nil {
			m.slope = slope[i*size : (i+1)*size]
		}
		for s := c.sections; len(s) > 0; s = s[5:] {
			instructions := c.words[s[2] : s[2]+words*s[1]]
			m.items, m.tables, m.attributes = int(s[0]), p.tables[s[3]:], p.attributes[s[4]:]
			for m.item = range m.items {
				for at := 0; at < len(instructions); at += words {
					m.step(instructions[at : at+words])
				}
			}
		}
		e[i] = p.offset + ((m.total[0] + m.total[1]) + (m.total[2] + m.total[3]))
	}
}

type plainMachine struct {
	p           *Program
	x, slope    []float64
	registers   []float64
	items, item int
	tables      []int32
	attributes  []float64
	total       [4]float64 // as in C, item j in sum j mod 4 of its block
}

func (m *plainMachine) operand(code int32) float64 {
	switch o := Operand(code); {
	case o&constantBit != 0:
		return m.p.constants[Width*int(o&^constantBit)]
	case o&ownBit != 0:
		return m.x[m.item*m.p.per+int(o&^ownBit)]
	default:
		return m.registers[o]
	}
}

// place of a number of x.
func (m *plainMachine) place(table, number int32) int {
	if table >= 0 {
		return int(m.tables[int(table)*m.items+m.item] + number)
	}
	return m.item*m.p.per + int(number)
}

func (m *plainMachine) step(in []int32) {
	switch op := Op(in[0]); op {
	case Load:
		m.registers[in[1]] = m.x[m.place(in[5], in[4])]
	case AddLoad, SubLoad, MulLoad:
		m.registers[in[1]] = Apply(Add+op-AddLoad, m.operand(in[2]), m.x[m.place(in[5], in[4])], 0)
	case Item:
		m.registers[in[1]] = m.attributes[int(in[5])*m.items+m.item]
	case Total:
		m.total[m.item%4] += m.operand(in[2])
	case TotalMulAdd:
		m.total[m.item%4] += math.FMA(m.operand(in[2]), m.operand(in[3]), m.operand(in[4]))
	case Scatter:
		at := m.place(in[5], in[4])
		m.slope[at] = math.FMA(m.operand(in[2]), m.operand(in[3]), m.slope[at])
	default:
		var v [3]float64
		read := op.operands(Instruction{A: Operand(in[2]), B: Operand(in[3]), C: Operand(in[4])})
		for k, o := range read {
			v[k] = m.operand(int32(o))
		}
		m.registers[in[1]] = Apply(op, v[0], v[1], v[2])
	}
}

// Apply is what an operation makes of numbers, for compilers that fold constants: the operations up to Pow.
func Apply(op Op, a, b, c float64) float64 {
	switch op {
	case Add:
		return a + b
	case Sub:
		return a - b
	case Mul:
		return a * b
	case Div:
		return a / b
	case MulAdd:
		return math.FMA(a, b, c)
	case MulSub:
		return math.FMA(a, b, -c)
	case SubMul:
		return math.FMA(-a, b, c)
	case Select:
		if a != 0 {
			return b
		}
		return c
	case Image:
		return a - b*math.RoundToEven(a*c)
	case Inside:
		return a - b*math.Floor(a*c)
	case Pow:
		return math.Pow(a, b)
	case Min, Max, Less, AtMost, Equal:
		return compare(op, a, b)
	}
	return function(op, a)
}

func compare(op Op, a, b float64) float64 {
	var holds bool
	switch op {
	case Min, Max:
		if op == Min && a < b || op == Max && a > b || a != a {
			return a
		}
		return b
	case Less:
		holds = a < b
	case AtMost:
		holds = a <= b
	case Equal:
		holds = a == b
	}
	if holds {
		return 1
	}
	return 0
}

func function(op Op, a float64) float64 {
	switch op {
	case Neg:
		return -a
	case Abs:
		return math.Abs(a)
	case Sqrt:
		return math.Sqrt(a)
	case Exp:
		return math.Exp(a)
	case Log:
		return math.Log(a)
	case Sin:
		return math.Sin(a)
	case Cos:
		return math.Cos(a)
	case Tanh:
		return math.Tanh(a)
	}
	panic("bytecode: no such operation")
}
