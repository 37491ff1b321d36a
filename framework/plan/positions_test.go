package plan

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

const gnarly = `# comment with [table] and key = 1
top = "a # no comment, [not.a.table], \" = 2"

[ spaced . "quoted key" ] # trailing
'literal\' = 'C:\'
multi = """
[inside]
inside = 1 """" # ends with a quote of its own
raw = '''
x = 1'''
numbers = [
  1, # one
  2,
  [3, 4]
]
inline = { a.b = 1, c = [ { d = "}" }, { d = "]" } ] }
after = 1979-05-27 07:32:00
[[list]]
a = 1
[list.sub]
b = 2
[[list]]
[[list.deep]]
c = 3
[[list.deep]]
c = 4
`

func TestPositions(t *testing.T) {
	lines := positions(gnarly)
	for key, want := range map[string]int{
		"top": 2, "spaced": 4, `spaced."quoted key"`: 4, `spaced."quoted key"."literal\\"`: 5,
		`spaced."quoted key".multi`: 6, `spaced."quoted key".raw`: 9, `spaced."quoted key".numbers.1`: 13,
		`spaced."quoted key".numbers.2.1`: 14, `spaced."quoted key".inline.a.b`: 16,
		`spaced."quoted key".inline.c.1.d`: 16, `spaced."quoted key".after`: 17,
		"list": 18, "list.0": 18, "list.0.a": 19, "list.0.sub": 20, "list.0.sub.b": 21, "list.1": 22,
		"list.1.deep.0": 23, "list.1.deep.0.c": 24, "list.1.deep.1.c": 26,
	} {
		if lines[key] != want {
			t.Errorf("%s is on line %d, want %d", key, lines[key], want)
		}
	}
}

// The TOML library, which is not asked for positions, finds the same keys.
func TestPositionsFindEveryKey(t *testing.T) {
	sources := map[string]string{"gnarly": gnarly, "windows": strings.ReplaceAll(gnarly, "\n", "\r\n"), "example": Example}
	files, _ := filepath.Glob("testdata/*.txt")
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		source, _, _ := strings.Cut(string(text), "-- ")
		sources[path] = source
	}
	compared := 0
	for name, source := range sources {
		var tree map[string]any
		if _, err := toml.Decode(source, &tree); err != nil {
			continue
		}
		want, got := map[string]bool{}, map[string]bool{}
		collect(tree, "", want)
		for key := range positions(source) {
			got[key] = true
		}
		if !maps.Equal(want, got) {
			t.Errorf("%s: keys %q, want %q", name, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
		}
		compared += len(want)
	}
	if compared < 200 {
		t.Errorf("only %d keys were compared", compared)
	}
}

// collect notes the dotted keys of a decoded document.
func collect(v any, path string, keys map[string]bool) {
	if path != "" {
		keys[path] = true
	}
	switch x := v.(type) {
	case map[string]any:
		for name, e := range x {
			collect(e, join(path, name), keys)
		}
	case []map[string]any:
		for i, e := range x {
			collect(e, join(path, strconv.Itoa(i)), keys)
		}
	case []any:
		for i, e := range x {
			collect(e, join(path, strconv.Itoa(i)), keys)
		}
	}
}

// Broken documents end in an error or a plan, never in a panic or a loop.
func TestBrokenInput(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	sources := []string{gnarly, Example}
	const bytes = "[]{}=.\"'#\n\\, a1-"
	for range 5000 {
		text := []byte(sources[r.IntN(len(sources))])
		for range 1 + r.IntN(4) {
			i := r.IntN(len(text))
			switch r.IntN(3) {
			case 0:
				text[i] = bytes[r.IntN(len(bytes))]
			case 1:
				text = append(text[:i], text[i+1:]...)
			case 2:
				text = slices.Insert(text, i, byte(r.IntN(256)))
			}
		}
		positions(string(text))
		check("run.toml", string(text), string(text[:r.IntN(20)]))
	}
}

func FuzzParse(f *testing.F) {
	f.Add(gnarly, "energy.L=4")
	f.Add(Example, "estimator.0.bins=1")
	f.Fuzz(func(t *testing.T, source, override string) {
		positions(source)
		check("run.toml", source, override)
	})
}
