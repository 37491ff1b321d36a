package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Sweep is a run file as a list of points: one run for each value of a key in
// its [sweep] table, for each pair of values where there are two keys. A file
// without the table is one point.
type Sweep struct {
	// Axes are the keys that vary, outermost first.
	Axes []SweepAxis
	// Continue tells that a point starts from the final parameters of another: see Before.
	Continue bool
	file     *File
	bare     *File          // without [sweep] and what stands in it, of which points are copies
	starts   map[int]string // checkpoints that points start from
}

// SweepAxis is a dotted key of the run file with its values, as --set would
// give them; or several keys that have the same values, with commas between them.
type SweepAxis struct {
	Key    string
	Values []any
	at     string // its own key below sweep
}

const (
	maxAxes = 2
	// maxPoints is far above what anyone runs, and keeps a slip from filling
	// the disk with folders.
	maxPoints = 10000
)

// Sweep reads [sweep]. The points themselves are checked one by one: see Point.
func (f *File) Sweep() (*Sweep, error) {
	s := &Sweep{file: f}
	given, ok := f.tree["sweep"]
	if !ok {
		return s, nil
	}
	r := &report{file: f}
	table, ok := given.(map[string]any)
	if !ok {
		r.add("sweep", "sweep must be one table: write [sweep]")
		return nil, r.err()
	}
	s.Axes = f.axes("sweep", "", s.readContinue(r, table))
	slices.SortStableFunc(s.Axes, func(a, b SweepAxis) int {
		_, x := f.where(a.at)
		_, y := f.where(b.at)
		return x - y
	})
	switch n := len(s.Axes); {
	case n == 0:
		r.add("sweep", `[sweep] varies no key: write for instance "energy.L" = [4, 8]`)
	case n > maxAxes:
		r.add("sweep", "[sweep] varies %d keys; it can vary %d at most", n, maxAxes)
	}
	seen := map[string]bool{}
	for _, a := range s.Axes {
		a.check(r)
		for _, key := range a.keys() {
			if seen[key] {
				r.add(a.at, "%s is swept twice", key)
			}
			seen[key] = true
		}
	}
	s.checkContinue(r)
	if err := r.err(); err != nil {
		return nil, err
	}
	if n := s.Len(); n > maxPoints {
		r.add("sweep", "the sweep has %d points; %d are the most", n, maxPoints)
	}
	f.checkExpectLists(r, s.Len())
	s.bare = f.withoutSweep()
	return s, r.err()
}

// axes finds the keys below [sweep]: each is a quoted key, "energy.L", or stands
// in tables of its own, energy.L. They come in the order of their names.
func (f *File) axes(at, path string, table map[string]any) []SweepAxis {
	var all []SweepAxis
	for _, name := range slices.Sorted(maps.Keys(table)) {
		key := strings.TrimPrefix(path+"."+name, ".")
		switch v := table[name].(type) {
		case map[string]any:
			all = append(all, f.axes(join(at, name), key, v)...)
		case []any:
			all = append(all, SweepAxis{key, v, join(at, name)})
		default: // check says what is wrong
			all = append(all, SweepAxis{key, nil, join(at, name)})
		}
	}
	return all
}

// keys are those that have the values.
func (a SweepAxis) keys() []string {
	all := strings.Split(a.Key, ",")
	for i, key := range all {
		all[i] = strings.TrimSpace(key)
	}
	return all
}

// check finds what is wrong with the axis itself, not with its values.
func (a SweepAxis) check(r *report) {
	for _, key := range a.keys() {
		if !a.checkKey(r, key) {
			return
		}
	}
	if len(a.Values) == 0 {
		r.add(a.at, "%s must be a list of values, like [1, 2, 3]", a.at)
	}
	a.checkValues(r)
}

// checkKey tells whether a key can be swept.
func (a SweepAxis) checkKey(r *report, key string) bool {
	table, _, dotted := strings.Cut(key, ".")
	switch {
	case !dotted || !slices.Contains(tableNames, table):
		text := fmt.Sprintf("%s is not a key of this file; write table.key", a.at)
		if near := core.Nearest(table, tableNames); dotted && near != "" {
			text = fmt.Sprintf("%s: [%s] is not a known table; did you mean [%s]?", a.at, table, near)
		}
		r.add(a.at, "%s", text)
	case table == "sweep" || table == "expect" || key == "run.name":
		r.add(a.at, "%s cannot be swept", key)
	case r.file.set[key]:
		r.add(key, "%s is swept by [sweep]; leave one of the two out", key)
	default:
		return true
	}
	return false
}

// checkValues finds values that are not finite or stand there twice.
func (a SweepAxis) checkValues(r *report) {
	seen := map[string]bool{}
	for i, v := range a.Values {
		text, at := literal(v), join(a.at, strconv.Itoa(i))
		if x, ok := v.(int64); ok { // 1 is 1.0
			v = float64(x)
		}
		if x, ok := v.(float64); ok && x-x != 0 {
			r.add(at, "%s has a value that is not finite", a.at)
		}
		if seen[literal(v)] {
			r.add(at, "%s has the value %s twice", a.at, text)
		}
		seen[literal(v)] = true
	}
}

// Numbers are the values as places on an axis: themselves or, with labels where
// one is no number, 0, 1, 2, ...
func (a SweepAxis) Numbers() (places []float64, labels []string) {
	numbers := true
	for i, v := range a.Values {
		place, label := float64(i), literal(v)
		switch x := v.(type) {
		case int64:
			place = float64(x)
		case float64:
			place = x
		case string:
			label, numbers = x, false
		default:
			numbers = false
		}
		places, labels = append(places, place), append(labels, label)
	}
	if numbers {
		return places, nil
	}
	for i := range places {
		places[i] = float64(i)
	}
	return places, labels
}

// Len is the number of points.
func (s *Sweep) Len() int {
	n := 1
	for _, a := range s.Axes {
		n *= len(a.Values)
	}
	return n
}

// indices of point i along the axes; the last varies fastest.
func (s *Sweep) indices(i int) []int {
	at := make([]int, len(s.Axes))
	for k := len(at) - 1; k >= 0; k-- {
		n := len(s.Axes[k].Values)
		at[k], i = i%n, i/n
	}
	return at
}

// Point is the run file of point i, numbered from 0: the swept keys have their
// values, the lists of [expect] are replaced by their elements, and the name of
// the run ends with the number.
func (s *Sweep) Point(i int) (*File, error) {
	if len(s.Axes) == 0 {
		return s.file, nil
	}
	f := s.bare.copy()
	r := &report{file: f}
	f.suffix, f.point, f.places = fmt.Sprintf("-%03d", i), s.values(i), map[string]string{}
	for k, at := range s.indices(i) {
		a := s.Axes[k]
		for _, key := range a.keys() {
			f.places[key] = join(a.at, strconv.Itoa(at))
			if problem := f.put(strings.Split(key, "."), a.Values[at]); problem != "" {
				r.add(key, "%s", problem)
			}
		}
	}
	s.follow(f, r, i)
	f.pickExpect(i)
	return f, r.err()
}

// withoutSweep is the file as its points have it. The places of the values in
// [sweep] and of lists in [expect] are those of the whole file.
func (f *File) withoutSweep() *File {
	c := *f
	c.whole = f
	c.tree, c.lines = maps.Clone(f.tree), map[string]int{}
	delete(c.tree, "sweep")
	for key, line := range f.lines {
		if !strings.HasPrefix(key, "sweep.") && !expectElement.MatchString(key) {
			c.lines[key] = line
		}
	}
	return &c
}

// copy has tables of its own and shares the rest, so that ten thousand points
// are quick.
func (f *File) copy() *File {
	c := *f
	c.tree, _ = copyTree(f.tree).(map[string]any)
	c.set, c.lines = maps.Clone(f.set), maps.Clone(f.lines)
	return &c
}

// expectElement is a key of one number of a list in [expect].
var expectElement = regexp.MustCompile(`^expect\..*\.[0-9]+$`)

// copyTree copies tables and lists of tables; other values do not change.
func copyTree(v any) any {
	switch x := v.(type) {
	case map[string]any:
		c := make(map[string]any, len(x))
		for key, value := range x {
			c[key] = copyTree(value)
		}
		return c
	case []map[string]any:
		c := make([]map[string]any, len(x))
		for i, value := range x {
			c[i], _ = copyTree(value).(map[string]any)
		}
		return c
	}
	return v
}

// values of the swept keys at point i.
func (s *Sweep) values(i int) map[string]any {
	values := map[string]any{}
	for k, value := range s.At(i) {
		values[s.Axes[k].Key] = value
	}
	return values
}

// At are the values at point i, in the order of the Axes.
func (s *Sweep) At(i int) []any {
	values := make([]any, len(s.Axes))
	for k, at := range s.indices(i) {
		values[k] = s.Axes[k].Values[at]
	}
	return values
}

// Has tells whether a plan, given as its JSON, is that of point i.
func (s *Sweep) Has(i int, planJSON []byte) bool {
	var found, wanted struct{ Sweep map[string]any }
	text, err := json.Marshal(map[string]any{"sweep": s.values(i)})
	return err == nil && json.Unmarshal(text, &wanted) == nil && json.Unmarshal(planJSON, &found) == nil &&
		reflect.DeepEqual(found, wanted)
}

// Label names the values of point i: "energy.r_s = 1, ensemble.theta = 0.1".
func (s *Sweep) Label(i int) string {
	var words []string
	for k, value := range s.At(i) {
		words = append(words, fmt.Sprintf("%s = %s", s.Axes[k].Key, literal(value)))
	}
	return strings.Join(words, ", ")
}

// Name of the sweep: that of the run file.
func (s *Sweep) Name() string { return s.file.Name() }

// TOML is a run file of the name and [sweep] alone, which Parse and Sweep read
// back.
func (s *Sweep) TOML() string {
	var b strings.Builder
	fmt.Fprintf(&b, "[run]\nname = %s\n\n[sweep]\n", quote(s.Name()))
	if s.Continue {
		b.WriteString("continue = true\n")
	}
	for _, a := range s.Axes {
		fmt.Fprintf(&b, "%s = %s\n", quote(a.Key), literal(a.Values))
	}
	return b.String()
}

// checkExpectLists finds lists in [expect] that do not have one element for
// each of n points.
func (f *File) checkExpectLists(r *report, n int) {
	for _, name := range slices.Sorted(maps.Keys(f.table("expect"))) {
		entry, _ := f.table("expect")[name].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(entry)) {
			if list, ok := perPoint(key, entry[key]); ok && len(list) != n {
				at := join(join("expect", name), key)
				r.add(at, "%s has %d elements, and the sweep has %d points", at, len(list), n)
			}
		}
	}
}

// perPoint is the list of a value per point that stands at a key of [expect].
// Where the key itself is a list, that is a list of lists.
func perPoint(key string, value any) (list []any, ok bool) {
	list, ok = value.([]any)
	if ok && key == "cautions" {
		ok = slices.ContainsFunc(list, func(v any) bool { _, is := v.([]any); return is })
	}
	return list, ok
}

// pickExpect replaces the lists of [expect] by their elements at point i. Where
// the value is nan, nothing is expected, and a limit that is nan is none.
func (f *File) pickExpect(i int) {
	expect := f.table("expect")
	for name, e := range expect {
		entry, _ := e.(map[string]any)
		for key, v := range entry {
			if list, ok := perPoint(key, v); ok && i < len(list) {
				entry[key] = list[i]
			}
			if x, ok := entry[key].(float64); ok && math.IsNaN(x) && key != "value" {
				delete(entry, key)
			}
		}
		if x, ok := entry["value"].(float64); ok && math.IsNaN(x) {
			delete(expect, name)
		}
	}
}
