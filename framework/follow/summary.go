package follow

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/folders"
	"github.com/helmholtz-physics/helmholtz/framework/readout"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
	"github.com/helmholtz-physics/helmholtz/framework/watch"
)

// tileNames are the observables that are shown large, where there are such.
var tileNames = []string{"energy", "entropy", "log_z", "effective_sample_size", "acceptance"}

// trainingTiles are the numbers of the last step that are shown large.
var trainingTiles = []string{"energy", "entropy", "gradient_norm", "learning_rate"}

// summary is how a run is going.
func (w *followed) summary(now time.Time) watch.Summary {
	status := w.sight.Status(w.folder, now)
	s := watch.Summary{State: string(status.State), Why: status.Why, Host: status.Host, PerSecond: watch.Number(notKnown), ETA: watch.Number(notKnown)}
	if s.Done, s.Total, s.Unit = status.Step, status.Steps, "steps"; status.Drawn > 0 || status.Steps == 0 && status.Samples > 0 {
		s.Done, s.Total, s.Unit = status.Drawn, max(status.Samples, status.Drawn), "samples"
	}
	if status.Seen != nil {
		s.Seen = status.Seen.Unix()
	}
	if status.ETASeconds != nil {
		s.ETA = watch.Number(math.Round(*status.ETASeconds))
	}
	if status.Speed > 0 {
		s.PerSecond = watch.Number(status.Speed)
	}
	s.Watched = w.watchedTile(&status)
	s.Tiles = w.tiles()
	s.Cautions = w.causes
	return s
}

// watchedTile is the number by which status tells how a run is going.
func (w *followed) watchedTile(s *folders.Status) *watch.Tile {
	if s.Value == nil {
		return nil
	}
	t := &watch.Tile{Name: s.Observable, Label: strings.ReplaceAll(s.Symbol, "/", " / "), Units: s.Units, Of: w.of(), Value: watch.Number(*s.Value), Stderr: watch.Number(notKnown), ExactValue: watch.Number(notKnown)}
	if s.Stderr != nil {
		t.Stderr = watch.Number(*s.Stderr)
	}
	if t.Text = stats.PlusMinus(*s.Value, float64(t.Stderr)); s.Exact != nil {
		t.ExactValue = watch.Number(*s.Exact)
		t.Exact, t.Gap = stats.ExactText(*s.Exact, *s.Value, float64(t.Stderr)), fmt.Sprintf("%+.1e", *s.Gap)
	}
	return t
}

// of says what the numbers are of.
func (w *followed) of() string {
	if p := w.sight.Progress; p != nil && p.LastDrawn != nil && (w.sight.Results == nil || w.sight.Results.Run.Status != core.Done) {
		return fmt.Sprintf("%d samples", p.LastDrawn.Drawn)
	}
	if r := w.sight.Results; r != nil {
		n := int64(0)
		for _, e := range r.Estimates {
			n = max(n, e.N)
		}
		if n > 0 {
			return fmt.Sprintf("%d samples", n)
		}
	}
	if w.sight.Progress != nil {
		return fmt.Sprintf("step %d", w.sight.Progress.Last.Step)
	}
	return ""
}

// tiles are estimates once there are some, and else the numbers of the last step.
func (w *followed) tiles() (all []watch.Tile) {
	r := w.sight.Results
	if r != nil && len(r.Estimates) > 0 {
		for _, row := range w.table {
			name, _, per := strings.Cut(row.Name, "_per_")
			if slices.Contains(tileNames, name) && per == row.Of.Extensive {
				all = append(all, estimateTile(row, r.SamplesSpace))
			}
		}
		all = append(all, chainsTile(r)...)
	} else if p := w.sight.Progress; p != nil {
		for _, name := range trainingTiles {
			if x, ok := p.Last.Numbers[name]; ok {
				all = append(all, w.stepTile(name, x))
			}
		}
	}
	return all
}

func estimateTile(row readout.Row, space core.Space) watch.Tile {
	t := watch.Tile{Name: row.Name, Text: row.Text(), Units: row.Units, Exact: row.ExactText(), Value: watch.Number(row.Value), Stderr: watch.Number(row.Stderr), ExactValue: watch.Number(row.Exact)}
	name, _, per := strings.Cut(row.Name, "_per_")
	if t.Label = strings.ReplaceAll(name, "_", " "); per {
		t.Label += " / " + space.Each()
	}
	return t
}

// chainsTile is the worst R-hat of the observables of Markov chains.
func chainsTile(r *core.Results) []watch.Tile {
	worst := 0.0
	for _, e := range r.Estimates {
		worst = max(worst, e.RHat)
	}
	if worst == 0 {
		return nil
	}
	return []watch.Tile{{Name: "rhat", Label: "largest R-hat", Text: fmt.Sprintf("%.4g", worst), Value: watch.Number(worst), Stderr: watch.Number(notKnown), ExactValue: watch.Number(notKnown)}}
}

func (w *followed) stepTile(name string, x float64) watch.Tile {
	r := w.sight.Shown()
	value := x / countOf(name, r)
	label, units := curveLabel(name, &core.History{}, r)
	return watch.Tile{Name: name, Label: label, Units: units, Text: stats.PlusMinus(value, notKnown), Value: watch.Number(value), Stderr: watch.Number(notKnown), ExactValue: watch.Number(notKnown)}
}
