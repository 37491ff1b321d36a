package folders

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// Folder is a run folder; with a sweep it is that of one of its points.
type Folder struct {
	Dir      string
	Sweep    *plan.Sweep // nil of a run of its own
	SweepDir string
	Point    int // of the sweep
}

// Label names the values of a point of a sweep, "" of other runs.
func (f Folder) Label() string {
	if f.Sweep == nil {
		return ""
	}
	return f.Sweep.Label(f.Point)
}

// In finds the run folders at a path: its own, those of the points of its sweep, or those below it; op stands in errors.
func In(op, path string) ([]Folder, error) {
	dir, err := Of(path)
	if err != nil {
		return nil, err
	}
	if all, ok, err := foldersOf(dir); ok || err != nil {
		return all, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, &core.Error{Kind: core.Storage, Op: op, Subject: dir, Err: errors.Unwrap(err)}
	}
	var all []Folder
	for _, e := range entries {
		found, _, err := foldersOf(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		return nil, &core.Error{Kind: core.Invalid, Op: op, Subject: dir, Err: ErrNoRun, Hint: "helmholtz run makes the folder NAME.out"}
	}
	return all, nil
}

// ErrNoRun is why In finds nothing in a folder that is there.
var ErrNoRun = errors.New("there is no run in it, nor in a folder below it")

// foldersOf is a run folder, or those of the points below the folder of a sweep; not ok where it is none.
func foldersOf(dir string) (all []Folder, ok bool, err error) {
	if _, err := os.Stat(store.SweepTable(dir)); err == nil {
		f, err := plan.Read(store.SweepTable(dir), nil)
		if err != nil {
			return nil, true, err
		}
		sweep, err := f.Sweep()
		if err != nil {
			return nil, true, err
		}
		for i := range sweep.Len() {
			all = append(all, Folder{store.PointDir(dir, i), sweep, dir, i})
		}
		return all, true, nil
	}
	for _, name := range []string{store.ResolvedFile, "results.h5"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return []Folder{{Dir: dir}}, true, nil
		}
	}
	return nil, false, nil
}

// Of is where a run file leaves what it finds, or the folder itself.
func Of(path string) (dir string, err error) {
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return path, nil
	}
	f, err := plan.Read(path, nil)
	if err != nil {
		return "", err
	}
	return f.Name() + ".out", nil
}
