package host

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What is printed before there is a folder, on either stream, during a call
// and by the describe command is in the file; a second run comes after it.
func TestLog(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "plugin-energy.log")
	path := script(t, `if [ "$1" = describe ]; then echo looking around >&2; fi; exec `+os.Args[0]+` "$@"`)
	run := func() {
		h := newHost(t, Options{})
		f, err := h.Find(core.KindEnergy, "faulty", path, "")
		if err != nil {
			t.Fatal(err)
		}
		e, err := h.OpenEnergy(f, core.Settings{"mode": "print"})
		if err != nil {
			t.Fatal(err)
		}
		h.LogTo(dir)
		if _, err := evalTwice(t, e); err != nil {
			t.Fatal(err)
		}
		h.Close()
	}
	run()
	once := read(t, file)
	for _, want := range []string{"==== " + path + " describe\nlooking around\n", "==== energy faulty 1, started ",
		"\n1|1|tcp|hello from standard output\n", "\nhello from standard error\n"} {
		if strings.Count(once, want) != 1 {
			t.Errorf("the log has not once %q:\n%s", want, once)
		}
	}
	run()
	if twice := read(t, file); !strings.HasPrefix(twice, once) || strings.Count(twice, "hello from standard error") != 2 {
		t.Errorf("the log of the second run: %s", twice)
	}
	if got := names(t, dir); got != "plugin-energy.log" {
		t.Errorf("the folder has %s", got)
	}
}

// An error names the file, if something was printed.
func TestErrorsNameTheLog(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode  string
		lines string // printed at the start
		want  string
	}{
		{"exit", "", "licence expired (exit status 3) (all that it printed is in DIR/plugin-energy.log)"},
		{"panic in a goroutine", "", "panic: lost in a worker (exit status 2) (all that it printed is in DIR/plugin-energy.log)"},
		{"hang", "echo x >&2", "and was killed (all that it printed is in DIR/plugin-energy.log)"},
		{"panic", "echo x >&2", "index out of range [3] with length 3 (a bug of the plugin; the stack is in its log; all that it printed is in DIR/plugin-energy.log)"},
		{"error", "echo x >&2", "site 2: overflow"}, // says itself what is wrong
		{"kill -9", "", "signal: killed (if nobody killed it, memory ran out: " + memoryHint + ")"},
		{"kill -9", "echo x >&2", memoryHint + "; all that it printed is in DIR/plugin-energy.log)"},
	} {
		dir := t.TempDir()
		h := newHost(t, Options{CallTimeout: patience})
		f, err := h.Find(core.KindEnergy, "faulty", script(t, `if [ "$1" = serve ]; then :; `+c.lines+"\nfi; exec "+os.Args[0]+` "$@"`), "")
		if err != nil {
			t.Fatal(err)
		}
		e, err := h.OpenEnergy(f, core.Settings{"mode": c.mode})
		if err != nil {
			t.Fatal(err)
		}
		h.LogTo(dir)
		if _, err = evalTwice(t, e); err == nil || !strings.HasSuffix(err.Error(), strings.ReplaceAll(c.want, "DIR", dir)) {
			t.Errorf("%s: error %v, want one that ends with %s", c.mode, err, c.want)
		}
	}
	// While there is no folder, the terminal can have it.
	h := newHost(t, Options{})
	_, err := h.Find(core.KindEnergy, "faulty", script(t, "echo one >&2; echo two >&2; exit 1"), "")
	wantError(t, err, core.Plugin, "exit status 1: two (a plugin must print its description when started with the argument describe; the flag -v shows all that it printed)")
}

// Of a plugin that prints without end the first and the last megabyte are
// kept, in a file that is never much longer.
func TestLogIsBounded(t *testing.T) {
	dir := t.TempDir()
	all := newTranscripts(func(text string) { t.Error(text) })[core.KindModel]
	file := filepath.Join(dir, all.name)
	line := func(i int) string { return fmt.Sprintf("%09d", i) } // ten bytes with its end
	const lines = 700_000
	for i := range lines {
		if i == 350_000 {
			all.keep(dir)
		}
		all.add("", line(i))
		if i%100_000 == 99_999 && i > 350_000 {
			if size := len(read(t, file)); size > 3*keptBytes+200 {
				t.Errorf("after %d lines the file has %d bytes", i, size)
			}
		}
	}
	all.close()
	check := func(text string, last int) {
		t.Helper()
		head, tail, cut := strings.Cut(text, leftOut)
		if !cut || strings.Contains(tail, leftOut) || len(head) > keptBytes || len(tail) > keptBytes || len(head) < keptBytes-10 || len(tail) < keptBytes-10 {
			t.Fatalf("%d bytes, then %d (%v)", len(head), len(tail), cut)
		}
		if !strings.HasPrefix(head, line(0)+"\n"+line(1)+"\n") || !strings.HasPrefix(tail, "0") || !strings.HasSuffix(tail, line(last-1)+"\n"+line(last)+"\n") {
			t.Errorf("%.20q ... %.20q ... %q", head, tail, tail[len(tail)-20:])
		}
	}
	check(read(t, file), lines-1)

	// A later run leaves the first megabyte and moves the last.
	later := newTranscripts(func(text string) { t.Error(text) })[core.KindModel]
	later.add("", line(lines))
	later.keep(dir)
	later.close()
	check(read(t, file), lines)
	if got := names(t, dir); got != all.name {
		t.Errorf("the folder has %s", got)
	}
}

// Two processes that print by turns stand under a heading each time.
func TestLogOfSeveral(t *testing.T) {
	dir := t.TempDir()
	all := newTranscripts(func(text string) { t.Error(text) })[core.KindEstimator]
	all.keep(dir)
	for _, line := range [][2]string{{"a", "1"}, {"a", "2"}, {"b", "3"}, {"a", "4"}} {
		all.add(line[0], line[1])
	}
	all.close()
	if got, want := read(t, filepath.Join(dir, all.name)), "==== a\n1\n2\n==== b\n3\n==== a\n4\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A log that cannot be written is no reason to end.
func TestLogCannotBeWritten(t *testing.T) {
	var notes []string
	note := func(text string) { notes = append(notes, text) }
	absent := filepath.Join(t.TempDir(), "absent")
	all := newTranscripts(note)[core.KindModel]
	all.add("", "one")
	all.keep(absent)
	all.add("", "two")
	if len(notes) != 1 || !strings.HasPrefix(notes[0], "what plugins print is no longer kept in "+absent+"/plugin-model.log: ") ||
		!strings.HasSuffix(notes[0], "no such file or directory") || all.where() != "" {
		t.Errorf("the notes are %q, where %q", notes, all.where())
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "plugin-energy.log"), 0o777); err != nil {
		t.Fatal(err)
	}
	other := newTranscripts(note)[core.KindEnergy]
	other.keep(dir)
	if other.add("", "three"); len(notes) != 2 || !strings.HasSuffix(notes[1], "not a regular file") {
		t.Errorf("the notes are %q", notes)
	}
}

// What a plugin prints on its real standard output, where the handshake is, is
// kept too, however long its lines are.
func TestStdoutAfterHandshake(t *testing.T) {
	tail := &tail{log: slog.New(slog.DiscardHandler)}
	c, err := newCommand(exec.Command("sh", "-c", `echo '1|1|unix|/socket|grpc'; echo later; head -c 300000 /dev/zero; printf 'no end'`))
	if err != nil {
		t.Fatal(err)
	}
	c.divert(tail.writer())
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	first, err := io.ReadAll(c.Stdout())
	if err != nil || string(first) != "1|1|unix|/socket|grpc\n" {
		t.Errorf("handshake %q, error %v", first, err)
	}
	if err := c.Wait(t.Context()); err != nil {
		t.Error(err)
	}
	lines, last := tail.words()
	zeros := 0
	for _, line := range lines {
		zeros += bytes.Count([]byte(line), []byte{0})
	}
	if lines[0] != "later" || !strings.HasSuffix(last, "no end") || zeros != 300000 {
		t.Errorf("first %q, last %.20q, %d zeros", lines[0], last, zeros)
	}
}
