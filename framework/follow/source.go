package follow

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/folders"
	"github.com/helmholtz-physics/helmholtz/framework/watch"
)

// scanEvery is how often it is looked whether there are other runs.
const scanEvery = 5 * time.Second

// Source are the runs in some folders, as watch.Source.
type Source struct {
	paths   []string
	runs    []*followed
	scanned time.Time
	note    string
}

// New checks that what is asked for can be watched. A run file may have no folder yet.
func New(paths []string) (*Source, error) {
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			if _, err := folders.Of(path); err != nil {
				return nil, err
			}
		} else if _, err := folders.In("watch", path); err != nil && !errors.Is(err, folders.ErrNoRun) {
			return nil, err
		}
	}
	return &Source{paths: paths}, nil
}

func (s *Source) What() string { return strings.Join(s.paths, ", ") }

// Page implements watch.Source.
func (s *Source) Page() watch.Page {
	p := watch.Page{Title: "helmholtz: " + s.What(), Runs: make([]watch.Run, len(s.runs)), Note: s.note}
	for i, r := range s.runs {
		p.Runs[i] = r.run
	}
	return p
}

// Look implements watch.Source.
func (s *Source) Look() (changes []watch.Change) {
	now := time.Now()
	if now.Sub(s.scanned) >= scanEvery || len(s.runs) == 0 {
		changes = s.scan()
		s.scanned = now
	}
	for _, r := range s.runs {
		if c := r.look(now); c != nil {
			changes = append(changes, *c)
		}
	}
	return changes
}

// scan finds runs that are new, or gone. Their order is that of the paths.
func (s *Source) scan() (changes []watch.Change) {
	before := map[string]*followed{}
	for _, r := range s.runs {
		before[r.folder.Dir] = r
	}
	var all []*followed
	var notes []string
	taken := map[string]bool{}
	for _, path := range s.paths {
		found, err := folders.In("watch", path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, folders.ErrNoRun) {
			notes = append(notes, err.Error())
		}
		for _, f := range found {
			if taken[f.Dir] {
				continue
			}
			taken[f.Dir] = true
			if r := before[f.Dir]; r != nil {
				all = append(all, r)
			} else {
				all = append(all, newRun(f))
			}
		}
	}
	for dir := range before {
		if !taken[dir] {
			changes = append(changes, watch.Change{ID: dir, Gone: true})
		}
	}
	if s.note = strings.Join(notes, "; "); s.note == "" && len(all) == 0 {
		s.note = fmt.Sprintf("There is no run in %s yet; this page shows it as soon as there is.", s.What())
	}
	s.runs = all
	return changes
}

// coordinates are the values of the swept keys at a point.
func coordinates(f folders.Folder) (all []watch.Coordinate) {
	if f.Sweep == nil {
		return nil
	}
	for k, value := range f.Sweep.At(f.Point) {
		c := watch.Coordinate{Key: f.Sweep.Axes[k].Key, Text: fmt.Sprint(value), Value: watch.Number(notKnown)}
		if x, err := strconv.ParseFloat(c.Text, 64); err == nil {
			c.Value = watch.Number(x)
		}
		all = append(all, c)
	}
	return all
}

// stamp tells one state of a file from another, the zero one that there is none.
type stamp struct {
	size int64
	time time.Time
}

// stampOf is that of a regular file. Of a link it is of none: in the folder of somebody else it may
// lead to a file that is not meant for this page.
func stampOf(path string) stamp {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return stamp{}
	}
	return stamp{info.Size(), info.ModTime()}
}

// tailSize is how much of a log is shown.
const tailSize = 16 << 10

// tailsOf are the ends of logs, of which there are stamps.
func tailsOf(logs map[string]stamp) (all []watch.Log) {
	const most = 12
	for _, path := range slices.Sorted(maps.Keys(logs)) {
		if logs[path] == (stamp{}) || len(all) == most {
			continue
		}
		if text, size, err := tailOf(path); err == nil {
			all = append(all, watch.Log{Name: filepath.Base(path), Size: size, Tail: text})
		}
	}
	return all
}

// globbed is a path as a pattern that matches it alone.
func globbed(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// tailOf is the end of a text, from the beginning of a line.
func tailOf(path string) (text string, size int64, err error) {
	file, size, err := core.OpenRegular(path)
	if err != nil {
		return "", 0, err
	}
	defer file.Close()
	from := max(0, size-tailSize)
	tail := make([]byte, size-from)
	n, err := file.ReadAt(tail, from)
	if err != nil && n == 0 && size > 0 {
		return "", 0, err
	}
	text = strings.ToValidUTF8(string(tail[:n]), "\ufffd")
	if from > 0 {
		if _, rest, ok := strings.Cut(text, "\n"); ok {
			text = rest
		}
	}
	return text, size, nil
}
