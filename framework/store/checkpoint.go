package store

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"syscall"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5/replace"
)

// SaveCheckpoint writes checkpoint-STEP.h5 and then removes older ones, so
// that the newest keep are left; at least 2, for a damaged one has no other
// stand-in.
func (f *Folder) SaveCheckpoint(c *core.Checkpoint, keep int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.lock.check(); err != nil {
		return err
	}
	if err := writeCheckpoint(f.Path(checkpointName(c.Step)), c); err != nil {
		return err
	}
	found, err := f.checkpoints()
	if err != nil {
		return err
	}
	older := slices.DeleteFunc(found, func(e checkpointFile) bool { return e.step >= c.Step })
	for _, e := range older[min(len(older), max(keep, 2)-1):] {
		if err := os.Remove(f.Path(e.name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return replace.Error("remove checkpoint", f.Path(e.name), err)
		}
	}
	return nil
}

// StartFile is the checkpoint in a run folder from whose parameters its run started, of a
// point of a sweep that continues another.
func StartFile(dir string) string { return filepath.Join(dir, startName) }

// SaveStart writes StartFile, which no other call removes. Its bytes depend on nothing but c.
func (f *Folder) SaveStart(c *core.Checkpoint) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.lock.check(); err != nil {
		return err
	}
	return writeCheckpoint(f.Path(startName), c)
}

// LatestCheckpoint returns the newest checkpoint that is sound: it opens, its
// format is known and its content has the checksum it was written with. A
// damaged one is renamed to NAME.damaged (or .damaged-2, ...), reported in notes (sentences for the
// user), and the one before is tried. c is nil when there is none.
//
// An error means that sound checkpoints may exist but cannot be read now: no
// permission, a newer format, a library that is missing.
func (f *Folder) LatestCheckpoint() (c *core.Checkpoint, notes []string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	found, err := f.checkpoints()
	if err != nil {
		return nil, nil, err
	}
	for _, e := range found {
		c, err := readCheckpoint(f.Path(e.name))
		if err == nil {
			return c, notes, nil
		}
		if !damaged(err) {
			return nil, notes, err
		}
		note, err := f.setAside("checkpoint", e.name, err)
		if err != nil {
			return nil, notes, err
		}
		notes = append(notes, note)
	}
	return nil, notes, nil
}

// setAside renames a damaged file to a name that is not in use, and says so.
func (f *Folder) setAside(what, name string, cause error) (note string, err error) {
	aside := name + ".damaged"
	for n := 2; ; n++ {
		if _, err := os.Lstat(f.Path(aside)); err != nil {
			break
		}
		aside = fmt.Sprintf("%s.damaged-%d", name, n)
	}
	if err := os.Rename(f.Path(name), f.Path(aside)); err != nil {
		return "", replace.Error("set "+what+" aside", f.Path(name), err)
	}
	return fmt.Sprintf("%s %s is damaged and was renamed to %s: %v", what, name, aside, cause), nil
}

// Clear removes the results, progress, logs and checkpoints of an earlier run, for
// a run that is to start from the beginning.
func (f *Folder) Clear() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.lock.check(); err != nil {
		return err
	}
	found, err := f.checkpoints()
	if err != nil {
		return err
	}
	if f.progress != nil {
		f.progress.Close()
		f.progress = nil
	}
	f.reevaluations = nil
	names := []string{resultsName, progressName, glimpseName}
	for _, pattern := range []string{"plugin-*.log", reevaluationName("*")} { // what plugins printed, and checkpoints
		matched, _ := fs.Glob(os.DirFS(f.dir), pattern)
		names = append(names, matched...)
	}
	for _, e := range found {
		names = append(names, e.name)
	}
	for _, name := range names {
		if err := os.Remove(f.Path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return replace.Error("clear run folder", f.Path(name), err)
		}
	}
	return nil
}

// damaged tells a file whose content is wrong from one that cannot be reached
// for a reason outside it.
func damaged(err error) bool {
	var errno syscall.Errno
	if errors.As(err, &errno) && errno != syscall.EIO {
		return false
	}
	return core.KindOf(err) == core.Storage
}

// CheckpointStep is the step of the newest checkpoint in a run folder, sound or not; 0 where there
// is none.
func CheckpointStep(dir string) int64 {
	found, err := (&Folder{dir: dir}).checkpoints()
	if err != nil || len(found) == 0 {
		return 0
	}
	return found[0].step
}

type checkpointFile struct {
	name string
	step int64
}

var checkpointPattern = regexp.MustCompile(`^checkpoint-(\d{8,18})\.h5$`)

func checkpointName(step int64) string { return fmt.Sprintf("checkpoint-%08d.h5", step) }

// checkpoints lists the folder's checkpoints, newest first.
func (f *Folder) checkpoints() ([]checkpointFile, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return nil, replace.Error("list checkpoints", f.dir, err)
	}
	var found []checkpointFile
	for _, e := range entries {
		if m := checkpointPattern.FindStringSubmatch(e.Name()); m != nil {
			step, _ := strconv.ParseInt(m[1], 10, 64)
			found = append(found, checkpointFile{e.Name(), step})
		}
	}
	slices.SortFunc(found, func(a, b checkpointFile) int { return cmp.Compare(b.step, a.step) })
	return found, nil
}
