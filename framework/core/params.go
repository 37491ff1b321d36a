package core

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// ParamType is the type of a run-file value.
type ParamType string

const (
	TypeBool    ParamType = "bool"
	TypeInt     ParamType = "int"
	TypeFloat   ParamType = "float"
	TypeString  ParamType = "string"
	TypeFloats  ParamType = "floats"  // array of numbers
	TypeStrings ParamType = "strings" // array of strings
	TypeTable   ParamType = "table"   // numbers by names that the user chooses
)

// Param describes one key of a part's table in the run file.
type Param struct {
	Name string    `json:"name"`
	Type ParamType `json:"type"`
	// Default is of the Go type that Type names; ignored when Required. nil is a
	// number that is left out where it is not given.
	Default  any      `json:"default"`
	Required bool     `json:"required,omitempty"`
	Min      *float64 `json:"min,omitempty"` // inclusive
	Max      *float64 `json:"max,omitempty"` // inclusive
	// Above is an exclusive lower bound.
	Above *float64 `json:"above,omitempty"`
	// Below is an exclusive upper bound.
	Below *float64 `json:"below,omitempty"`
	// Choices are the allowed strings, also of an array's; empty means any.
	Choices []string `json:"choices,omitempty"`
	Unit    string   `json:"unit,omitempty"`
	Help    string   `json:"help"`
	// File marks a string that names a file: relative paths are taken from
	// the run file's folder.
	File bool `json:"file,omitempty"`
	// Named marks one that can also be the name of a data set, which it is where the
	// folder has no such file.
	Named bool `json:"named,omitempty"`
	// Only names what the key has an effect with, nil for everything. A run file
	// that gives a key without effect is refused.
	Only *Condition `json:"only,omitempty"`
	// Power of the run's model without which a key of an objective, an optimiser or a
	// sampler has no effect.
	Power Power `json:"power,omitempty"`
}

// Condition holds where another key of the same part has one of some values, or is a list
// that has one.
type Condition struct {
	Key    string   `json:"key"`
	Values []string `json:"values"` // as fmt.Sprint writes them
}

// Holds tells whether the condition holds in a part's completed settings; nil does.
func (c *Condition) Holds(s Settings) bool {
	if c == nil {
		return true
	}
	if list, ok := s[c.Key].([]string); ok {
		return slices.ContainsFunc(list, func(word string) bool { return slices.Contains(c.Values, word) })
	}
	return slices.Contains(c.Values, fmt.Sprint(s[c.Key]))
}

// With says what the other key is in the settings: `schedule = "constant"`.
func (c *Condition) With(s Settings) string {
	if text, ok := s[c.Key].(string); ok {
		return fmt.Sprintf("%s = %q", c.Key, text)
	}
	return fmt.Sprintf("%s = %v", c.Key, s[c.Key])
}

// Settings are the values of a part's table by key. Values are bool, int64,
// float64, string, []float64, []string or map[string]float64.
type Settings map[string]any

// SettingError is one thing wrong with one key.
type SettingError struct {
	Key     string
	Problem string // "must be at least 1, got 0"
}

func (e *SettingError) Error() string { return e.Key + " " + e.Problem }

// Complete checks given against params and returns a copy completed with the
// defaults, values converted to the declared types (an integer where a float
// is wanted). Every problem is reported, sorted by key.
func Complete(params []Param, given Settings) (Settings, []*SettingError) {
	full := make(Settings, len(params))
	var problems []*SettingError
	for key := range given {
		if !slices.ContainsFunc(params, func(p Param) bool { return p.Name == key }) {
			problems = append(problems, &SettingError{key, unknownKey(key, params)})
		}
	}
	for _, p := range params {
		v, ok := given[p.Name]
		if !ok {
			if p.Required {
				problems = append(problems, &SettingError{p.Name, "is required: " + p.Help})
				continue
			}
			if p.Type == TypeFloat && p.Default == nil {
				continue
			}
			v = p.Default
		}
		v, problem := p.check(v)
		if problem != "" {
			problems = append(problems, &SettingError{p.Name, problem})
			continue
		}
		full[p.Name] = v
	}
	sort.Slice(problems, func(i, j int) bool { return problems[i].Key < problems[j].Key })
	return full, problems
}

func unknownKey(key string, params []Param) string {
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.Name
	}
	if near := Nearest(key, names); near != "" {
		return fmt.Sprintf("is not a known key; did you mean %q?", near)
	}
	slices.Sort(names)
	if len(names) == 0 {
		return "is not a known key; there are none here"
	}
	return "is not a known key; known are " + strings.Join(names, ", ")
}

// check converts v to the declared type and tests its bounds.
func (p Param) check(v any) (any, string) {
	v, ok := p.convert(v)
	if !ok {
		return nil, fmt.Sprintf("must be %s, got %s", article(p.Type), describe(v))
	}
	switch x := v.(type) {
	case int64:
		return v, p.bounds(float64(x), x)
	case float64:
		return v, p.bounds(x, x)
	case []float64:
		for _, e := range x {
			if problem := p.bounds(e, e); problem != "" {
				return v, "has an element that " + problem
			}
		}
	case map[string]float64:
		for _, name := range slices.Sorted(maps.Keys(x)) {
			if problem := p.bounds(x[name], x[name]); problem != "" {
				return v, fmt.Sprintf("has %s, which %s", Shorten(name), problem)
			}
		}
	case string:
		return v, p.choice(x)
	case []string:
		for _, e := range x {
			if problem := p.choice(e); problem != "" {
				return v, "has an element that " + problem
			}
		}
	}
	return v, ""
}

func (p Param) choice(x string) string {
	if len(p.Choices) == 0 || slices.Contains(p.Choices, x) {
		return ""
	}
	problem := fmt.Sprintf("must be one of %s, got %s", quoted(p.Choices), Shorten(strconv.Quote(x)))
	if near := Nearest(x, p.Choices); near != "" {
		problem += fmt.Sprintf("; did you mean %q?", near)
	}
	return problem
}

// bounds tests x, the value got as a number.
func (p Param) bounds(x float64, got any) string {
	bound := func(b float64) any {
		if p.Type == TypeInt { // all digits
			return strconv.FormatFloat(b, 'f', -1, 64)
		}
		return b
	}
	switch {
	case math.IsNaN(x):
		return "must be a number, got NaN"
	case p.Min != nil && x < *p.Min:
		return fmt.Sprintf("must be at least %v, got %v", bound(*p.Min), got)
	case p.Above != nil && x <= *p.Above:
		return fmt.Sprintf("must be greater than %v, got %v", bound(*p.Above), got)
	case p.Below != nil && x >= *p.Below:
		return fmt.Sprintf("must be less than %v, got %v", bound(*p.Below), got)
	case p.Max != nil && x > *p.Max:
		return fmt.Sprintf("must be at most %v, got %v", bound(*p.Max), got)
	}
	return ""
}

func article(t ParamType) string {
	switch t {
	case TypeInt:
		return "an integer"
	case TypeFloat:
		return "a number"
	case TypeBool:
		return "true or false"
	case TypeFloats:
		return "an array of numbers"
	case TypeStrings:
		return "an array of strings"
	case TypeTable:
		return "a table of numbers"
	}
	return "a string"
}

func describe(v any) string {
	switch x := v.(type) {
	case nil:
		return "nothing"
	case string:
		return "the string " + Shorten(strconv.Quote(x))
	case bool:
		return fmt.Sprintf("%v", x)
	case int, int64, float64:
		return fmt.Sprintf("the number %v", x)
	case map[string]any:
		var entries []string
		for _, key := range slices.Sorted(maps.Keys(x)) {
			entries = append(entries, fmt.Sprintf("%s = %v", key, x[key]))
		}
		return "the table " + Shorten("{ "+strings.Join(entries, ", ")+" }")
	case []map[string]any:
		return "a list of tables"
	case time.Time:
		return "a date or time; a string stands in quotes"
	}
	return Shorten(fmt.Sprintf("%v", v))
}

// longest is how many characters of a value a message shows.
const longest = 80

// Shorten cuts a value for a message.
func Shorten(text string) string { return Cut(text, longest) }

// Cut leaves at most about so many characters of a text, and says how many there
// were.
func Cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return fmt.Sprintf("%s... (%d characters)", string(runes[:most-most/4]), len(runes))
	}
	return text
}

func quoted(words []string) string {
	q := make([]string, len(words))
	for i, w := range words {
		q[i] = fmt.Sprintf("%q", w)
	}
	return strings.Join(q, ", ")
}

// Nearest returns the candidate within a small edit distance of word, "" if
// none is near: what the user probably meant.
func Nearest(word string, candidates []string) string {
	best, bestDistance := "", max(1, len(word)/3)+1
	for _, c := range candidates {
		if d := editDistance(strings.ToLower(word), strings.ToLower(c)); d < bestDistance {
			best, bestDistance = c, d
		}
	}
	return best
}

// editDistance counts insertions, deletions, substitutions and swaps of
// neighbours (optimal string alignment).
func editDistance(a, b string) int {
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	before, last, row := rows[0], rows[1], rows[2]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
