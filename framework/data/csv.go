package data

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// readCSV reads comma-separated values, one row per line as in RFC 4180; lines that begin
// with # are left out.
func readCSV(s source) ([]float64, []int, error) {
	text, err := core.OpenText(s.name)
	if err != nil {
		return nil, nil, unread(err)
	}
	defer text.Close()
	return s.csv(text)
}

func (s source) csv(text io.Reader) (x []float64, shape []int, err error) {
	r := csv.NewReader(text)
	r.Comment, r.FieldsPerRecord, r.ReuseRecord = '#', -1, true
	width, first := 0, 0 // of the first row, and its line
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return x, []int{len(x) / max(width, 1), width}, nil
		}
		if err != nil {
			return nil, nil, s.bad("%v", err) // with line and column
		}
		line, _ := r.FieldPos(0)
		if width == 0 {
			width, first = len(row), line
		}
		if len(row) != width {
			return nil, nil, s.bad("line %d has %d numbers, and line %d has %d", line, len(row), first, width)
		}
		if len(x)+width > cap(x) { // append will double it, beside the old one
			if err := reserve(s.name, 3*float64(len(x)+width)); err != nil {
				return nil, nil, err
			}
		}
		for k, field := range row {
			v, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
			if err != nil {
				return nil, nil, s.notNumber(line, k+1, field)
			}
			x = append(x, v)
		}
	}
}

func (s source) notNumber(line, column int, field string) error {
	e := core.Errorf(core.Invalid, "read data", s.name, "line %d, column %d: %s is not a number", line, column, core.Shorten(strconv.Quote(field)))
	if line == 1 && column == 1 {
		e.Hint = "a line of names or remarks begins with #"
	}
	return e
}
