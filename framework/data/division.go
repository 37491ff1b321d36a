package data

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
)

// Division says which rows are for training, for validation and for testing. "" is none;
// all rows are for training where nothing is said. Either
//
//   - by rows, "0:1437": half open, counted from 0, an end that is left out is that of the
//     data; or
//   - by shares, "0.8": of the rows in the order of [disorder.Stream.Perm] of Seed, the
//     first are for training, the next for validation, the next for testing. The parts are
//     cut at n times the sum of the shares up to there, rounded.
type Division struct {
	Train, Validation, Test string
	Seed                    uint64
}

// Split are the numbers of rows, ascending, counted from 0; nil where there are none.
type Split struct{ Train, Validation, Test []int }

// part is a part of a Division under its name.
type part struct {
	name, said string
	from, to   int
	rows       *[]int
}

// Split divides n rows. A part that was asked for and would be empty is refused, and so are
// parts that share rows.
func (d Division) Split(n int) (s Split, err error) {
	parts := []part{
		{name: "train", said: d.Train, rows: &s.Train},
		{name: "validation", said: d.Validation, rows: &s.Validation},
		{name: "test", said: d.Test, rows: &s.Test},
	}
	parts = slices.DeleteFunc(parts, func(p part) bool { return p.said == "" })
	if len(parts) == 0 {
		parts = []part{{name: "train", said: "0:", rows: &s.Train}}
	}
	byRows := 0
	for _, p := range parts {
		if strings.Contains(p.said, ":") {
			byRows++
		}
	}
	order := []int(nil) // that of the file
	switch byRows {
	case len(parts):
		err = cutRows(parts, n)
	case 0:
		err = cutShares(parts, n)
		stream := disorder.Stream(d.Seed)
		order = stream.Perm(n)
	default:
		err = divide("some parts are rows (FROM:TO) and some are shares")
	}
	if err != nil {
		return Split{}, err
	}
	for _, p := range parts {
		for k := p.from; k < p.to; k++ {
			row := k
			if order != nil {
				row = order[k]
			}
			*p.rows = append(*p.rows, row)
		}
		slices.Sort(*p.rows)
	}
	if s.Train == nil {
		return Split{}, divide("no rows are for training")
	}
	return s, nil
}

// cutRows reads the ends of parts that are given by rows.
func cutRows(parts []part, n int) error {
	for i := range parts {
		p := &parts[i]
		from, to, _ := strings.Cut(p.said, ":")
		var ok bool
		if p.from, ok = end(from, 0); ok {
			p.to, ok = end(to, n)
		}
		switch {
		case !ok:
			return divide("%s = %s is not FROM:TO", p.name, core.Shorten(strconv.Quote(p.said)))
		case p.to > n:
			return divide("%s = %q goes beyond the %d rows of the data", p.name, p.said, n)
		case p.from >= p.to:
			return divide("%s = %q has no rows", p.name, p.said)
		}
		for _, q := range parts[:i] {
			if from, to := max(p.from, q.from), min(p.to, q.to); from < to {
				return divide("%s = %q and %s = %q share the rows %d:%d", q.name, q.said, p.name, p.said, from, to)
			}
		}
	}
	return nil
}

// end reads an end of a range, "" is the one of the data.
func end(word string, otherwise int) (int, bool) {
	if word = strings.TrimSpace(word); word == "" {
		return otherwise, true
	}
	v, err := strconv.ParseUint(word, 10, 40) // more rows than that are refused elsewhere
	return int(v), err == nil
}

// cutShares puts parts that are given by shares one behind the other.
func cutShares(parts []part, n int) error {
	sum, from := 0.0, 0
	for i := range parts {
		p := &parts[i]
		share, err := strconv.ParseFloat(strings.TrimSpace(p.said), 64)
		if err != nil || !(share > 0 && share <= 1) {
			return divide("%s = %s is neither FROM:TO nor a share above 0 and up to 1", p.name, core.Shorten(strconv.Quote(p.said)))
		}
		// 0.7 + 0.2 + 0.1 is 1 up to rounding.
		if sum += share; sum > 1+1e-9 {
			return divide("the shares up to %s add up to %g, more than 1", p.name, sum)
		}
		p.from, p.to = from, min(n, int(math.Round(sum*float64(n))))
		if p.from >= p.to {
			return divide("%s = %q has no rows of the %d of the data", p.name, p.said, n)
		}
		from = p.to
	}
	return nil
}

func divide(format string, args ...any) error {
	return &core.Error{Kind: core.Invalid, Op: "divide data", Err: fmt.Errorf(format, args...)}
}
