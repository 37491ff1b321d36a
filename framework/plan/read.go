package plan

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// File is a run file whose syntax was read, with the place of every key.
type File struct {
	name      string // as the user wrote it
	dir       string // absolute
	source    string
	overrides []string
	tree      map[string]any
	lines     map[string]int
	set       map[string]bool // dotted keys that --set gave
	usual     string          // method of the chains where none is named, "" as long as the energy is not known

	// Of a point of a sweep:
	point  map[string]any    // values of the swept keys
	places map[string]string // where they stand, in
	whole  *File             // the file with its [sweep]
	suffix string            // of the run's name
}

// Read reads the run file at path and applies overrides of the form
// key.path=value, the value in TOML or a bare word that is taken as a string.
func Read(path string, overrides []string) (*File, error) {
	source, err := readAll(path)
	if err != nil {
		e := &core.Error{Kind: core.Invalid, Op: "read run file", Err: err}
		if errors.Is(err, syscall.EISDIR) {
			e.Hint = "a run begins and goes on by its run file: helmholtz run FILE"
		}
		return nil, e
	}
	return Parse(path, source, overrides)
}

// mostBytes is far above any run file, and keeps a data file that was named by
// mistake from being parsed.
const mostBytes = 16 << 20

func readAll(path string) ([]byte, error) {
	f, size, err := core.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > mostBytes {
		return nil, fmt.Errorf("%s has %s, and a run file at most %s", path, core.FormatBytes(float64(size)), core.FormatBytes(mostBytes))
	}
	return io.ReadAll(f)
}

// Parse is Read for a source that is not in a file; name stands for the path
// in messages, and its folder is where relative file names are looked up.
func Parse(name string, source []byte, overrides []string) (*File, error) {
	dir, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return nil, &core.Error{Kind: core.Storage, Op: "read run file", Subject: name, Err: err}
	}
	text := strings.TrimPrefix(string(source), "\ufeff") // a byte order mark, which some editors write
	f := &File{name: name, dir: dir, source: text, overrides: overrides,
		tree: map[string]any{}, set: map[string]bool{}}
	if line := tooDeep(f.source); line > 0 {
		return nil, core.Errorf(core.Invalid, "", "", "%s:%d: tables, lists or dotted keys are nested deeper than %d", f.name, line, deepest)
	}
	if _, err := toml.Decode(f.source, &f.tree); err != nil {
		return nil, f.syntaxError(err)
	}
	f.lines = positions(f.source)
	for _, name := range listTables {
		if v, ok := f.tree[name]; ok {
			f.tree[name] = asTables(v)
		}
	}
	r := report{file: f}
	for _, o := range overrides {
		if problem := f.override(o); problem != "" {
			r.list = append(r.list, problemAt{place: "--set " + core.Shorten(o), text: problem, kind: core.Invalid})
		}
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return f, nil
}

// longestLine is shown on either side of a place.
const longestLine = 60

// syntaxError shows the offending line with a caret under the place.
func (f *File) syntaxError(err error) error {
	var syntax toml.ParseError
	if !errors.As(err, &syntax) {
		return core.Errorf(core.Invalid, "", "", "%s: %w", f.name, err)
	}
	at := syntax.Position
	text := fmt.Sprintf("%s:%d: %s", f.name, at.Line, syntax.Message)
	if lines := strings.Split(f.source, "\n"); at.Line >= 1 && at.Line <= len(lines) && at.Col >= 1 {
		line, col := strings.ReplaceAll(strings.TrimRight(lines[at.Line-1], "\r"), "\t", " "), at.Col-1
		if from := min(col, len(line)) - longestLine; from > 0 {
			line, col = "..."+line[from:], col-from+3
		}
		if to := col + longestLine; to < len(line) {
			line = line[:to] + "..."
		}
		text += fmt.Sprintf("\n    %s\n    %s^", strings.ToValidUTF8(line, "?"), strings.Repeat(" ", min(col, len(line))))
	}
	return &core.Error{Kind: core.Invalid, Err: errors.New(text)}
}

// Overrides tells whether an argument of --set gives a key of a table, alone or with
// the table.
func Overrides(argument, table, key string) bool {
	f := &File{tree: map[string]any{}, set: map[string]bool{}}
	if f.override(argument) != "" {
		return false
	}
	_, given := f.table(table)[key]
	return given
}

// override applies one --set argument to the tree and returns what is wrong
// with it.
func (f *File) override(argument string) (problem string) {
	key, text, ok := strings.Cut(argument, "=")
	names := strings.Split(strings.TrimSpace(key), ".")
	if !ok || slices.Contains(names, "") {
		return "must have the form table.key=value"
	}
	if len(names) > deepest || tooDeep(text) > 0 {
		return fmt.Sprintf("is nested deeper than %d", deepest)
	}
	value, err := overrideValue(text)
	if err != nil {
		return "cannot read the value: " + err.Error()
	}
	return f.put(names, value)
}

// put gives the key whose path is names a value and returns what is wrong with
// the path.
func (f *File) put(names []string, value any) (problem string) {
	node, path := f.tree, ""
	for i, name := range names[:len(names)-1] {
		path = join(path, name)
		next, ok := node[name]
		if !ok {
			if i == 0 && slices.Contains(listTables, name) {
				return fmt.Sprintf("%s has no entry %q: there is no %s", path, names[1], header(name))
			}
			next = map[string]any{}
			node[name] = next
		}
		switch next := next.(type) {
		case map[string]any:
			node = next
		case []map[string]any:
			if i != len(names)-3 {
				return fmt.Sprintf("%s is a list of tables: write %s.0.key=value for its first one", path, path)
			}
			n, err := strconv.Atoi(names[i+1])
			if err != nil || n < 0 || n >= len(next) {
				return fmt.Sprintf("%s has no entry %q: it has %d, numbered from 0", path, names[i+1], len(next))
			}
			f.assign(next[n], join(path, names[i+1]), names[i+2], value)
			return ""
		default:
			return path + " is not a table"
		}
	}
	f.assign(node, path, names[len(names)-1], value)
	return ""
}

// assign sets one key and forgets the lines of what it replaces.
func (f *File) assign(node map[string]any, table, name string, value any) {
	node[name] = value
	path := join(table, name)
	for key := range f.lines {
		if strings.HasPrefix(key, path+".") {
			delete(f.lines, key)
		}
	}
	f.set[path] = true
}

// Value is what a text means as the value of a key on the command line: a TOML value, or
// a bare word as a string.
func Value(text string) (any, error) { return overrideValue(text) }

// overrideValue reads a TOML value; what is none and does not look like a
// broken one is a bare word.
func overrideValue(text string) (any, error) {
	text = strings.TrimSpace(text)
	var document map[string]any
	_, err := toml.Decode("value = "+text, &document)
	_, date := document["value"].(time.Time)
	var syntax toml.ParseError
	switch {
	case strings.Contains(text, "\n"):
		return nil, errors.New("it has more than one line")
	case err == nil && !date:
		return asTables(document["value"]), nil
	case strings.ContainsAny(text, "\"'[]{}") && errors.As(err, &syntax):
		return nil, errors.New(syntax.Message)
	}
	return text, nil
}

// asTables gives a list of inline tables the type that [[tables]] have.
func asTables(v any) any {
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return v
	}
	tables := make([]map[string]any, len(list))
	for i, e := range list {
		if tables[i], ok = e.(map[string]any); !ok {
			return v
		}
	}
	return tables
}

// Name of the run: the file's base name unless [run] says otherwise.
func (f *File) Name() string {
	name, _ := f.table("run")["name"].(string)
	if name == "" {
		name = strings.TrimSuffix(filepath.Base(f.name), ".toml")
	}
	return name + f.suffix
}

// where returns the place of a key for a message: its line or its --set
// argument, else those of the nearest table around it. A plan that was not
// made from a file has no places.
func (f *File) where(key string) (place string, line int) {
	if f == nil {
		return "plan", 0
	}
	if at, ok := f.places[key]; ok {
		return f.whole.where(at)
	}
	for {
		if f.set[key] {
			return "--set " + key, 0
		}
		if line, ok := f.lines[key]; ok {
			return fmt.Sprintf("%s:%d", f.name, line), line
		}
		dot := strings.LastIndexByte(key, '.')
		if dot < 0 {
			return f.name + ":1", 0 // a table that is missing, in a file that is there
		}
		key = key[:dot]
	}
}
