package app

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// watched is the number that a run is watched by: its free energy, or the energy where there is
// none, or the loss.
type watched struct {
	symbol string // "F/site"
	config string // of the run, as JSON
}

// planned is how long a run is to be, which its folder says before there are results.
type planned struct {
	Run      struct{ Name string }
	Train    struct{ Steps int64 }
	Evaluate struct{ Samples int64 }
}

func plannedIn(dir string) (p planned) {
	file, _, err := core.OpenRegular(filepath.Join(dir, store.ResolvedFile))
	if err == nil {
		_, _ = toml.NewDecoder(file).Decode(&p) // what is missing stays 0
		file.Close()
	}
	return p
}

// watch finds how far a run has come, and the number to watch: of the evaluation, once there is one, else
// of the last step that progress tells of.
func (s *runStatus) watch(r *core.Results, p *store.Progress) {
	s.Step = store.CheckpointStep(s.Dir)
	if p != nil {
		s.Step = max(s.Step, p.Last.Step)
	}
	if r != nil {
		s.watched.config = r.Run.ConfigJSON
		var own struct{ Train struct{ Steps int64 } }
		if json.Unmarshal([]byte(r.Run.ConfigJSON), &own) == nil && (r.Run.Status == core.Done || len(r.Estimates) > 0) {
			s.Step = own.Train.Steps
		}
		for _, e := range r.Estimates {
			s.Drawn = max(s.Drawn, e.N)
		}
	}
	if s.draws(r, p) {
		return
	}
	if r != nil {
		for _, name := range []string{"free_energy", "energy"} {
			if e := estimateOf(r, name); e != nil {
				s.take(name, r, e.Value[0], e.Stderr[0])
				return
			}
		}
	}
	if p == nil {
		return
	}
	names := []string{"free_energy", "energy", core.TotalLoss, "loss"}
	for _, name := range slices.Sorted(maps.Keys(p.Last.Numbers)) { // of other objectives the one with an error
		if loss, ok := strings.CutSuffix(name, "_stderr"); ok {
			names = append(names, loss)
		}
	}
	for _, name := range names {
		if value, ok := p.Last.Numbers[name]; ok {
			stderr, known := p.Last.Numbers[name+"_stderr"]
			if !known {
				stderr = math.NaN()
			}
			s.take(name, r, value, stderr)
			return
		}
	}
}

// draws takes what rows of the evaluation tell, where they are newer than the snapshot, and tells whether they have a value.
func (s *runStatus) draws(r *core.Results, p *store.Progress) bool {
	if p == nil || p.LastDrawn == nil || p.LastDrawn.Drawn <= s.Drawn || r != nil && r.Run.Status == core.Done {
		return false
	}
	if phase := run.Phase(p.LastDrawn.Phase); phase != run.Evaluating && phase != run.Sampling { // rows of data
		return false
	}
	s.Drawn, s.drawing = p.LastDrawn.Drawn, true
	for _, name := range []string{"free_energy", "energy"} {
		if value, ok := p.LastDrawn.Numbers[name]; ok {
			stderr, known := p.LastDrawn.Numbers[name+"_stderr"]
			if !known {
				stderr = math.NaN()
			}
			s.take(name, r, value, stderr)
			return true
		}
	}
	return false
}

func estimateOf(r *core.Results, name string) *core.Estimate {
	for i, e := range r.Estimates {
		if e.Name == name && len(e.Value) == 1 {
			return &r.Estimates[i]
		}
	}
	return nil
}

// take keeps a value, of what is extensive per site or particle where their number is known.
func (s *runStatus) take(name string, r *core.Results, value, stderr float64) {
	symbol, extensive := symbols[name]
	if s.Observable, s.watched.symbol = name, symbol; !extensive {
		s.watched.symbol = name
	}
	exact, count := math.NaN(), 1.0
	if r != nil {
		if x, ok := r.Exact[name]; ok {
			exact = x
		}
		if s.Units = r.Run.Units; extensive {
			each := r.SamplesSpace.Each()
			count = float64(r.SamplesSpace.Count())
			s.Observable, s.watched.symbol = name+"_per_"+each, symbol+"/"+each
		}
	}
	s.Value, s.Stderr, s.Exact = known(value/count), known(stderr/count), known(exact/count)
	s.Gap = known((value - exact) / count)
}

// eta is the time that the rest of the training takes, or of the draws, at the speed of the last minutes.
func (s *runStatus) eta(p *store.Progress, now time.Time) {
	if p == nil {
		return
	}
	done, left, seconds := float64(p.Last.Step-p.First.Step), float64(s.Steps-s.Step), p.Last.WallSeconds-p.First.WallSeconds
	if s.drawing {
		done, left, seconds = float64(p.LastDrawn.Drawn-p.FirstDrawn.Drawn), float64(p.LastDrawn.Draws-p.LastDrawn.Drawn), p.LastDrawn.WallSeconds-p.FirstDrawn.WallSeconds
	} else if s.Drawn > 0 {
		return
	}
	if done <= 0 || seconds <= 0 {
		return
	}
	if s.speed = done / seconds; left > 0 {
		since := min(max(0, now.Sub(p.Written).Seconds()), seconds/done*left) // since the last row
		s.ETASeconds = known(left*seconds/done - since)
	}
}

func (s *runStatus) title() string {
	if s.Point != "" {
		return fmt.Sprintf("%s (%s)", s.Dir, s.Point)
	}
	return s.Dir
}

func (s *runStatus) progress() string {
	switch {
	case s.Drawn > 0 || s.Steps == 0 && s.Samples > 0:
		return fmt.Sprintf("%d/%d samples", s.Drawn, s.Samples)
	case s.Steps > 0:
		return fmt.Sprintf("%d/%d steps", s.Step, s.Steps)
	}
	return ""
}

func (s *runStatus) value() string {
	if s.Value == nil {
		return ""
	}
	stderr := math.NaN()
	if s.Stderr != nil {
		stderr = *s.Stderr
	}
	return s.watched.symbol + " " + stats.PlusMinus(*s.Value, stderr)
}

func (s *runStatus) gap() string {
	if s.Gap == nil {
		return ""
	}
	return fmt.Sprintf("%.1e", *s.Gap)
}

func (s *runStatus) etaText() string {
	if s.ETASeconds == nil {
		return ""
	}
	return time.Duration(*s.ETASeconds * float64(time.Second)).Round(time.Second).String()
}

// seenText is how long ago the last sign of life was, in the unit that says it shortly.
func (s *runStatus) seenText(now time.Time) string {
	if s.Seen == nil {
		return ""
	}
	age := max(0, now.Sub(*s.Seen))
	switch {
	case age < 2*time.Minute:
		return fmt.Sprintf("%.0f s ago", age.Seconds())
	case age < 2*time.Hour:
		return fmt.Sprintf("%.0f min ago", age.Minutes())
	case age < 48*time.Hour:
		return fmt.Sprintf("%.0f h ago", age.Hours())
	}
	return fmt.Sprintf("%.0f days ago", age.Hours()/24)
}
