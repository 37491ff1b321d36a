package folders

import (
	"errors"
	"io/fs"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// State is what can be done about a run.
type State string

const (
	Done    State = "done"
	Running State = "running"
	Waiting State = "waiting" // not begun, stopped by a signal or a limit of time, or killed: run it again
	Stopped State = "stopped" // by hand, or as it came no further
	Failed  State = "failed"
)

// NotBegun is why points of a sweep wait that no process has seen yet.
const NotBegun = "not begun"

// stateOf decides by the last snapshot and by who holds the folder.
func stateOf(r *core.Results, err error, holder store.Holder) (state State, why string) {
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return Failed, err.Error()
	case r != nil && r.Run.Status == core.Done:
		return Done, ""
	case holder.Live:
		return Running, ""
	case r == nil && holder.Text == "":
		return Waiting, NotBegun
	case r == nil || r.Run.Status == core.Running:
		return Waiting, "its process is gone, and left no word"
	case r.Run.Status == core.Stopped:
		return Waiting, r.Run.StopReason
	case r.Run.Status == core.Held:
		return Stopped, r.Run.StopReason
	}
	return Failed, r.Run.StopReason
}
