package store

import "github.com/helmholtz-physics/helmholtz/framework/core"

// SaveCheckpoint writes checkpoint-STEP.h5 and then removes the oldest so that
// the newest keep (at least 2) are left.
func (f *Folder) SaveCheckpoint(c *core.Checkpoint, keep int) error {
	return core.Errorf(core.Internal, "write checkpoint", f.dir, "not written yet")
}

// LatestCheckpoint returns the newest checkpoint that is sound: it opens, its
// format is known and its content has the checksum it was written with. A
// damaged one is renamed to NAME.damaged, reported in notes (sentences for the
// user) and the one before is tried. c is nil when there is none.
func (f *Folder) LatestCheckpoint() (c *core.Checkpoint, notes []string, err error) {
	return nil, nil, core.Errorf(core.Internal, "read checkpoint", f.dir, "not written yet")
}

// Clear removes the results, progress and checkpoints of an earlier run, for
// a run that is to start from the beginning.
func (f *Folder) Clear() error {
	return core.Errorf(core.Internal, "clear run folder", f.dir, "not written yet")
}
