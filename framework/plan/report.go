package plan

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// report collects everything that is wrong with a run file.
type report struct {
	file *File
	list []problemAt
}

type problemAt struct {
	place string
	line  int // for sorting
	text  string
	kind  core.Kind
	cause error // a part's own error, nil for ours
}

// longestText of a message leaves room for lists of known keys and for several
// names that are long.
const longestText = 1500

func (p problemAt) Error() string { return p.place + ": " + p.text }
func (p problemAt) Unwrap() error { return p.cause }

// add notes a problem with the value at a dotted key.
func (r *report) add(key, format string, args ...any) {
	r.addKind(core.Invalid, key, nil, fmt.Sprintf(format, args...))
}

func (r *report) mismatch(key, format string, args ...any) {
	r.addKind(core.Mismatch, key, nil, fmt.Sprintf(format, args...))
}

func (r *report) addKind(kind core.Kind, key string, cause error, text string) {
	place, line := r.file.where(key)
	r.list = append(r.list, problemAt{place, line, core.Cut(text, longestText), kind, cause})
}

// err returns all problems in the order of the file as one error, nil if
// there is none. Its kind is theirs where they agree, else Invalid: the user
// has to edit the file in any case.
func (r *report) err() error {
	if len(r.list) == 0 {
		return nil
	}
	sort.SliceStable(r.list, func(i, j int) bool { return r.list[i].line < r.list[j].line })
	kind := r.list[0].kind
	all := make([]error, len(r.list))
	for i, p := range r.list {
		all[i] = p
		if p.kind != kind {
			kind = core.Invalid
		}
	}
	return &core.Error{Kind: kind, Err: errors.Join(all...)}
}

// complete checks the keys of a table and fills in the defaults; false means
// that problems were added. Every number must be finite, so that a plan can be
// written as JSON.
func (r *report) complete(table string, params []core.Param, given core.Settings) (core.Settings, bool) {
	return r.completeAt(func(key string) string { return join(table, key) }, params, given)
}

// completeAt is complete of keys that stand at places of their own.
func (r *report) completeAt(at func(key string) string, params []core.Param, given core.Settings) (core.Settings, bool) {
	before := len(r.list)
	full, problems := core.Complete(params, given)
	for _, p := range problems {
		r.add(at(p.Key), "%s %s", at(p.Key), p.Problem)
	}
	for _, p := range params {
		if hasInf(full[p.Name]) {
			r.add(at(p.Name), "%s must be finite", at(p.Name))
		}
		if _, ok := given[p.Name]; ok && !p.Only.Holds(full) && full[p.Only.Key] != nil {
			r.idle(at(p.Name), p.Only.With(full), at(p.Only.Key))
		}
	}
	return full, len(r.list) == before
}

func hasInf(v any) bool {
	switch x := v.(type) {
	case float64:
		return math.IsInf(x, 0)
	case []float64:
		return slices.ContainsFunc(x, func(e float64) bool { return math.IsInf(e, 0) })
	case map[string]float64:
		for _, e := range x {
			if math.IsInf(e, 0) {
				return true
			}
		}
	}
	return false
}

// section reads a table into a struct whose tags are its schema; defaults are
// returned where it has problems.
func section[T any](r *report, table string, given core.Settings, defaults T) T {
	return sectionOf(r, table, core.SchemaOf(defaults), given, defaults)
}

// sectionOf is section with a schema that says more than the tags.
func sectionOf[T any](r *report, table string, params []core.Param, given core.Settings, defaults T) T {
	if full, ok := r.complete(table, params, given); ok {
		core.Decode(full, &defaults)
	}
	return defaults
}
