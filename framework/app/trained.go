package app

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// openTrained binds the parts of the finished run in a folder again, and gives the model
// the parameters that the run's evaluation has. The command op needs a model with a power,
// which those named in the hint have. The caller closes the session.
func (b *binding) openTrained(ctx context.Context, op, dir string, power core.Power, hint string) (*session, error) {
	first, err := store.ReadResults(dir)
	if err != nil { // a folder is not made
		return nil, err
	}
	if err := finished(op, first, dir); err != nil {
		return nil, err
	}
	sweep, points, err := b.read(filepath.Join(dir, store.ResolvedFile))
	if err != nil {
		return nil, err
	}
	b.trained = true
	s, err := b.open(ctx, sweep, points[0])
	if err != nil {
		return nil, err
	}
	if s.parts.Model == nil || !slices.Contains(s.parts.Model.Spec().Powers, power) {
		err = &core.Error{Kind: core.Mismatch, Op: op, Subject: dir, Err: fmt.Errorf("it needs a model with the power %q", power), Hint: hint}
	} else {
		err = s.loadTrained(op, dir)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// loadTrained gives the model the parameters of the run in a folder: with patience the
// best ones, else the last.
func (s *session) loadTrained(op, dir string) error {
	c, err := latestCheckpoint(dir)
	if err != nil {
		return err
	}
	if c == nil || c.ConfigSHA256 != s.plan.Fingerprint() {
		return core.Errorf(core.Invalid, op, dir, "it has no checkpoint of these settings")
	}
	return s.parts.Model.Load(finalParameters(c, s.plan.Train.Patience > 0))
}

// finalParameters are those that a finished run has evaluated: with patience those of the
// smallest validation loss.
func finalParameters(c *core.Checkpoint, patience bool) []float64 {
	if patience && len(c.Best) > 0 {
		return c.Best
	}
	return c.Theta
}

// patient tells whether a run had train.patience.
func patient(r *core.Results) bool {
	var settings struct{ Train struct{ Patience int } }
	return json.Unmarshal([]byte(r.Run.ConfigJSON), &settings) == nil && settings.Train.Patience > 0
}
