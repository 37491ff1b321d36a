package data

import (
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func readCSV(path string, space core.Space) ([]float64, error) {
	f, err := core.OpenText(path)
	if err != nil {
		return nil, unread(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment, r.FieldsPerRecord, r.ReuseRecord = '#', -1, true
	d := space.Size()
	var x []float64
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return x, nil
		}
		if err != nil {
			return nil, bad(path, "%v", err) // with line and column
		}
		line, _ := r.FieldPos(0)
		if len(row) != d {
			return nil, bad(path, "line %d has %d numbers, and configurations of %v have %d", line, len(row), space, d)
		}
		for k, field := range row {
			v, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
			if err != nil {
				return nil, bad(path, "line %d, column %d: %q is not a number", line, k+1, field)
			}
			x = append(x, v)
		}
	}
}
