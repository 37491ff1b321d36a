package main

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
	{"a string", func(key, _ string) string { return key + ` = "` + strings.Repeat("nonsense", 30) + `"` }},
	{"true", func(key, _ string) string { return key + " = true" }},
	{"a list", func(key, _ string) string { return key + " = [[1]]" }},
	{"a table", func(key, _ string) string { return key + " = {a = 1}" }},
	{"negative", func(key, _ string) string { return key + " = -3" }},
	{"zero", func(key, _ string) string { return key + " = 0" }},
	{"1", func(key, _ string) string { return key + " = 1" }},
	{"3", func(key, _ string) string { return key + " = 3" }},
	{"large", func(key, _ string) string { return key + " = 9223372036854775807" }},
	{"huge", func(key, _ string) string { return key + " = 1e308" }},
	{"tiny", func(key, _ string) string { return key + " = 1e-308" }},
	{"nan", func(key, _ string) string { return key + " = nan" }},
	{"inf", func(key, _ string) string { return key + " = inf" }},
	{"renamed", func(key, value string) string { return key + "x = " + value }},
	{"twice", func(key, value string) string { return key + " = " + value + "\n" + key + " = " + value }},
	{"missing", func(key, value string) string { return "" }},
	{"date", func(key, value string) string { return key + " = 1979-05-27" }},
}

var (
	assignment = regexp.MustCompile(`^(\S+) *= *(.*)$`)
	placed     = regexp.MustCompile(`^(point \d+ \([^)]*\): )?\S+\.toml:\d+: `)
)

func TestDamaged(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(repository(), "runs/*/*.toml"))
	dir := t.TempDir()
	total, refused := 0, 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(text), "\n")
		name := filepath.Join(dir, filepath.Base(file))
		b := binding{inProcess: true, callTimeout: 1e9, index: allPoints}
		try := func(what string, like *session, damaged string) *session {
			f, err := plan.Parse(name, []byte(damaged), nil)
			var sweep *plan.Sweep
			if err == nil {
				sweep, err = f.Sweep()
			}
			if err == nil {
				f, err = sweep.Point(0)
			}
			s := &session{host: b.host(), like: like}
			if err == nil {
				func() {
					defer func() {
						if p := recover(); p != nil {
							t.Errorf("%s: %s: panic: %v", filepath.Base(file), what, p)
						}
					}()
					err = s.bind(f)
				}()
			}
			total++
			if err != nil {
				refused++
				for _, line := range strings.Split(err.Error(), "\n") {
					if !strings.HasPrefix(line, "    ") && !placed.MatchString(line) || len(line) > 1000 {
						t.Errorf("%s: %s: %s", filepath.Base(file), what, line)
					}
				}
				if k := core.KindOf(err); k != core.Invalid && k != core.Mismatch && k != core.Unsupported {
					t.Errorf("%s: %s: kind %v: %v", filepath.Base(file), what, k, err)
				}
			}
			if like != nil || err != nil {
				s.close()
			}
			return s
		}
		first := try("as it is", nil, string(text))
		for i, line := range lines {
			whole := func(with string) string {
				c := append([]string{}, lines...)
				c[i] = with
				return strings.Join(c, "\n")
			}
			if strings.HasPrefix(line, "[") {
				for _, header := range []string{"", "[" + line + "]", "[x" + line[1:], line[:len(line)-1], "[]"} {
					try(fmt.Sprintf("line %d is %q", i+1, header), first, whole(header))
				}
			}
			m := assignment.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			for _, d := range damages {
				try(fmt.Sprintf("line %d, %s, %s", i+1, m[1], d.name), first, whole(d.of(m[1], m[2])))
			}
		}
		first.close()
	}
	t.Logf("%d of %d refused", refused, total)
}
