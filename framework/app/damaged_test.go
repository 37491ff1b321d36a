package app

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// damages of a line "key = value".
var damages = []struct {
	name string
	of   func(key, value string) string
}{
	{"no value", func(key, _ string) string { return key + " =" }},
	{"a long string", func(key, _ string) string { return key + ` = "` + strings.Repeat("nonsense", 30) + `"` }},
	{"true", func(key, _ string) string { return key + " = true" }},
	{"a list", func(key, _ string) string { return key + " = [[1]]" }},
	{"a table", func(key, _ string) string { return key + " = {a = 1}" }},
	{"a date", func(key, _ string) string { return key + " = 1979-05-27" }},
	{"negative", func(key, _ string) string { return key + " = -3" }},
	{"zero", func(key, _ string) string { return key + " = 0" }},
	{"three", func(key, _ string) string { return key + " = 3" }},
	{"large", func(key, _ string) string { return key + " = 9223372036854775807" }},
	{"huge", func(key, _ string) string { return key + " = 1e308" }},
	{"tiny", func(key, _ string) string { return key + " = 1e-308" }},
	{"nan", func(key, _ string) string { return key + " = nan" }},
	{"inf", func(key, _ string) string { return key + " = inf" }},
	{"renamed", func(key, value string) string { return key + "x = " + value }},
	{"twice", func(key, value string) string { return key + " = " + value + "\n" + key + " = " + value }},
	{"missing", func(string, string) string { return "" }},
}

var (
	assignment = regexp.MustCompile(`^(\S+) *= *(.*)$`)
	placed     = regexp.MustCompile(`^\S+\.toml:[0-9]+: `)
)

// Whatever is wrong with a shipped run file, each line of the refusal names file
// and line, none is long, and nothing panics. Each line of each file is damaged,
// in a few ways that take turns from line to line, so that all occur everywhere.
func TestDamagedRunFiles(t *testing.T) {
	files := runFiles()
	refused := map[string]int{}
	turn := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if fetched(string(text)) {
			continue
		}
		name := filepath.Base(file)
		t.Chdir(filepath.Dir(file)) // where it looks for its data
		first := &session{host: here(), builtins: parts}
		if err := first.bindText(name, string(text)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		try := func(damage, text string) {
			s := &session{host: here(), builtins: parts, like: first}
			err := s.bindText(name, text)
			s.release()
			if err == nil {
				return
			}
			refused[damage]++
			if k := core.KindOf(err); k != core.Invalid && k != core.Mismatch && k != core.Unsupported {
				t.Errorf("%s: kind %v: %v", name, k, err)
			}
			for _, line := range strings.Split(err.Error(), "\n") {
				shown := strings.HasPrefix(line, "    ") // of the file
				if !shown && !placed.MatchString(line) || len(line) > 1000 {
					t.Errorf("%s of %s: %s", damage, name, line)
				}
			}
		}
		lines := strings.Split(string(text), "\n")
		for i, line := range lines {
			with := func(line string) string {
				return strings.Join(append(append(append([]string{}, lines[:i]...), line), lines[i+1:]...), "\n")
			}
			if strings.HasPrefix(line, "[") {
				for _, header := range []string{"", "[" + line + "]", "[x" + line[1:], line[:len(line)-1], "[]"} {
					try(fmt.Sprintf("header %q", header), with(header))
				}
			}
			if m := assignment.FindStringSubmatch(line); m != nil {
				for range 4 {
					d := damages[turn%len(damages)]
					try(d.name, with(d.of(m[1], m[2])))
					turn++
				}
			}
		}
		first.release()
	}
	for _, d := range damages {
		if refused[d.name] == 0 {
			t.Errorf("%s is never refused", d.name)
		}
	}
}

// bindText binds the only or the first point of a run file.
func (s *session) bindText(name, text string) error {
	f, err := plan.Parse(name, []byte(text), nil)
	if err != nil {
		return err
	}
	sweep, err := f.Sweep()
	if err != nil {
		return err
	}
	if f, err = sweep.Point(0); err != nil {
		return err
	}
	return s.bind(f)
}
