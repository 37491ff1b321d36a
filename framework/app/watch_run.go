package app

import (
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/picture"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/helmholtz-physics/helmholtz/framework/watch"
)

var notKnown = math.NaN()

const (
	// mostSampleNumbers are read of samples: more are not drawn either.
	mostSampleNumbers = 4 << 20
	// readShare is how many times as long as reading the results took they are not read again, up to
	// readPause: large results of a run that writes them often cost at most a hundredth of a processor,
	// and on a machine that is busy news are not late by more than the pause.
	readShare = 100
	readPause = time.Minute
	// mostProgress of progress are kept; beyond, every second is left out.
	mostProgress = 20000
	// mostDrawn rows of the evaluation tell how fast it draws: those of five minutes.
	mostDrawn = 300
)

// watchedRun is a run folder as it was read last.
type watchedRun struct {
	folder runFolder
	sight  sight
	follow *store.ProgressReader
	rows   []store.ProgressRow // of training
	drawn  []store.ProgressRow // of the evaluation after it

	resolved    [2]stamp // of the settings, and of what is known
	resultsFile stamp
	logFiles    map[string]stamp
	glimpseFile stamp
	glimpse     core.Glimpse // of the training
	readAgain   time.Time    // not before
	begun       bool

	run watch.Run
}

func watchFolder(f runFolder) *watchedRun {
	return &watchedRun{folder: f, follow: store.FollowProgress(f.dir)}
}

// look reads what has changed, nil where nothing has.
func (w *watchedRun) look(now time.Time) *watch.Change {
	rows, anew, err := w.follow.Next()
	w.sight.unread = err
	if anew {
		w.rows, w.drawn = nil, nil
	}
	rows = w.ofTraining(rows)
	whole := anew || !w.begun
	whole = w.readSettings() || whole
	whole = w.readResults(now) || whole
	whole = w.readLogs() || whole
	whole = w.readGlimpse() || whole
	known := len(w.run.Curves) > 0
	w.keepRows(rows)
	w.sight.holder = store.ReadHolder(w.folder.dir)
	summary := w.summary(now)
	if whole || len(rows) > 0 && !known {
		w.begun = true
		w.build(summary)
		return &watch.Change{ID: w.run.ID, Run: &w.run}
	}
	if len(rows) == 0 && reflect.DeepEqual(withoutNaN(summary), withoutNaN(w.run.Summary)) {
		return nil
	}
	w.run.Summary = summary
	return &watch.Change{ID: w.run.ID, Summary: &summary, Points: w.extend(rows)}
}

// withoutNaN makes summaries comparable: a NaN is not even itself.
func withoutNaN(s watch.Summary) watch.Summary {
	tile := func(t watch.Tile) watch.Tile {
		t.Value, t.Stderr, t.ExactValue = 0, 0, 0 // the texts have them
		return t
	}
	for _, x := range []*watch.Number{&s.ETA, &s.PerSecond} {
		if math.IsNaN(float64(*x)) {
			*x = -1
		}
	}
	if s.Watched != nil {
		t := tile(*s.Watched)
		s.Watched = &t
	}
	tiles := make([]watch.Tile, len(s.Tiles))
	for i, t := range s.Tiles {
		tiles[i] = tile(t)
	}
	s.Tiles = tiles
	return s
}

func (w *watchedRun) readSettings() (changed bool) {
	path := filepath.Join(w.folder.dir, store.ResolvedFile)
	now := [2]stamp{stampOf(path), stampOf(filepath.Join(w.folder.dir, store.KnownFile))}
	if now == w.resolved {
		return false
	}
	w.resolved, w.sight.planned, w.sight.known = now, plannedIn(w.folder.dir), store.ReadKnown(w.folder.dir)
	text, size, _ := tailOf(path)
	if w.run.Settings = text; size > tailSize {
		w.run.Settings = "# ... the end of " + path + "\n" + text
	}
	return true
}

func (w *watchedRun) readResults(now time.Time) (changed bool) {
	path := filepath.Join(w.folder.dir, "results.h5")
	state := stampOf(path)
	if w.begun && (state == w.resultsFile || now.Before(w.readAgain)) {
		return false
	}
	begin := time.Now()
	results, err := store.ReadView(w.folder.dir, mostSampleNumbers)
	if w.begun && core.KindOf(err) == core.Busy { // it is being written to by somebody; what was read is shown meanwhile
		return false
	}
	w.sight.results, w.sight.err, w.resultsFile = results, err, state
	w.readAgain = now.Add(min(readPause, readShare*time.Since(begin)))
	return true
}

// readLogs reads what is printed into files *.log of the folder.
func (w *watchedRun) readLogs() (changed bool) {
	found := map[string]stamp{}
	names, _ := filepath.Glob(filepath.Join(globbed(w.folder.dir), "*.log"))
	for _, path := range names {
		found[path] = stampOf(path)
	}
	if reflect.DeepEqual(found, w.logFiles) || len(found) == 0 && len(w.logFiles) == 0 {
		return false
	}
	w.logFiles = found
	w.run.Logs = tailsOf(found)
	return true
}

// readGlimpse reads what the model drew in training, as far as that is written.
func (w *watchedRun) readGlimpse() (changed bool) {
	now := stampOf(store.GlimpseFile(w.folder.dir))
	if now == w.glimpseFile {
		return false
	}
	w.glimpseFile, w.glimpse = now, store.ReadGlimpse(w.folder.dir)
	return true
}

func (w *watchedRun) keepRows(rows []store.ProgressRow) {
	w.rows = append(w.rows, rows...)
	for len(w.rows) > mostProgress {
		half := w.rows[:0]
		for i := 0; i < len(w.rows); i += 2 {
			half = append(half, w.rows[i])
		}
		w.rows = half
	}
	const minutes = 300 // rows
	last := slices.Concat(w.rows[max(0, len(w.rows)-minutes):], w.drawn)
	w.sight.progress = store.ProgressOf(last, w.follow.Written())
}

// ofTraining takes the rows of draws out, of which the last minutes are kept.
func (w *watchedRun) ofTraining(rows []store.ProgressRow) (trained []store.ProgressRow) {
	for _, row := range rows {
		if row.Draws > 0 {
			w.drawn = append(w.drawn, row)
		} else {
			trained, w.drawn = append(trained, row), nil
		}
	}
	w.drawn = w.drawn[max(0, len(w.drawn)-mostDrawn):]
	return trained
}

// build makes all of what is shown.
func (w *watchedRun) build(summary watch.Summary) {
	r := w.sight.results
	run := watch.Run{ID: w.folder.dir, Folder: w.folder.dir, Name: w.name(), Sweep: w.folder.sweepDir, Point: w.folder.label(), Values: coordinates(w.folder),
		Summary: summary, Settings: w.run.Settings, Logs: w.run.Logs}
	run.Curves = curvesOf(w.sight.shown(), w.rows)
	if r != nil {
		rows := rowsOf(r)
		run.Cautions, run.Exact = watchedCauses(rows), r.ExactSource
		run.Observables = watchedRows(rows, run.Cautions)
		run.Arrays, run.Samples, run.Notes = watchedArrays(r), watchedSamples(r), r.Run.Warnings
		run.Facts = factsOf(r)
	}
	if run.Samples == nil {
		run.Samples = glimpsed(w.sight.shown(), w.glimpse)
	}
	w.run = run
}

func (w *watchedRun) name() string {
	if r := w.sight.results; r != nil && r.Run.Name != "" {
		return r.Run.Name
	}
	if name := w.sight.planned.Run.Name; name != "" {
		return name
	}
	return strings.TrimSuffix(filepath.Base(w.folder.dir), ".out")
}

// extend are further points of the curves that are shown.
func (w *watchedRun) extend(rows []store.ProgressRow) map[string][]watch.Point {
	if len(rows) == 0 {
		return nil
	}
	points := map[string][]watch.Point{}
	before := w.rows[:max(0, len(w.rows)-len(rows))]
	long := false
	for i := range w.run.Curves {
		c := &w.run.Curves[i]
		for _, m := range marksOf(c.Name, before, rows, countOf(c.Name, w.sight.shown())) {
			points[c.Name] = append(points[c.Name], watch.Point{watch.Number(m.X), watch.Number(m.Y), watch.Number(m.Err)})
			c.X, c.Y = append(c.X, m.X), append(c.Y, m.Y)
			if c.DY != nil {
				c.DY = append(c.DY, m.Err)
			}
		}
		long = long || len(c.X) > 4*picture.MostMarks
	}
	if long { // who opens the page later is not sent all of them
		w.run.Curves = curvesOf(w.sight.shown(), w.rows)
	}
	return points
}
