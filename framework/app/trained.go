package app

import (
	"context"
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
	theta := c.Theta
	if s.plan.Train.Patience > 0 && len(c.Best) > 0 {
		theta = c.Best
	}
	return s.parts.Model.Load(theta)
}
