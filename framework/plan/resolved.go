package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// table is one table of the resolved run file.
type table struct {
	name       string // as in its header
	entries    []entry
	comment    string
	observable string // of a table below expect
}

type entry struct {
	key   string
	value any // as in core.Settings
}

// tables is the resolved run file as data: what TOML, JSON and Fingerprint
// are made of. Keys without effect are left out.
func (p *Plan) tables() []table {
	evaluate := entries(p.Evaluate)
	run := entries(Run{Name: p.Name, Seed: p.Seed, Memory: p.Memory, Env: p.Env})
	if p.Memory == "" {
		run = without(run, "memory")
	}
	if len(p.Env) == 0 {
		run = without(run, "env")
	}
	if p.Evaluate.Rows == 0 {
		evaluate = without(evaluate, "rows")
	}
	if len(p.Evaluate.Orbit) == 0 {
		evaluate = without(evaluate, "orbit")
	}
	if !p.HasModel() || !p.Boltzmann() || !p.Evaluate.Standard {
		evaluate = without(evaluate, "bracket")
	}
	if !p.Evaluate.Reweighted {
		evaluate = without(evaluate, "reweighted")
	}
	if p.Evaluate.Most == 0 {
		evaluate = without(evaluate, "most")
	}
	if p.Evaluate.Seed == 0 {
		evaluate = without(evaluate, "seed")
	}
	all := []table{{name: "run", entries: run}}
	if p.HasModel() { // the method stands in one place
		all = append(all, table{name: "model", entries: p.Model.entries()})
	} else {
		evaluate = without(evaluate, "sampler")
	}
	all = append(all, table{name: "energy", entries: p.Energy.entries()})
	if !p.unknown {
		all = append(all, p.ensembleTable())
	}
	if p.HasModel() {
		all = append(all, p.trainTables()...)
		for _, t := range p.Terms {
			all = append(all, table{name: "term", entries: t.entries()})
		}
	}
	if sampler := p.samplerEntries(); len(sampler) > 0 {
		all = append(all, table{name: "sampler", entries: sampler})
	}
	all = append(all, table{name: "evaluate", entries: evaluate})
	if len(p.Evaluate.Targets) > 0 {
		all = append(all, p.targetTable())
	}
	for _, e := range p.Estimators {
		all = append(all, table{name: "estimator", entries: e.entries()})
	}
	all = append(all, table{name: "checkpoint", entries: entries(p.Checkpoint)})
	for _, e := range p.Expect {
		all = append(all, table{name: join("expect", e.Observable), entries: e.entries(), observable: e.Observable})
	}
	return all
}

func entries(section any) []entry {
	var all []entry
	for _, p := range core.SchemaOf(section) {
		all = append(all, entry{p.Name, p.Default})
	}
	return all
}

func without(list []entry, key string) []entry {
	return slices.DeleteFunc(list, func(e entry) bool { return e.key == key })
}

// entries leaves out the rules that do not apply.
func (e Expectation) entries() []entry {
	none := settingsOf(expectDefaults)
	return slices.DeleteFunc(entries(e), func(e entry) bool {
		return reflect.DeepEqual(e.value, none[e.key])
	})
}

func (part PartPlan) entries() []entry {
	return slices.Concat([]entry{{"plugin", part.Plugin}}, part.executable(), part.settings())
}

// executable are the keys that say which executable is meant, and what the host makes
// of the part.
func (part PartPlan) executable() (all []entry) {
	if part.Path != "" {
		all = append(all, entry{"path", part.Path})
	}
	if part.SHA256 != "" {
		all = append(all, entry{"sha256", part.SHA256})
	}
	if part.Version != "" {
		all = append(all, entry{"version", part.Version})
	}
	if len(part.Average) > 0 {
		all = append(all, entry{"average", part.Average})
	}
	if core.Precision(part.Precision) == core.Float32 { // float64 goes without saying, as in runs that are older than the key
		all = append(all, entry{"precision", part.Precision})
	}
	return all
}

// settings are those of the part's own keys that have an effect.
func (part PartPlan) settings() (all []entry) {
	keys := part.keys
	if keys == nil { // a plan that Check did not make
		keys = slices.Sorted(maps.Keys(part.Settings))
	}
	for _, key := range keys {
		all = append(all, entry{key, part.Settings[key]})
	}
	return all
}

// TOML is the resolved run file, defaults included. It reads back to the same
// plan from any folder.
func (p *Plan) TOML() string {
	var b strings.Builder
	tables := slices.DeleteFunc(p.tables(), func(t table) bool { // the file is that of the point alone
		return t.observable != "" && p.OfSweep(Expectation{Observable: t.observable})
	})
	for i, t := range tables {
		if i > 0 {
			b.WriteByte('\n')
		}
		if t.comment != "" {
			fmt.Fprintf(&b, "# %s\n", t.comment)
		}
		b.WriteString(header(t.name) + "\n")
		for _, e := range t.entries {
			fmt.Fprintf(&b, "%s = %s\n", join("", e.key), literal(e.value))
		}
	}
	return b.String()
}

// literal writes a value in TOML.
func literal(v any) string {
	switch x := v.(type) {
	case string:
		return quote(x)
	case float64:
		return float(x)
	case []float64:
		return list(x)
	case []string:
		return list(x)
	case []any:
		return list(x)
	case map[string]float64:
		return inline(x)
	}
	return fmt.Sprint(v)
}

// inline writes a table on one line.
func inline(table map[string]float64) string {
	if len(table) == 0 {
		return "{}"
	}
	words := make([]string, 0, len(table))
	for _, name := range slices.Sorted(maps.Keys(table)) {
		words = append(words, join("", name)+" = "+float(table[name]))
	}
	return "{ " + strings.Join(words, ", ") + " }"
}

func list[T any](values []T) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = literal(v)
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// float writes a number with all its digits, so that it is read back exactly.
func float(x float64) string {
	text := strconv.FormatFloat(x, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}

// quote writes a TOML basic string: JSON's escapes are among TOML's, which
// forbids the bare delete character besides.
func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(s) // a string cannot fail
	return strings.ReplaceAll(strings.TrimSuffix(b.String(), "\n"), "\x7f", `\u007f`)
}

// tree is the resolved run file as nested maps, with the digests of the files
// it names under "files" and, at a point of a sweep, the swept values under "sweep".
func (p *Plan) tree() map[string]any {
	tree := map[string]any{"files": p.Files}
	if p.Point != nil {
		tree["sweep"] = p.Point
	}
	expect, lists := map[string]any{}, map[string][]any{"estimator": {}}
	for _, t := range p.tables() {
		m := map[string]any{}
		for _, e := range t.entries {
			m[e.key] = e.value
		}
		switch {
		case slices.Contains(listTables, t.name):
			lists[t.name] = append(lists[t.name], m)
		case t.observable != "":
			expect[t.observable] = m
		case t.name == "evaluate.target":
			tree["evaluate"].(map[string]any)["target"] = m
		default:
			tree[t.name] = m
		}
	}
	for name, list := range lists {
		tree[name] = list
	}
	tree["expect"] = expect
	return tree
}

// JSON is the resolved plan as JSON, in the structure of the run file.
func (p *Plan) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(p.tree(), "", "  ")
	if err != nil {
		return nil, core.Errorf(core.Internal, "write plan", p.Name, "%w", err)
	}
	return text, nil
}
