package picture

import (
	"encoding/csv"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// Points of other works, to be drawn over those of a sweep, are a CSV file:
//
//	# source: the authors' runs
//	r_s, effective_mass, effective_mass_stderr, label
//	1, 0.808, 0.02, "N = 29, twist"
//
// Columns are the swept keys, whole or their last words; observables of the sweep; their errors as
// NAME_stderr; and a label, with a curve for each. A cell may be empty where there is no number. The first
// swept key has to be there, the second need not. Lines that begin with # are comments, one of
// which may name the source.

// Overlay is what one file holds.
type Overlay struct {
	source string
	points []overlaid
}

// overlaid is a value of one observable.
type overlaid struct {
	observable, label string
	first             float64 // place on the first axis
	second            int     // place among the values of the second axis, -1: of none of them
	value, stderr     float64
}

// ReadOverlays reads the files that are drawn over a sweep.
func ReadOverlays(paths []string, s *store.Sweep) ([]*Overlay, error) {
	var all []*Overlay
	for _, path := range paths {
		o, err := readOverlay(path, s)
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

// readOverlay reads a file for a sweep.
func readOverlay(path string, s *store.Sweep) (*Overlay, error) {
	text, err := readText(path)
	if err != nil {
		return nil, core.Errorf(core.Storage, "read points", path, "%w", err)
	}
	o := &Overlay{}
	for line := range strings.Lines(string(text)) {
		if source, ok := strings.CutPrefix(strings.TrimSpace(strings.TrimPrefix(line, "#")), "source:"); ok && strings.HasPrefix(line, "#") && o.source == "" {
			o.source = strings.TrimSpace(source)
		}
	}
	r := overlayReader{path: path, sweep: s, csv: csv.NewReader(strings.NewReader(string(text)))}
	r.csv.Comment, r.csv.TrimLeadingSpace = '#', true
	if o.points, err = r.read(); err != nil {
		return nil, err
	}
	return o, nil
}

func readText(path string) ([]byte, error) {
	file, err := core.OpenText(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(file)
}

type overlayReader struct {
	path  string
	sweep *store.Sweep
	csv   *csv.Reader
	names []string // of the columns
}

// fault is at the line of a column of the record that was read last, or of the column count.
func (r *overlayReader) fault(column int, hint, format string, args ...any) error {
	at := r.path
	if column >= 0 {
		line, _ := r.csv.FieldPos(column)
		at += ":" + strconv.Itoa(line)
	}
	e := core.Errorf(core.Invalid, "read points", at, format, args...)
	var full *core.Error
	if errors.As(e, &full) {
		full.Hint = hint
	}
	return e
}

// broken is what the reader of CSV says, which knows the line.
func (r *overlayReader) broken(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return core.Errorf(core.Invalid, "read points", r.path+":"+strconv.Itoa(parse.Line), "%w", parse.Err)
	}
	return core.Errorf(core.Storage, "read points", r.path, "%w", err)
}

func (r *overlayReader) read() (points []overlaid, err error) {
	r.names, err = r.csv.Read()
	if err == io.EOF {
		return nil, r.fault(-1, "the first line names columns: "+r.sweep.Axes[0].Name+", an observable, its NAME_stderr", "it is empty")
	}
	if err != nil {
		return nil, r.broken(err)
	}
	r.names = slices.Clone(r.names)
	for i := range r.names {
		r.names[i] = strings.TrimSpace(r.names[i])
	}
	first, second, err := r.columns()
	if err != nil {
		return nil, err
	}
	for {
		record, err := r.csv.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, r.broken(err)
		}
		if points, err = r.row(points, record, first, second); err != nil {
			return nil, err
		}
	}
	if len(points) == 0 {
		return nil, r.fault(-1, "", "it has no value of an observable")
	}
	return points, nil
}

// columns finds those of the swept keys, -1 for none, and checks that the others are known.
func (r *overlayReader) columns() (first, second int, err error) {
	first, second = -1, -1
	var known []string
	for _, e := range r.sweep.Observables {
		if len(e.Axes) == len(r.sweep.Axes) {
			known = append(known, e.Name)
		}
	}
	seen := map[string]bool{}
	for i, name := range r.names {
		if seen[name] {
			return 0, 0, r.fault(i, "", "the column %q is there twice", name)
		}
		seen[name] = true
		switch axis := r.axis(name); {
		case axis == 0:
			first = i
		case axis == 1:
			second = i
		case name == "label" || slices.Contains(known, name):
		case slices.Contains(known, strings.TrimSuffix(name, "_stderr")):
			if !slices.Contains(r.names, strings.TrimSuffix(name, "_stderr")) {
				return 0, 0, r.fault(i, "", "there are errors in %q, and no column %q", name, strings.TrimSuffix(name, "_stderr"))
			}
		default:
			hint := "columns are swept keys, observables, NAME_stderr and label, separated by commas"
			if near := core.Nearest(name, known); near != "" {
				hint = "did you mean " + strconv.Quote(near) + "?"
			}
			return 0, 0, r.fault(i, hint, "the sweep has no observable %q", name)
		}
	}
	if first < 0 {
		return 0, 0, r.fault(0, "", "there is no column %q, what the picture is drawn over", r.sweep.Axes[0].Name)
	}
	return first, second, nil
}

// axis that a column is of, -1 for none.
func (r *overlayReader) axis(name string) int {
	return slices.IndexFunc(r.sweep.Axes, func(a store.SweptAxis) bool { return name == a.Name || name == a.Key })
}

// row adds the values of one line.
func (r *overlayReader) row(points []overlaid, record []string, first, second int) ([]overlaid, error) {
	p := overlaid{second: -1}
	var err error
	if p.first, err = r.place(record, first); err != nil {
		return nil, err
	}
	if second >= 0 {
		x, err := r.place(record, second)
		if err != nil {
			return nil, err
		}
		if p.second = slices.Index(r.sweep.Axes[1].Values, x); p.second < 0 {
			p.label = r.sweep.Axes[1].Name + " = " + strings.TrimSpace(record[second])
		}
	}
	if i := slices.Index(r.names, "label"); i >= 0 && strings.TrimSpace(record[i]) != "" {
		p.label = strings.Trim(strings.TrimSpace(record[i])+", "+p.label, ", ")
	}
	for i, name := range r.names {
		if i == first || i == second || name == "label" || strings.HasSuffix(name, "_stderr") && slices.Contains(r.names, strings.TrimSuffix(name, "_stderr")) || strings.TrimSpace(record[i]) == "" {
			continue
		}
		p.observable, p.stderr = name, math.NaN()
		if p.value, err = r.number(record, i); err != nil {
			return nil, err
		}
		if k := slices.Index(r.names, name+"_stderr"); k >= 0 && strings.TrimSpace(record[k]) != "" {
			if p.stderr, err = r.number(record, k); err != nil {
				return nil, err
			}
			if p.stderr < 0 {
				return nil, r.fault(k, "", "the error %s is negative", strings.TrimSpace(record[k]))
			}
		}
		points = append(points, p)
	}
	return points, nil
}

// place on an axis: the value, or that of its label.
func (r *overlayReader) place(record []string, column int) (float64, error) {
	a := r.sweep.Axes[r.axis(r.names[column])]
	if a.Labels == nil {
		return r.number(record, column)
	}
	i := slices.Index(a.Labels, strings.TrimSpace(record[column]))
	if i < 0 {
		return 0, r.fault(column, "", "%s is none of the values of %s: %s", strconv.Quote(strings.TrimSpace(record[column])), a.Key, strings.Join(a.Labels, ", "))
	}
	return a.Values[i], nil
}

func (r *overlayReader) number(record []string, column int) (float64, error) {
	text := strings.TrimSpace(record[column])
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || x-x != 0 {
		return 0, r.fault(column, "", "%s is no finite number, in the column %q", strconv.Quote(text), r.names[column])
	}
	return x, nil
}
