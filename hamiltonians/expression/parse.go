package expression

import (
	"fmt"
	"slices"
)

// The grammar, the least binding first:
//
//	formula    = choice { ";" name "=" choice } [ ";" ]
//	choice     = both { "or" both }
//	both       = comparison { "and" comparison }
//	comparison = sum [ ("<" | "<=" | ">" | ">=" | "==" | "!=") sum ]
//	sum        = product { ("+" | "-") product }
//	product    = sign { ("*" | "/") sign }
//	sign       = ("-" | "+") sign | power
//	power      = operand [ "^" sign ]
//	operand    = number | name | name "(" choice { "," choice } ")" | "(" choice ")"
//
// So -x^2 is -(x^2), and 2^-x^2 is 2^(-(x^2)).

// syntax is a node of the tree that is read.
type syntax struct {
	form  form
	name  string // of a name or a call, and the sign of an operation
	value float64
	args  []*syntax
	at    int // byte of its first sign, of an operation of two of the sign between
}

type form int

const (
	formNumber form = iota
	formName
	formCall
	formSign // one argument or two
)

// formula is what was read: E and the definitions behind it.
type formula struct {
	text        string
	e           *syntax
	definitions map[string]*syntax
}

// deepest is how deep brackets, signs and powers are nested at most.
const deepest = 100

type parser struct {
	text  string
	words []token
	depth int
}

// parse reads a formula. Errors are faults.
func parse(text string) (*formula, error) {
	all, err := words(text)
	if err != nil {
		return nil, err
	}
	p := &parser{text: text, words: all}
	f := &formula{text: text, definitions: map[string]*syntax{}}
	if f.e, err = p.choice(); err != nil {
		return nil, err
	}
	for p.accept(";") {
		name := p.peek()
		if name.kind == tokenEnd {
			break
		}
		if err := p.definition(f, name); err != nil {
			return nil, err
		}
	}
	if t := p.peek(); t.kind != tokenEnd {
		return nil, p.unexpected(t, "the end, or an operation")
	}
	return f, nil
}

func (p *parser) definition(f *formula, name token) (err error) {
	if name.kind != tokenName {
		return p.unexpected(name, "the name of a definition, as in u = sigma/r")
	}
	p.words = p.words[1:]
	if _, twice := f.definitions[name.text]; twice {
		return p.fault(name.at, "defines %s twice", name.text)
	}
	if !p.accept("=") {
		return p.unexpected(p.peek(), "= and what "+name.text+" is")
	}
	f.definitions[name.text], err = p.choice()
	return err
}

func (p *parser) peek() token { return p.words[0] }

// accept moves past a sign or a word if it comes next.
func (p *parser) accept(text string) bool {
	if t := p.peek(); t.kind == tokenEnd || t.kind == tokenNumber || t.text != text {
		return false
	}
	p.words = p.words[1:]
	return true
}

func (p *parser) fault(at int, format string, args ...any) error {
	return &fault{p.text, at, fmt.Sprintf(format, args...)}
}

func (p *parser) unexpected(t token, wanted string) error {
	if t.kind == tokenEnd {
		return p.fault(t.at, "ends too early: wanted is %s", wanted)
	}
	return p.fault(t.at, "has %q where %s is wanted", t.text, wanted)
}

// chain reads operands that are joined by signs of one level, from the left.
func (p *parser) chain(operand func() (*syntax, error), signs ...string) (*syntax, error) {
	left, err := operand()
	for err == nil {
		t := p.peek()
		if t.kind != tokenSign && t.kind != tokenName || !slices.Contains(signs, t.text) {
			return left, nil
		}
		p.words = p.words[1:]
		var right *syntax
		if right, err = operand(); err == nil {
			left = &syntax{form: formSign, name: t.text, args: []*syntax{left, right}, at: t.at}
		}
	}
	return nil, err
}

func (p *parser) choice() (*syntax, error) { return p.chain(p.both, "or") }
func (p *parser) both() (*syntax, error)   { return p.chain(p.comparison, "and") }

var comparisons = []string{"<", "<=", ">", ">=", "==", "!="}

func (p *parser) comparison() (*syntax, error) {
	left, err := p.sum()
	t := p.peek()
	if err != nil || t.kind != tokenSign || !slices.Contains(comparisons, t.text) {
		if err == nil && t.kind == tokenSign && t.text == "=" {
			return nil, p.fault(t.at, `has "="; a comparison is written ==, and definitions stand behind a semicolon`)
		}
		return left, err
	}
	p.words = p.words[1:]
	right, err := p.sum()
	if err != nil {
		return nil, err
	}
	if next := p.peek(); next.kind == tokenSign && slices.Contains(comparisons, next.text) {
		return nil, p.fault(next.at, "compares three numbers; write a < b and b < c")
	}
	return &syntax{form: formSign, name: t.text, args: []*syntax{left, right}, at: t.at}, nil
}

func (p *parser) sum() (*syntax, error)     { return p.chain(p.product, "+", "-") }
func (p *parser) product() (*syntax, error) { return p.chain(p.sign, "*", "/") }

// nested counts the depth while it reads by read.
func (p *parser) nested(at int, read func() (*syntax, error)) (*syntax, error) {
	if p.depth++; p.depth > deepest {
		return nil, p.fault(at, "is nested deeper than %d; give parts of it names, behind a semicolon", deepest)
	}
	defer func() { p.depth-- }()
	return read()
}

func (p *parser) sign() (*syntax, error) {
	t := p.peek()
	if t.kind != tokenSign || t.text != "-" && t.text != "+" {
		return p.power()
	}
	p.words = p.words[1:]
	arg, err := p.nested(t.at, p.sign)
	if err != nil || t.text == "+" {
		return arg, err
	}
	return &syntax{form: formSign, name: "-", args: []*syntax{arg}, at: t.at}, nil
}

func (p *parser) power() (*syntax, error) {
	base, err := p.operand()
	t := p.peek()
	if err != nil || !p.accept("^") {
		return base, err
	}
	exponent, err := p.nested(t.at, p.sign)
	if err != nil {
		return nil, err
	}
	return &syntax{form: formSign, name: "^", args: []*syntax{base, exponent}, at: t.at}, nil
}

func (p *parser) operand() (*syntax, error) {
	t := p.peek()
	switch {
	case t.kind == tokenNumber:
		p.words = p.words[1:]
		return &syntax{form: formNumber, value: t.value, at: t.at}, nil
	case t.kind == tokenName && t.text != "and" && t.text != "or":
		p.words = p.words[1:]
		if !p.accept("(") {
			return &syntax{form: formName, name: t.text, at: t.at}, nil
		}
		args, err := p.arguments(t)
		return &syntax{form: formCall, name: t.text, args: args, at: t.at}, err
	case p.accept("("):
		inner, err := p.nested(t.at, p.choice)
		if err == nil && !p.accept(")") {
			err = p.unexpected(p.peek(), "a closing bracket")
		}
		return inner, err
	}
	return nil, p.unexpected(t, "a number, a name or a bracket")
}

// arguments of a call, behind the bracket that opens.
func (p *parser) arguments(of token) (args []*syntax, err error) {
	if p.accept(")") {
		return nil, nil
	}
	for {
		arg, err := p.nested(of.at, p.choice)
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
		if p.accept(")") {
			return args, nil
		}
		if !p.accept(",") {
			return nil, p.unexpected(p.peek(), "a comma or the bracket that closes "+of.text+"(")
		}
	}
}
