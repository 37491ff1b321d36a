package bytecode

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// run evaluates n configurations.
func run(p *Program, n int, x []float64, withSlope bool) (e, slope []float64) {
	e = make([]float64, n)
	if withSlope {
		slope = make([]float64, len(x))
	}
	p.Eval(e, slope, x, make([]float64, p.Scratch()))
	return e, slope
}

// close to a few roundings of the terms.
func near(a, b, scale float64) bool {
	return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 4e-16*scale+2e-15*math.Abs(b)+1e-322
}

// Every operation on the numbers that it may meet: infinities, NaN, both zeros, the ends of the ranges of functions.
func TestOperations(t *testing.T) {
	special := []float64{0, math.Copysign(0, -1), 1, -1, 0.5, -0.5, 1.5, 2.5, -2.5, 3, math.Pi, -math.Pi / 2, 1e-300, -1e-300, 5e-324, 1e300, 700, 708, 709.5, -745, -800,
		123456.789, 1e7, -3e9, math.Inf(1), math.Inf(-1), math.NaN()}
	r := rand.New(rand.NewPCG(1, 2))
	for op := Add; op <= Pow; op++ {
		var x []float64
		arity := len(op.operands(Instruction{}))
		if op == Image || op == Inside { // the period is 2.5
			for _, v := range append(special, 1.249, 1.251, -1.26, 2.49, 2.51, -0.01, 1e5) {
				if math.Abs(v) < 1e6 {
					x = append(x, v, 2.5, 1/2.5)
				}
			}
		} else {
			for _, a := range special {
				for _, b := range special {
					x = append(x, a, b, special[r.IntN(len(special))])
				}
			}
			for range 500 {
				x = append(x, 5*r.NormFloat64(), 5*r.NormFloat64(), r.NormFloat64())
			}
		}
		in := Instruction{Op: op, A: Own(0), B: Own(1), C: Own(2), Table: -1}
		program := New(1, 3, 0, nil, []Section{{Items: 1, Value: []Instruction{in, {Op: Total, A: Register(0), Table: -1}}}})
		got, _ := run(program, len(x)/3, x, false)
		for i, v := range got {
			a, b, c := x[3*i], x[3*i+1], x[3*i+2]
			want := Apply(op, a, b, c) + 0
			scale := 0.0
			if arity == 3 || op <= Sub {
				scale = math.Abs(a) + math.Abs(a*b) + math.Abs(c)
			}
			switch {
			case op == Sin || op == Cos:
				scale = 1
			case op == Pow: // Go's forgets the low digits of b ln a
				scale = math.Abs(want) * (1 + math.Abs(b))
			case op >= MulAdd && op <= SubMul && math.IsInf(a*b, 0): // or not, where it is fused
				continue
			case op == Log && a == 5e-324: // Go's on amd64 does not know numbers below 1e-308
				continue
			}
			if !near(v, want, scale) {
				t.Errorf("operation %d of %v, %v, %v is %v, want %v", op, a, b, c, v, want)
			}
		}
	}
}

// ring is sum_i (x_i - x_next)^2 + a_i x_i^2 (b + x_i^2) + b, with an attribute a and constants 2, b, -2.
func ring(sites int) *Program {
	next, a := make([]int32, sites), make([]float64, sites)
	for i := range next {
		next[i], a[i] = int32((i+1)%sites), float64(i%3)
	}
	value := []Instruction{
		{Op: Load, Dst: 5, Table: 0},
		{Op: SubLoad, Dst: 0, A: Own(0), Table: 0},
		{Op: MulLoad, Dst: 6, A: Constant(0), Table: 0},
		{Op: AddLoad, Dst: 6, A: Register(0), Table: 0}, // x again
		{Op: Sub, Dst: 0, A: Register(6), B: Register(5), Table: -1},
		{Op: Mul, Dst: 1, A: Register(0), B: Register(0), Table: -1},
		{Op: Mul, Dst: 2, A: Own(0), B: Own(0), Table: -1},
		{Op: Add, Dst: 3, A: Register(2), B: Constant(1), Table: -1},
		{Op: Mul, Dst: 3, A: Register(3), B: Register(2), Table: -1},
		{Op: Item, Dst: 4, Table: 0},
		{Op: TotalMulAdd, A: Register(3), B: Register(4), C: Register(1), Table: -1},
		{Op: Total, A: Constant(1), Table: -1},
	}
	slope := append(slices.Clone(value),
		Instruction{Op: Scatter, A: Register(0), B: Constant(0), Table: -1}, // 2 (x - next)
		Instruction{Op: Scatter, A: Register(0), B: Constant(2), Table: 0},
		Instruction{Op: MulAdd, Dst: 2, A: Register(2), B: Constant(0), C: Constant(1), Table: -1}, // 2 x^2 + b
		Instruction{Op: Mul, Dst: 2, A: Register(2), B: Own(0), Table: -1},
		Instruction{Op: Mul, Dst: 2, A: Register(2), B: Register(4), Table: -1},
		Instruction{Op: Scatter, A: Register(2), B: Constant(0), Table: -1},
	)
	return New(sites, 1, 0.5, []float64{2, 0.3, -2}, []Section{{Items: sites, Tables: [][]int32{next}, Attributes: [][]float64{a}, Value: value, Slope: slope}})
}

// Loads, scatters, attributes, totals, on numbers of items and configurations with and without full blocks: against the
// plain twin, and bit for bit the same alone, with others, with and without slope.
func TestProgram(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, sites := range []int{1, 3, 32, 33, 70} {
		p := ring(sites)
		for _, n := range []int{1, 7, 8, 19} {
			t.Run(fmt.Sprint(sites, n), func(t *testing.T) {
				x := make([]float64, n*sites)
				for i := range x {
					x[i] = r.NormFloat64()
				}
				values, _ := run(p, n, x, false)
				e, slope := run(p, n, x, true)
				if !slices.Equal(values, e) {
					t.Error("other values without slopes")
				}
				want, forces := make([]float64, n), make([]float64, len(x))
				p.plain(&p.slope, want, forces, x)
				for i := range e {
					if !near(e[i], want[i], float64(10*sites)) {
						t.Errorf("E = %v, want %v", e[i], want[i])
					}
					one, g := run(p, 1, x[i*sites:(i+1)*sites], true)
					if one[0] != e[i] || !slices.Equal(g, slope[i*sites:(i+1)*sites]) {
						t.Errorf("configuration %d has other bits alone", i)
					}
				}
				for i := range slope {
					if !near(slope[i], forces[i], 100) {
						t.Errorf("slope %d is %v, want %v", i, slope[i], forces[i])
					}
				}
			})
		}
	}
}

// A program that names what there is not is a programmer's mistake.
func TestBadPrograms(t *testing.T) {
	for name, in := range map[string]Instruction{
		"operation": {Op: ops, Table: -1},
		"constant":  {Op: Neg, A: Constant(1), Table: -1},
		"number":    {Op: Neg, A: Own(2), Table: -1},
		"table":     {Op: Load, Table: 1},
		"attribute": {Op: Item, Table: 1},
		"component": {Op: Scatter, B: Constant(0), C: 2, Table: -1},
		"factor":    {Op: Scatter, B: Register(0), Table: -1},
		"own":       {Op: AddLoad, Table: -1},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			New(3, 2, 0, []float64{1}, []Section{{Items: 3, Tables: [][]int32{{0, 1, 2}}, Attributes: [][]float64{{0, 1, 2}}, Value: []Instruction{in}}})
		}()
	}
}
