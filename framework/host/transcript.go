package host

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// keptBytes of the beginning and of the end of what plugins print are kept: of
// a plugin that prints in every call the first words and the last ones matter,
// and they must not fill the disk.
const keptBytes = 1 << 20

// leftOut stands where the middle of a transcript was.
const leftOut = "[... lines are left out here: the first and the last megabyte are kept ...]\n"

// transcript is everything that the plugins of one table of the run file
// print. It is held in memory until there is a folder, then in a file, too.
type transcript struct {
	note func(text string)
	name string // of the file

	mu    sync.Mutex
	title string // of what printed last
	head  []byte // at most keptBytes
	tail  []byte // at most twice keptBytes; begins once head is full
	cut   bool   // something between head and tail was left out

	path string // of the file, "" while there is no folder
	file *os.File
	lost error // the file could not be written
}

// add appends a line of the process that title names, "" for none, under a heading
// where another printed the line before.
func (t *transcript) add(title, line string) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if title != t.title {
		t.append([]byte("==== " + title + "\n"))
		t.title = title
	}
	t.append([]byte(line + "\n"))
}

func (t *transcript) append(text []byte) {
	if len(t.tail) == 0 && len(t.head)+len(text) <= keptBytes {
		t.head = append(t.head, text...)
	} else {
		t.tail = append(t.tail, text...)
	}
	switch {
	case len(t.tail) > 2*keptBytes:
		t.shorten()
	case t.file != nil:
		_, err := t.file.Write(text)
		t.check(err)
	case t.path != "":
		t.write()
	}
}

// shorten drops all but the end of the tail, in the file too.
func (t *transcript) shorten() {
	if len(t.tail) <= keptBytes {
		return
	}
	last := t.tail[len(t.tail)-keptBytes:]
	if end := bytes.IndexByte(last, '\n'); end >= 0 && end+1 < len(last) {
		last = last[end+1:]
	}
	t.tail, t.cut = append(t.tail[:0], last...), true
	t.write()
}

// text is all that is kept.
func (t *transcript) text() []byte {
	text := bytes.Clone(t.head)
	if t.cut {
		text = append(text, leftOut...)
	}
	return append(text, t.tail...)
}

// write replaces the file by all that is kept, as a whole. A plugin that prints
// nothing leaves none. The name of the unfinished file is one that the store
// removes after a crash.
func (t *transcript) write() {
	if t.path == "" || t.lost != nil || len(t.head) == 0 {
		return
	}
	file, err := os.CreateTemp(filepath.Dir(t.path), "."+t.name+".partial-*")
	if err != nil {
		t.check(err)
		return
	}
	_, err = file.Write(t.text())
	if err == nil {
		err = file.Chmod(0o644)
	}
	if err == nil {
		err = os.Rename(file.Name(), t.path)
	}
	if err != nil {
		file.Close()
		os.Remove(file.Name())
		t.check(err)
		return
	}
	if t.file != nil {
		t.file.Close()
	}
	t.file = file
}

// check gives the file up when it cannot be written: a run does not end for
// want of a log.
func (t *transcript) check(err error) {
	if err == nil || t.lost != nil {
		return
	}
	t.lost = err
	t.note(fmt.Sprintf("what plugins print is no longer kept in %s: %v", t.path, err))
}

// keep begins the file in a folder, after what an earlier process of the same
// run left there.
func (t *transcript) keep(dir string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	path := filepath.Join(dir, t.name)
	earlier, err := readLog(path)
	if err != nil {
		t.path = path
		t.check(err)
		return
	}
	t.set(append(earlier, t.text()...))
	t.path = path
	t.write()
}

// set takes over a text that may have been cut before.
func (t *transcript) set(text []byte) {
	head, tail, cut := bytes.Cut(text, []byte(leftOut))
	if len(head) > keptBytes {
		end := bytes.LastIndexByte(head[:keptBytes], '\n') + 1
		head, tail, cut = text[:end], text[end:], false
	}
	t.head, t.tail, t.cut = bytes.Clone(head), bytes.Clone(tail), cut
	if len(t.tail) > 2*keptBytes {
		t.shorten()
	}
}

// readLog reads the log of an earlier process; there may be none.
func readLog(path string) ([]byte, error) {
	info, err := os.Lstat(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: fmt.Errorf("not a regular file")}
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// where says to the user where the text stands; "" where nothing was printed
// or it is nowhere.
func (t *transcript) where() string {
	if t == nil {
		return ""
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case len(t.head) == 0:
		return ""
	case t.file != nil && t.lost == nil:
		return "all that it printed is in " + t.path
	case t.path == "" && (len(t.tail) > 0 || bytes.Count(t.head, []byte("\n")) > 2): // a heading, and the line that the error shows
		return "the flag -v shows all that it printed"
	}
	return ""
}

func (t *transcript) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.shorten(); t.file != nil {
		t.check(t.file.Close())
		t.file, t.path = nil, ""
	}
}

// LogTo keeps what plugins have printed and will print in the files
// plugin-model.log, plugin-energy.log and so on of a folder, which must exist; what is there already stays before it. A file is made when there is something to
// write, and holds at least the first and the last megabyte.
func (h *Host) LogTo(dir string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, t := range h.printed {
		t.keep(dir)
	}
}

// transcript returns the one of a kind of part.
func (h *Host) transcript(kind core.PartKind) *transcript { return h.printed[kind] }

func newTranscripts(note func(text string)) map[core.PartKind]*transcript {
	all := map[core.PartKind]*transcript{}
	for _, kind := range []core.PartKind{core.KindModel, core.KindEnergy, core.KindEstimator, core.KindObjective} {
		all[kind] = &transcript{note: note, name: fmt.Sprintf("plugin-%s.log", kind)}
	}
	return all
}

// hints joins what can be said to the user besides a cause.
func hints(texts ...string) string {
	var some []string
	for _, text := range texts {
		if text != "" {
			some = append(some, text)
		}
	}
	return strings.Join(some, "; ")
}
