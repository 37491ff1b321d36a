package folders

import (
	"cmp"
	"path/filepath"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// Sight is what was read of a run folder.
type Sight struct {
	Planned  Planned
	Holder   store.Holder
	Results  *core.Results
	Known    *core.Results // what is known of the run before it has results
	Err      error         // of the results
	Progress *store.Progress
	Unread   error // of the progress
}

// Shown are the results, or what stands for them until there are some.
func (v *Sight) Shown() *core.Results { return cmp.Or(v.Results, v.Known) }

// StatusOf reads what is in a run folder.
func StatusOf(f Folder, now time.Time) Status {
	dir := f.Dir
	seen := Sight{Planned: ReadPlanned(dir), Holder: store.ReadHolder(dir)}
	seen.Results, seen.Err = store.ReadSummary(dir)
	seen.Known = store.ReadKnown(dir)
	seen.Progress, seen.Unread = store.ReadProgress(dir)
	return seen.Status(f, now)
}

// Status is what follows from what was read of a folder.
func (v *Sight) Status(f Folder, now time.Time) Status {
	s := Status{Dir: f.Dir, Point: f.Label(), Name: v.Planned.Run.Name, Steps: v.Planned.Train.Steps, Samples: v.Planned.Evaluate.Samples}
	s.State, s.Why = stateOf(v.Results, v.Err, v.Holder)
	if v.Unread != nil && s.State != Failed {
		s.Why = v.Unread.Error()
	}
	if s.watch(v.Shown(), v.Progress); v.Results != nil {
		s.Host, s.Name = v.Results.Run.Hostname, v.Results.Run.Name
	}
	if v.Holder.Host != "" {
		s.Host = v.Holder.Host
	}
	if s.State == Running {
		s.eta(v.Progress, now)
	}
	s.see(v.Holder)
	if r := v.Shown(); r != nil && r.Run.ConfigJSON != "" && f.Sweep != nil && !f.Sweep.Has(f.Point, []byte(r.Run.ConfigJSON)) {
		s.State, s.Why = Waiting, "its folder holds a run with other values"
	}
	return s
}

// Planned is how long a run is to be, which its folder says before there are results.
type Planned struct {
	Run      struct{ Name string }
	Train    struct{ Steps int64 }
	Evaluate struct{ Samples int64 }
}

// ReadPlanned reads it, as far as it is there.
func ReadPlanned(dir string) (p Planned) {
	file, _, err := core.OpenRegular(filepath.Join(dir, store.ResolvedFile))
	if err == nil {
		_, _ = toml.NewDecoder(file).Decode(&p) // what is missing stays 0
		file.Close()
	}
	return p
}
