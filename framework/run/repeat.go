package run

import (
	"context"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// Repeat is Evaluate of the parameters of a checkpoint, nil in a run without a model, of
// which nothing is kept but the results. The parts may be those of another repeat, with
// estimators that have seen nothing.
func Repeat(ctx context.Context, p *plan.Plan, parts Parts, c *core.Checkpoint, mon Monitor, info core.RunInfo) (*core.Results, error) {
	return Evaluate(ctx, p, parts, passing{c}, mon, Options{Info: info})
}

// passing is a Recorder that keeps nothing, and begins with a checkpoint.
type passing struct{ from *core.Checkpoint }

func (passing) SaveResults(*core.Results) error            { return nil }
func (passing) SaveCheckpoint(*core.Checkpoint, int) error { return nil }
func (passing) AppendProgress(any) error                   { return nil }
func (passing) SaveGlimpse(core.Glimpse) error             { return nil }
func (passing) TruncateProgress(int64) error               { return nil }

func (p passing) LatestCheckpoint() (*core.Checkpoint, []string, error) {
	if p.from == nil {
		return nil, nil, nil
	}
	c := *p.from
	c.Evaluation, c.WallSeconds = nil, 0
	return &c, nil, nil
}
