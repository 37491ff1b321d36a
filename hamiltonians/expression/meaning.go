package expression

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/bytecode"
)

// domain is what a sum runs over.
type domain int

const (
	nothing domain = iota // outside of all sums: constants alone
	sites
	bonds
	particles
	pairs
	domains
)

// domainNames for messages.
var domainNames = [domains]string{"outside of a sum", "in a sum over sites", "in neighbours(...)", "in a sum over particles", "in pairs(...)"}

// value is what a part of a formula means: a number of each item, or a condition.
type value struct {
	*node
	condition bool
}

// reader gives a formula its meaning in a system.
type reader struct {
	*graph
	f         *formula
	system    *system
	constants map[string]float64
	used      map[string]bool // constants and definitions
	inside    []string        // definitions that are being read
	meanings  map[defined]value
	parts     map[string]total // definitions that are parts of E
	sums      int              // in all
	still     []*syntax        // sums over places alone, without what is there
}

func newReader(f *formula, s *system, constants map[string]float64) *reader {
	return &reader{graph: newGraph(), f: f, system: s, constants: constants, used: map[string]bool{}, meanings: map[defined]value{}, parts: map[string]total{}}
}

// defined is a definition where it is used. What it means is kept: definitions that use each other twice would
// else be read 2^n times.
type defined struct {
	name string
	place
}

// place is where a part of a formula stands.
type place struct {
	domain domain
	away   [3]int8 // steps that shift has taken
}

func (r *reader) fault(s *syntax, format string, args ...any) error {
	return &fault{r.f.text, s.at, fmt.Sprintf(format, args...)}
}

// read gives the meaning of s at a place.
func (r *reader) read(s *syntax, at place) (value, error) {
	switch s.form {
	case formNumber:
		return value{node: r.constant(s.value)}, nil
	case formName:
		return r.name(s, at)
	case formCall:
		return r.call(s, at)
	}
	return r.sign(s, at)
}

// number is read of what has to be a number.
func (r *reader) number(s *syntax, at place) (*node, error) {
	v, err := r.read(s, at)
	if err == nil && v.condition {
		err = r.fault(s, "is a condition where a number is wanted; write where(condition, 1, 0)")
	}
	return v.node, err
}

// isCondition is read of what has to be one.
func (r *reader) isCondition(s *syntax, at place) (*node, error) {
	v, err := r.read(s, at)
	if err == nil && !v.condition {
		err = r.fault(s, "is a number where a condition is wanted, as in r < rc")
	}
	return v.node, err
}

func (r *reader) numbers(args []*syntax, at place) (all []*node, err error) {
	for _, a := range args {
		n, err := r.number(a, at)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

func (r *reader) name(s *syntax, at place) (value, error) {
	if d, ok := r.f.definitions[s.name]; ok {
		return r.definition(s, d, at)
	}
	if v, ok := r.constants[s.name]; ok {
		r.used[s.name] = true
		return value{node: r.constant(v)}, nil
	}
	if s.name == "pi" {
		return value{node: r.constant(math.Pi)}, nil
	}
	if n := r.system.meaning(r.graph, s.name, at); n != nil {
		return value{node: n}, nil
	}
	return value{}, r.unknown(s, at)
}

// definition reads what stands behind a semicolon in the place of its name.
func (r *reader) definition(s, d *syntax, at place) (v value, err error) {
	if slices.Contains(r.inside, s.name) {
		return v, r.fault(s, "%s is defined by itself", s.name)
	}
	if v, ok := r.meanings[defined{s.name, at}]; ok {
		return v, nil
	}
	r.used[s.name] = true
	r.inside = append(r.inside, s.name)
	v, err = r.read(d, at)
	r.inside = r.inside[:len(r.inside)-1]
	if err == nil {
		r.meanings[defined{s.name, at}] = v
	}
	return v, err
}

// unknown says what a name may be here.
func (r *reader) unknown(s *syntax, at place) error {
	known := r.system.names(at)
	known = append(known, slices.Sorted(maps.Keys(r.constants))...)
	known = append(known, slices.Sorted(maps.Keys(r.f.definitions))...)
	where := domainNames[at.domain]
	if why := r.system.lacks(s.name, at); why != "" {
		return r.fault(s, "%s %s", s.name, why)
	}
	if _, ok := functions[s.name]; ok {
		return r.fault(s, "%s is a function: write %s(...)", s.name, s.name)
	}
	if near := core.Nearest(s.name, known); near != "" && len(s.name) > 1 {
		return r.fault(s, "%s means nothing %s; did you mean %s?", core.Shorten(s.name), where, near)
	}
	if len(known) == 0 {
		return r.fault(s, "%s means nothing %s; give it a value in [energy.constants]", core.Shorten(s.name), where)
	}
	return r.fault(s, "%s means nothing %s; known are %s, and what [energy.constants] has", core.Shorten(s.name), where, strings.Join(known, ", "))
}

func (r *reader) sign(s *syntax, at place) (value, error) {
	if s.name == "and" || s.name == "or" {
		a, err := r.isCondition(s.args[0], at)
		if err != nil {
			return value{}, err
		}
		b, err := r.isCondition(s.args[1], at)
		if err != nil {
			return value{}, err
		}
		if s.name == "and" {
			return value{r.apply(bytecode.Mul, a, b), true}, nil
		}
		return value{r.apply(bytecode.Max, a, b), true}, nil
	}
	v, err := r.numbers(s.args, at)
	if err != nil {
		return value{}, err
	}
	if len(v) == 1 {
		return value{node: r.neg(v[0])}, nil
	}
	a, b := v[0], v[1]
	switch s.name {
	case "+":
		return value{node: r.add(a, b)}, nil
	case "-":
		return value{node: r.sub(a, b)}, nil
	case "*":
		return value{node: r.mul(a, b)}, nil
	case "/":
		if b.is(0) {
			return value{}, r.fault(s, "divides by 0")
		}
		return value{node: r.div(a, b)}, nil
	case "^":
		return value{node: r.pow(a, b)}, nil
	case "<", "<=":
		return value{r.less(a, b, s.name == "<="), true}, nil
	case ">", ">=":
		return value{r.less(b, a, s.name == ">="), true}, nil
	case "==":
		return value{r.function(bytecode.Equal, a, b), true}, nil
	}
	return value{r.sub(r.constant(1), r.function(bytecode.Equal, a, b)), true}, nil // !=
}

// functions by name, with the operations of those of numbers alone, and how many numbers they take.
var functions = map[string]struct {
	op    bytecode.Op
	arity int
}{
	"exp": {bytecode.Exp, 1}, "log": {bytecode.Log, 1}, "sqrt": {bytecode.Sqrt, 1}, "sin": {bytecode.Sin, 1}, "cos": {bytecode.Cos, 1},
	"tanh": {bytecode.Tanh, 1}, "abs": {bytecode.Abs, 1}, "pow": {bytecode.Pow, 2}, "min": {bytecode.Min, 2}, "max": {bytecode.Max, 2},
	"where": {bytecode.Select, 3}, "shift": {-1, 2}, "sum": {-1, 1}, "neighbours": {-1, 1}, "pairs": {-1, 1},
}

func (r *reader) call(s *syntax, at place) (value, error) {
	f, ok := functions[s.name]
	switch {
	case !ok:
		return value{}, r.noFunction(s)
	case s.name == "shift":
		return r.shift(s, at)
	case f.op < 0 && at.domain != nothing:
		return value{}, r.fault(s, "%s(...) stands %s; sums are not nested", s.name, domainNames[at.domain])
	case f.op < 0:
		return value{}, r.fault(s, "%s(...) can only be added, and multiplied by constants: energies are sums", s.name)
	case len(s.args) != f.arity:
		return value{}, r.fault(s, "%s takes %s, got %d", s.name, plural(f.arity), len(s.args))
	case s.name == "where":
		return r.where(s, at)
	}
	v, err := r.numbers(s.args, at)
	if err != nil {
		return value{}, err
	}
	return value{node: r.function(f.op, v...)}, nil
}

func plural(n int) string {
	if n == 1 {
		return "one argument"
	}
	return fmt.Sprintf("%d arguments", n)
}

func (r *reader) noFunction(s *syntax) error {
	known := slices.Sorted(maps.Keys(functions))
	if near := core.Nearest(s.name, known); near != "" {
		return r.fault(s, "there is no function %s; did you mean %s?", core.Shorten(s.name), near)
	}
	return r.fault(s, "there is no function %s; known are %s", core.Shorten(s.name), strings.Join(known, ", "))
}

func (r *reader) where(s *syntax, at place) (v value, err error) {
	condition, err := r.isCondition(s.args[0], at)
	if err != nil {
		return v, err
	}
	branches, err := r.numbers(s.args[1:], at)
	if err != nil {
		return v, err
	}
	return value{node: r.choose(condition, branches[0], branches[1])}, nil
}

// shift reads its first argument some steps away.
func (r *reader) shift(s *syntax, at place) (v value, err error) {
	if at.domain != sites {
		return v, r.fault(s, "shift stands %s; it takes the value at another site, in sum(...) on a lattice", domainNames[at.domain])
	}
	if len(s.args) != 2 && len(s.args) != 3 {
		return v, r.fault(s, "shift takes what is shifted, an axis, and how many steps where not one: got %d arguments", len(s.args))
	}
	axis, err := r.whole(s.args[1], "the axis", 1, r.system.dimension)
	if err != nil {
		return v, err
	}
	steps := 1
	if len(s.args) == 3 {
		if steps, err = r.whole(s.args[2], "the number of steps", -mostSteps, mostSteps); err != nil {
			return v, err
		}
	}
	far := int(at.away[axis-1]) + steps
	if far < -mostSteps || far > mostSteps {
		return v, r.fault(s, "shifts by %d sites; %d are the most", far, mostSteps)
	}
	at.away[axis-1] = int8(far)
	return r.read(s.args[0], at)
}

// mostSteps of a shift.
const mostSteps = 100

// whole is a constant integer.
func (r *reader) whole(s *syntax, what string, least, most int) (int, error) {
	n, err := r.number(s, place{})
	if err != nil {
		return 0, err
	}
	v := n.value
	if n.op != opConstant || v != math.Trunc(v) || v < float64(least) || v > float64(most) {
		return 0, r.fault(s, "%s is to be a whole number from %d to %d", what, least, most)
	}
	return int(v), nil
}
