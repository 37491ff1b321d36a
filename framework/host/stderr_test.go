package host

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
)

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
