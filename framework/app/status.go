package app

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/spf13/cobra"
)

// runState is what can be done about a run.
type runState string

const (
	stateDone    runState = "done"
	stateRunning runState = "running"
	stateWaiting runState = "waiting" // not begun, stopped by a signal or a limit of time, or killed: run it again
	stateStopped runState = "stopped" // by hand, or as it came no further
	stateFailed  runState = "failed"
)

// statesByExit are the states in the order of their exit codes, the worst last.
var statesByExit = []struct {
	state runState
	code  int
}{{stateDone, exitDone}, {stateRunning, exitUnfinished}, {stateWaiting, exitInterrupted}, {stateStopped, exitInterrupted}, {stateFailed, exitFailed}}

// runStatus is what is known of a run from its folder alone.
type runStatus struct {
	Dir   string   `json:"dir"`
	Point string   `json:"point,omitempty"` // of a sweep: "energy.r_s = 5"
	Name  string   `json:"name,omitempty"`
	State runState `json:"state"`
	Why   string   `json:"why,omitempty"`
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
	watched    watched
	drawing    bool    // Drawn is newer than the last snapshot
	speed      float64 // steps or draws in a second over the last minutes, 0 where not known
}

func statusCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status DIR|FILE...",
		Short: "Show how runs, and the points of sweeps, are going",
		Long: "Show a table of the runs in these folders: run folders, folders of sweeps, or folders with\n" +
			"such folders; a run file stands for its folder NAME.out. Nothing is written and no lock\n" +
			"taken, so it may be asked at any time, from any machine that sees the files. A run that is\n" +
			"running gives a sign of life every 10 seconds.\n\n" +
			"The exit code is 0 where all are done, 75 where some are running, 85 where some wait to be\n" +
			"continued or were stopped, 1 where some have failed: the last of these that applies.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var all []runStatus
			for _, dir := range args {
				found, err := statusesIn(dir)
				if err != nil {
					return err
				}
				all = append(all, found...)
			}
			if err := writeStatus(cmd.OutOrStdout(), all, asJSON); err != nil {
				return err
			}
			return verdictOn(all)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// verdictOn is nil where all runs are done, else what is the matter, with the exit code of the worst state.
func verdictOn(all []runStatus) error {
	code := exitDone
	var words []string
	for _, s := range statesByExit {
		n := 0
		for _, r := range all {
			if r.State == s.state {
				n++
			}
		}
		if n > 0 {
			code, words = s.code, append(words, fmt.Sprintf("%d %s", n, s.state))
		}
	}
	if code == exitDone {
		return nil
	}
	return unfinished{code, fmt.Sprintf("status: %s", strings.Join(words, ", "))}
}

// statusesIn are those of the runs in a folder.
func statusesIn(path string) ([]runStatus, error) {
	folders, err := foldersIn("status", path)
	if err != nil {
		return nil, err
	}
	all := make([]runStatus, len(folders))
	for i, f := range folders {
		all[i] = statusOf(f.dir, time.Now())
		all[i].at(f)
	}
	return all, nil
}

// runFolder is a run folder; with a sweep it is that of one of its points.
type runFolder struct {
	dir      string
	sweep    *plan.Sweep
	sweepDir string
	point    int
}

// label names the values of a point of a sweep, "" of other runs.
func (f runFolder) label() string {
	if f.sweep == nil {
		return ""
	}
	return f.sweep.Label(f.point)
}

// foldersIn finds the run folders at a path: its own, those of the points of its sweep, or those below it.
func foldersIn(op, path string) ([]runFolder, error) {
	dir, err := folderOf(path)
	if err != nil {
		return nil, err
	}
	if all, ok, err := runFoldersOf(dir); ok || err != nil {
		return all, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, &core.Error{Kind: core.Storage, Op: op, Subject: dir, Err: errors.Unwrap(err)}
	}
	var all []runFolder
	for _, e := range entries {
		found, _, err := runFoldersOf(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		return nil, &core.Error{Kind: core.Invalid, Op: op, Subject: dir, Err: errNoRun, Hint: "helmholtz run makes the folder NAME.out"}
	}
	return all, nil
}

var errNoRun = errors.New("there is no run in it, nor in a folder below it")

// runFoldersOf is a run folder, or those of the points below the folder of a sweep; not ok where it is none.
func runFoldersOf(dir string) (all []runFolder, ok bool, err error) {
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
			all = append(all, runFolder{store.PointDir(dir, i), sweep, dir, i})
		}
		return all, true, nil
	}
	for _, name := range []string{store.ResolvedFile, "results.h5"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return []runFolder{{dir: dir}}, true, nil
		}
	}
	return nil, false, nil
}

// at says which point of a sweep a status is of, and whether it is.
func (s *runStatus) at(f runFolder) {
	s.Point = f.label()
	if config := s.watched.config; config != "" && f.sweep != nil && !f.sweep.Has(f.point, []byte(config)) {
		s.State, s.Why = stateWaiting, "its folder holds a run with other values"
	}
}

// sight is what was read of a run folder.
type sight struct {
	planned  planned
	holder   store.Holder
	results  *core.Results
	known    *core.Results // what is known of the run before it has results
	err      error         // of the results
	progress *store.Progress
	unread   error // of the progress
}

// shown are the results, or what stands for them until there are some.
func (v *sight) shown() *core.Results { return cmp.Or(v.results, v.known) }

// statusOf reads what is in a run folder.
func statusOf(dir string, now time.Time) runStatus {
	seen := sight{planned: plannedIn(dir), holder: store.ReadHolder(dir)}
	seen.results, seen.err = store.ReadSummary(dir)
	seen.known = store.ReadKnown(dir)
	seen.progress, seen.unread = store.ReadProgress(dir)
	return seen.status(dir, now)
}

// status is what follows from what was read.
func (v *sight) status(dir string, now time.Time) runStatus {
	s := runStatus{Dir: dir, Name: v.planned.Run.Name, Steps: v.planned.Train.Steps, Samples: v.planned.Evaluate.Samples}
	s.State, s.Why = stateOf(v.results, v.err, v.holder)
	if v.unread != nil && s.State != stateFailed {
		s.Why = v.unread.Error()
	}
	if s.watch(v.shown(), v.progress); v.results != nil {
		s.Host, s.Name = v.results.Run.Hostname, v.results.Run.Name
	}
	if v.holder.Host != "" {
		s.Host = v.holder.Host
	}
	if s.State == stateRunning {
		s.eta(v.progress, now)
	}
	s.see(dir, v.holder)
	return s
}

// notBegun is why points of a sweep wait that no process has seen yet.
const notBegun = "not begun"

// stateOf decides by the last snapshot and by who holds the folder.
func stateOf(r *core.Results, err error, holder store.Holder) (state runState, why string) {
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return stateFailed, err.Error()
	case r != nil && r.Run.Status == core.Done:
		return stateDone, ""
	case holder.Live:
		return stateRunning, ""
	case r == nil && holder.Text == "":
		return stateWaiting, notBegun
	case r == nil || r.Run.Status == core.Running:
		return stateWaiting, "its process is gone, and left no word"
	case r.Run.Status == core.Stopped:
		return stateWaiting, r.Run.StopReason
	case r.Run.Status == core.Held:
		return stateStopped, r.Run.StopReason
	}
	return stateFailed, r.Run.StopReason
}

// see finds the last sign of life: of the process, or what it wrote.
func (s *runStatus) see(dir string, holder store.Holder) {
	last := holder.Seen
	for _, name := range []string{"results.h5", "progress.jsonl", store.ResolvedFile} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	if !last.IsZero() {
		last = last.UTC().Truncate(time.Second)
		s.Seen = &last
	}
}

// writeStatus prints the table, and what there is to say of runs that are not done.
func writeStatus(out io.Writer, all []runStatus, asJSON bool) error {
	if asJSON {
		counts := map[runState]int{}
		for _, r := range all {
			counts[r.State]++
		}
		return encode(out, map[string]any{"runs": all, "states": counts})
	}
	w := newTable(out)
	fmt.Fprintln(w, "run\tstate\tprogress\tvalue +- error\texact gap\tETA\thost\tlast seen")
	for _, r := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.title(), r.State, r.progress(), r.value(), r.gap(), r.etaText(), r.Host, r.seenText(time.Now()))
	}
	w.Flush()
	for _, r := range all {
		if r.Why != "" && r.Why != notBegun {
			fmt.Fprintf(out, "%s: %s\n", r.Dir, r.Why)
		}
	}
	return nil
}
