package follow

import (
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/folders"
	"github.com/helmholtz-physics/helmholtz/framework/picture"
	"github.com/helmholtz-physics/helmholtz/framework/readout"
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

// followed is a run folder as it was read last.
type followed struct {
	folder folders.Folder
	sight  folders.Sight
	table  []readout.Row // of the results
	causes int           // of cautions in it
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

func newRun(f folders.Folder) *followed {
	return &followed{folder: f, follow: store.FollowProgress(f.Dir)}
}

// look reads what has changed, nil where nothing has.
func (w *followed) look(now time.Time) *watch.Change {
	rows, anew, err := w.follow.Next()
	w.sight.Unread = err
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
	w.sight.Holder = store.ReadHolder(w.folder.Dir)
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

func (w *followed) readSettings() (changed bool) {
	path := filepath.Join(w.folder.Dir, store.ResolvedFile)
	now := [2]stamp{stampOf(path), stampOf(filepath.Join(w.folder.Dir, store.KnownFile))}
	if now == w.resolved {
		return false
	}
	w.resolved, w.sight.Planned, w.sight.Known = now, folders.ReadPlanned(w.folder.Dir), store.ReadKnown(w.folder.Dir)
	text, size, _ := tailOf(path)
	if w.run.Settings = text; size > tailSize {
		w.run.Settings = "# ... the end of " + path + "\n" + text
	}
	return true
}

func (w *followed) readResults(now time.Time) (changed bool) {
	path := filepath.Join(w.folder.Dir, "results.h5")
	state := stampOf(path)
	if w.begun && (state == w.resultsFile || now.Before(w.readAgain)) {
		return false
	}
	begin := time.Now()
	results, err := store.ReadView(w.folder.Dir, mostSampleNumbers)
	if w.begun && core.KindOf(err) == core.Busy { // it is being written to by somebody; what was read is shown meanwhile
		return false
	}
	w.sight.Results, w.sight.Err, w.resultsFile = results, err, state
	w.table, w.causes = nil, 0
	if results != nil {
		w.table = readout.Rows(results)
		w.causes = len(readout.Causes(w.table))
	}
	w.readAgain = now.Add(min(readPause, readShare*time.Since(begin)))
	return true
}

// readLogs reads what is printed into files *.log of the folder.
func (w *followed) readLogs() (changed bool) {
	found := map[string]stamp{}
	names, _ := filepath.Glob(filepath.Join(globbed(w.folder.Dir), "*.log"))
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
func (w *followed) readGlimpse() (changed bool) {
	now := stampOf(store.GlimpseFile(w.folder.Dir))
	if now == w.glimpseFile {
		return false
	}
	w.glimpseFile, w.glimpse = now, store.ReadGlimpse(w.folder.Dir)
	return true
}

func (w *followed) keepRows(rows []store.ProgressRow) {
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
	w.sight.Progress = store.ProgressOf(last, w.follow.Written())
}

// ofTraining takes the rows of draws out, of which the last minutes are kept.
func (w *followed) ofTraining(rows []store.ProgressRow) (trained []store.ProgressRow) {
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
func (w *followed) build(summary watch.Summary) {
	r := w.sight.Results
	run := watch.Run{ID: w.folder.Dir, Folder: w.folder.Dir, Name: w.name(), Sweep: w.folder.SweepDir, Point: w.folder.Label(), Values: coordinates(w.folder),
		Summary: summary, Settings: w.run.Settings, Logs: w.run.Logs}
	run.Curves = curvesOf(w.sight.Shown(), w.rows)
	if r != nil {
		run.Cautions, run.Exact = cautionsOf(w.table), r.ExactSource
		run.Observables = observables(w.table, run.Cautions)
		run.Arrays, run.Samples, run.Notes = arraysOf(r), samplesOf(r), r.Run.Warnings
		run.Facts = factsOf(r)
	}
	if run.Samples == nil {
		run.Samples = glimpsed(w.sight.Shown(), w.glimpse)
	}
	w.run = run
}

func (w *followed) name() string {
	if r := w.sight.Results; r != nil && r.Run.Name != "" {
		return r.Run.Name
	}
	if name := w.sight.Planned.Run.Name; name != "" {
		return name
	}
	return strings.TrimSuffix(filepath.Base(w.folder.Dir), ".out")
}

// extend are further points of the curves that are shown.
func (w *followed) extend(rows []store.ProgressRow) map[string][]watch.Point {
	if len(rows) == 0 {
		return nil
	}
	points := map[string][]watch.Point{}
	before := w.rows[:max(0, len(w.rows)-len(rows))]
	long := false
	for i := range w.run.Curves {
		c := &w.run.Curves[i]
		for _, m := range marksOf(c.Name, before, rows, countOf(c.Name, w.sight.Shown())) {
			points[c.Name] = append(points[c.Name], watch.Point{watch.Number(m.X), watch.Number(m.Y), watch.Number(m.Err)})
			c.X, c.Y = append(c.X, m.X), append(c.Y, m.Y)
			if c.DY != nil {
				c.DY = append(c.DY, m.Err)
			}
		}
		long = long || len(c.X) > 4*picture.MostMarks
	}
	if long { // who opens the page later is not sent all of them
		w.run.Curves = curvesOf(w.sight.Shown(), w.rows)
	}
	return points
}
