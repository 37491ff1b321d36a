package plan

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// The TOML library takes the square of the depth: 8000 inline tables were 14 s.
func TestNestedTooDeep(t *testing.T) {
	const refused = "tables, lists or dotted keys are nested deeper than 32"
	for name, c := range map[string]struct {
		source string
		line   int // of the refusal, 0 for none
	}{
		"lists":             {"\n\nx = " + strings.Repeat("[", 8000) + strings.Repeat("]", 8000), 3},
		"tables":            {"x = " + strings.Repeat("{a = ", 8000) + "1" + strings.Repeat("}", 8000), 1},
		"dots of a key":     {"[model]\n" + strings.Repeat("a.", 8000) + "a = 1", 2},
		"dots of a header":  {"\n[" + strings.Repeat("a.", 8000) + "a]\n", 2},
		"quoted keys":       {"\n[" + strings.Repeat(`"a".`, 8000) + "a]\n", 2},
		"as deep as may be": {"[" + strings.Repeat("a.", 31) + "a]\nx = " + strings.Repeat("[", 32) + strings.Repeat("]", 32), 0},
		"in a string":       {`x = "` + strings.Repeat("[a.b", 100) + `"`, 0},
		"in a comment":      {"# " + strings.Repeat("[a.b", 100) + "\nx = 1", 0},
		"many of them":      {"x = [" + strings.Repeat("[1.5], ", 1000) + "]", 0},
	} {
		_, err := Parse("run.toml", []byte(c.source), nil)
		want := "<nil>"
		if c.line > 0 {
			want = fmt.Sprintf("run.toml:%d: %s", c.line, refused)
		}
		if fmt.Sprint(err) != want {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
	_, err := Parse("run.toml", nil, []string{strings.Repeat("a.", 8000) + "a=1"})
	want := "--set " + strings.Repeat("a.", 30) + "... (16003 characters): is nested deeper than 32"
	if fmt.Sprint(err) != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// A named pipe would wait for ever for its other end, a device has none.
func TestReadsRegularFilesOnly(t *testing.T) {
	dir := t.TempDir()
	pipe, large := filepath.Join(dir, "pipe"), filepath.Join(dir, "large")
	if err := syscall.Mkfifo(pipe, 0o666); err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(large, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, mostBytes+1<<20); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		pipe:        "read run file: open " + pipe + ": is a named pipe, not a regular file",
		dir:         "read run file: open " + dir + ": is a directory (a run begins and goes on by its run file: helmholtz run FILE)",
		"/dev/zero": "read run file: open /dev/zero: is a device, not a regular file",
		large:       "read run file: " + large + " has 17 MiB, and a run file at most 16 MiB",
	} {
		if _, err := Read(path, nil); core.KindOf(err) != core.Invalid || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// A message shows the part of a long line in which the mistake is.
func TestLongLinesAreCut(t *testing.T) {
	_, err := Parse("run.toml", []byte("x = ["+strings.Repeat("1, ", 1000)+"= 2"+strings.Repeat(" ", 1000)+"]"), nil)
	lines := strings.Split(fmt.Sprint(err), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "run.toml:1: ") || len(lines[1]) > 150 {
		t.Fatalf("got %v", err)
	}
	if at := strings.Index(lines[2], "^"); at < 0 || at >= len(lines[1]) || !strings.Contains(lines[1][at-1:at+2], "=") {
		t.Errorf("the caret is not below the mistake:\n%v", err)
	}
}
