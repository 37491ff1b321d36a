package folders

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/readout"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// Status is what is known of a run from its folder alone.
type Status struct {
	Dir   string `json:"dir"`
	Point string `json:"point,omitempty"` // of a sweep: "energy.r_s = 5"
	Name  string `json:"name,omitempty"`
	State State  `json:"state"`
	Why   string `json:"why,omitempty"`
	// Step of Steps of the training, Drawn of Samples of the evaluation.
	Step    int64 `json:"step"`
	Steps   int64 `json:"steps"`
	Drawn   int64 `json:"drawn"`
	Samples int64 `json:"samples"`
	// Observable is what is watched, with its value: free_energy_per_site.
	Observable string   `json:"observable,omitempty"`
	Value      *float64 `json:"value"`
	Stderr     *float64 `json:"stderr"`
	Units      string   `json:"units,omitempty"`
	Exact      *float64 `json:"exact"`
	Gap        *float64 `json:"gap"`
	// ETASeconds until the end of the training, or of the draws, while they go on.
	ETASeconds *float64   `json:"eta_seconds"`
	Host       string     `json:"host,omitempty"`
	Seen       *time.Time `json:"seen"` // last sign of life
	// Symbol of Observable as people write it: "F/site".
	Symbol string `json:"-"`
	// Speed is steps or draws in a second over the last minutes, 0 where not known.
	Speed   float64 `json:"-"`
	drawing bool    // Drawn is newer than the last snapshot
}

// watch finds how far a run has come, and the number to watch: of the evaluation, once there is one, else
// of the last step that progress tells of.
func (s *Status) watch(r *core.Results, p *store.Progress) {
	s.Step = store.CheckpointStep(s.Dir)
	if p != nil {
		s.Step = max(s.Step, p.Last.Step)
	}
	if r != nil {
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
	s.takeFirst(names, r, p.Last.Numbers)
}

// draws takes what rows of the evaluation tell, where they are newer than the snapshot, and tells whether they have a value.
func (s *Status) draws(r *core.Results, p *store.Progress) bool {
	if p == nil || p.LastDrawn == nil || p.LastDrawn.Drawn <= s.Drawn || r != nil && r.Run.Status == core.Done {
		return false
	}
	if !slices.Contains([]string{store.PhaseEvaluate, store.PhaseSample}, p.LastDrawn.Phase) { // rows of data
		return false
	}
	s.Drawn, s.drawing = p.LastDrawn.Drawn, true
	return s.takeFirst([]string{"free_energy", "energy"}, r, p.LastDrawn.Numbers)
}

// takeFirst keeps the first of these that a row of progress has, and tells whether there is one.
func (s *Status) takeFirst(names []string, r *core.Results, numbers map[string]float64) bool {
	for _, name := range names {
		if value, ok := numbers[name]; ok {
			stderr, ok := numbers[name+"_stderr"]
			if !ok {
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
func (s *Status) take(name string, r *core.Results, value, stderr float64) {
	symbol, extensive := readout.Symbol(name)
	if s.Observable, s.Symbol = name, symbol; !extensive {
		s.Symbol = name
	}
	exact, count := math.NaN(), 1.0
	if r != nil {
		if x, ok := r.Exact[name]; ok {
			exact = x
		}
		if s.Units = r.Run.Units; extensive {
			each := r.SamplesSpace.Each()
			count = float64(r.SamplesSpace.Count())
			s.Observable, s.Symbol = name+"_per_"+each, symbol+"/"+each
		}
	}
	s.Value, s.Stderr, s.Exact = readout.Known(value/count), readout.Known(stderr/count), readout.Known(exact/count)
	s.Gap = readout.Known((value - exact) / count)
}

// eta is the time that the rest of the training takes, or of the draws, at the speed of the last minutes.
func (s *Status) eta(p *store.Progress, now time.Time) {
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
	if s.Speed = done / seconds; left > 0 {
		since := min(max(0, now.Sub(p.Written).Seconds()), seconds/done*left) // since the last row
		s.ETASeconds = readout.Known(left*seconds/done - since)
	}
}

// see finds the last sign of life: of the process, or what it wrote.
func (s *Status) see(holder store.Holder) {
	last := holder.Seen
	for _, name := range []string{"results.h5", "progress.jsonl", store.ResolvedFile} {
		if info, err := os.Stat(filepath.Join(s.Dir, name)); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	if !last.IsZero() {
		last = last.UTC().Truncate(time.Second)
		s.Seen = &last
	}
}
