package expression

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// token is a word of a formula.
type token struct {
	kind  tokenKind
	text  string
	value float64 // of a number
	at    int     // byte
}

type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenNumber
	tokenName
	tokenSign // operators and brackets
)

// signs are read longest first.
var signs = []string{"**", "<=", ">=", "==", "!=", "&&", "||", "+", "-", "*", "/", "^", "(", ")", ",", ";", "<", ">", "="}

// foreign signs, which other languages have, and what is written here.
var foreign = map[string]string{"**": "^", "&&": "and", "||": "or"}

// longestText of a formula, far above any that is written by hand.
const longestText = 20000

// words splits a formula. The last token is tokenEnd.
func words(text string) ([]token, error) {
	if len(text) > longestText {
		return nil, &fault{text, 0, fmt.Sprintf("has %d characters; %d are the most", len(text), longestText)}
	}
	var all []token
	for at := 0; ; {
		for at < len(text) && strings.IndexByte(" \t\r\n", text[at]) >= 0 {
			at++
		}
		if at == len(text) {
			return append(all, token{kind: tokenEnd, at: at}), nil
		}
		t, err := word(text, at)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
		at += len(t.text)
	}
}

func word(text string, at int) (token, error) {
	rest := text[at:]
	switch c := rest[0]; {
	case letter(c):
		n := 1
		for n < len(rest) && (letter(rest[n]) || digit(rest[n])) {
			n++
		}
		return token{kind: tokenName, text: rest[:n], at: at}, nil
	case digit(c) || c == '.' && len(rest) > 1 && digit(rest[1]):
		return number(text, at)
	}
	for _, s := range signs {
		if strings.HasPrefix(rest, s) {
			if own, ok := foreign[s]; ok {
				return token{}, &fault{text, at, fmt.Sprintf("has %q; write %s", s, own)}
			}
			return token{kind: tokenSign, text: s, at: at}, nil
		}
	}
	r, n := utf8.DecodeRuneInString(rest)
	if r == utf8.RuneError && n == 1 {
		return token{}, &fault{text, at, "has a byte that is no UTF-8"}
	}
	return token{}, &fault{text, at, fmt.Sprintf("has %q, which means nothing in a formula", r)}
}

// number reads digits with a point and an exponent: "1e" is 1 and a name.
func number(text string, at int) (token, error) {
	rest, n := text[at:], 0
	digits := func() {
		for n < len(rest) && digit(rest[n]) {
			n++
		}
	}
	digits()
	if n < len(rest) && rest[n] == '.' {
		n++
		digits()
	}
	if n < len(rest) && (rest[n] == 'e' || rest[n] == 'E') {
		e := n + 1
		if e < len(rest) && (rest[e] == '+' || rest[e] == '-') {
			e++
		}
		if e < len(rest) && digit(rest[e]) {
			n = e
			digits()
		}
	}
	value, err := strconv.ParseFloat(rest[:n], 64)
	if err != nil {
		return token{}, &fault{text, at, "has a number that is too large: " + rest[:min(n, 30)]}
	}
	return token{kind: tokenNumber, text: rest[:n], value: value, at: at}, nil
}

func letter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func digit(c byte) bool  { return c >= '0' && c <= '9' }
