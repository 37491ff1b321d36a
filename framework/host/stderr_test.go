package host

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
)

// What ends with a traceback of Python says in which line of the author's it was.
func TestRaisedAt(t *testing.T) {
	for text, want := range map[string]string{
		"Traceback (most recent call last):\n  File \"/a/wells.py\", line 3, in <module>\n    f()\n  File \"/usr/lib/python3/dist-packages/numpy/x.py\", line 9, in f\nValueError: no": "ValueError: no (wells.py, line 3)",
		"  File \"/a/b c.py\", line 12\n    x = (\n        ^\nSyntaxError: '(' was never closed":                                                                                       "SyntaxError: '(' was never closed (b c.py, line 12)",
		"  File \"/a/old.py\", line 1, in f\nTraceback (most recent call last):\n  File \"<string>\", line 1\nE: x":                                                                    "E: x",
		"goroutine\npanic: no": "panic: no",
		"no frame":             "no frame",
	} {
		tail := &tail{log: slog.New(slog.DiscardHandler)}
		io.WriteString(tail.writer(), text+"\n\n")
		if _, got := tail.words(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTail(t *testing.T) {
	tail := &tail{log: slog.New(slog.DiscardHandler)}
	out, err := tail.writer(), tail.writer()
	io.WriteString(out, "half a ")
	io.WriteString(err, "panic: the cause\n")
	io.WriteString(out, "line\n\n")
	if lines, cause := tail.words(); fmt.Sprintf("%q", lines) != `["panic: the cause" "half a line" ""]` || cause != "panic: the cause" {
		t.Errorf("lines %q, cause %q", lines, cause)
	}
	for i := range 3 * keptLines {
		fmt.Fprintf(out, "goroutine %d\n", i)
	}
	lines, cause := tail.words()
	if len(lines) != keptLines || lines[keptLines-1] != fmt.Sprintf("goroutine %d", 3*keptLines-1) {
		t.Errorf("%d lines are kept, the last is %q", len(lines), lines[len(lines)-1])
	}
	if cause != "panic: the cause" {
		t.Errorf("the stack pushed the panic out: %q", cause)
	}
	for range 10 { // a plugin that never ends its line
		io.WriteString(out, strings.Repeat("x", longestLine/2))
	}
	if got := cap(out.part); got > 4*longestLine {
		t.Errorf("%d bytes are held back", got)
	}
}
