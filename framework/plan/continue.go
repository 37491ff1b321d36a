package plan

import (
	"maps"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// continued is what the framework itself reads of [sweep], beside the keys that vary.
type continued struct {
	Continue bool `key:"continue" help:"start each point but the first along the last key from the parameters that the point before it ended with"`
}

const continueKey = "sweep.continue"

// readContinue takes continue out of the table and returns what is left, the axes.
func (s *Sweep) readContinue(r *report, table map[string]any) (axes map[string]any) {
	given, ok := table["continue"]
	if !ok {
		return table
	}
	s.Continue = section(r, "sweep", core.Settings{"continue": given}, continued{}).Continue
	axes = maps.Clone(table)
	delete(axes, "continue")
	return axes
}

// checkContinue finds what does not go together with continue.
func (s *Sweep) checkContinue(r *report) {
	if !s.Continue || len(s.Axes) == 0 {
		return
	}
	last := s.Axes[len(s.Axes)-1]
	for _, key := range last.keys() {
		if key == "train.start" {
			r.add(last.at, "train.start varies along the last key of [sweep], and %s = true starts its points where the ones before them ended; leave one of the two out", continueKey)
		}
	}
}

// Before is the point whose final parameters point i starts from; ok is false where there
// is none: without continue, and for the first point along the last axis.
func (s *Sweep) Before(i int) (before int, ok bool) {
	if !s.Continue || len(s.Axes) == 0 || i%len(s.Axes[len(s.Axes)-1].Values) == 0 {
		return 0, false
	}
	return i - 1, true
}

// StartFrom says which checkpoint, by its absolute path, holds the parameters that point i
// starts from. Until then Point gives it no train.start.
func (s *Sweep) StartFrom(i int, path string) {
	if s.starts == nil {
		s.starts = map[int]string{}
	}
	s.starts[i] = path
}

// follow makes the file of a point start from the one before it.
func (s *Sweep) follow(f *File, r *report, i int) {
	if _, ok := s.Before(i); !ok {
		return
	}
	f.places[continueKey], f.places["train.start"] = continueKey, continueKey
	train := f.table("train")
	if train == nil {
		r.add(continueKey, "%s has no effect without [train]", continueKey)
		return
	}
	delete(train, "start") // is that of the first point
	if path, ok := s.starts[i]; ok {
		if problem := f.put(strings.Split("train.start", "."), path); problem != "" {
			r.add("train.start", "%s", problem)
		}
	}
}

// LastKey is that along which points continue, with commas where it is several, and at the
// first of them, where a point has its value. There must be one.
func (s *Sweep) LastKey() (key, at string) {
	last := s.Axes[len(s.Axes)-1]
	return last.Key, last.keys()[0]
}
