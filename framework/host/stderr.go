package host

import (
	"bytes"
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// keptLines is how much of what a plugin printed is remembered; longer lines
// than longestLine are cut into several.
const (
	keptLines   = 200
	longestLine = 1 << 16
)

// tail passes a plugin's lines to the log and the transcript and remembers the
// last ones, and the line of the last panic, which its own stack would push out.
type tail struct {
	log   *slog.Logger
	all   *transcript // nil keeps none
	title string      // of what is printed, in the transcript

	mu    sync.Mutex
	lines []string
	panic string
}

func (t *tail) add(line string) {
	t.log.Debug(line)
	t.all.add(t.title, line)
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.lines) == keptLines {
		t.lines = append(t.lines[:0], t.lines[1:]...)
	}
	t.lines = append(t.lines, line)
	if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") || strings.HasPrefix(line, "SIG") {
		t.panic = line
	}
}

// words are the lines kept and the one that says most about an end.
func (t *tail) words() (lines []string, cause string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.panic != "" {
		return slices.Clone(t.lines), t.panic
	}
	for i, line := range slices.Backward(t.lines) {
		if strings.TrimSpace(line) != "" {
			return slices.Clone(t.lines), line + raisedAt(t.lines[:i])
		}
	}
	return nil, ""
}

// pythonFrame is a line of a traceback, and of a syntax error.
var pythonFrame = regexp.MustCompile(`^ +File "([^"<>]+)", line (\d+)`)

// raisedAt says in which line of its author's the program was that ended with a traceback of Python, whose last line names the
// exception alone: " (wells.py, line 12)". Lines of installed packages are not the author's; "" where there are no others.
func raisedAt(lines []string) string {
	for _, line := range slices.Backward(lines) {
		if m := pythonFrame.FindStringSubmatch(line); m != nil && !installed(m[1]) {
			return fmt.Sprintf(" (%s, line %s)", filepath.Base(m[1]), m[2])
		}
		if strings.HasPrefix(line, "Traceback (most recent call last)") {
			break
		}
	}
	return ""
}

// installed tells that a file of Python is of its library, or of a package.
func installed(file string) bool {
	return strings.Contains(file, "-packages/") || strings.Contains(file, "/lib/python") || strings.Contains(file, "/helmholtz/")
}

// writer returns a writer for one stream of text.
func (t *tail) writer() *lineWriter { return &lineWriter{tail: t} }

type lineWriter struct {
	tail *tail
	part []byte
}

func (w *lineWriter) Write(p []byte) (int, error) {
	n := len(p)
	for {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			if w.part = append(w.part, p...); len(w.part) > longestLine {
				w.tail.add(string(w.part))
				w.part = w.part[:0]
			}
			return n, nil
		}
		w.tail.add(string(append(w.part, p[:i]...)))
		w.part, p = w.part[:0], p[i+1:]
	}
}

// end passes a last line on that has no end.
func (w *lineWriter) end() {
	if len(w.part) > 0 {
		w.tail.add(string(w.part))
		w.part = w.part[:0]
	}
}
