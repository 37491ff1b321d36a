package host

import (
	"errors"
	"fmt"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// OpenModel checks and completes the settings and binds the model to them and
// to the space. The value lives until the host is closed.
func (h *Host) OpenModel(f *Found, s core.Settings, space core.Space) (core.Model, error) {
	full, err := h.prepare(f, core.KindModel, s)
	if err != nil {
		return nil, err
	}
	if !f.Builtin || !h.opts.InProcess {
		return nil, core.Errorf(core.Unsupported, "open model", subject(f.Kind, f.Name), "subprocess plugins are not served yet")
	}
	return f.part.NewModel(full, space)
}

// OpenEnergy checks and completes the settings and binds the energy to them.
// The value lives until the host is closed.
func (h *Host) OpenEnergy(f *Found, s core.Settings) (core.Energy, error) {
	full, err := h.prepare(f, core.KindEnergy, s)
	if err != nil {
		return nil, err
	}
	if !f.Builtin || !h.opts.InProcess {
		return nil, core.Errorf(core.Unsupported, "open energy", subject(f.Kind, f.Name), "subprocess plugins are not served yet")
	}
	return f.part.NewEnergy(full)
}

// prepare does what opening in or out of process has in common.
func (h *Host) prepare(f *Found, kind core.PartKind, s core.Settings) (core.Settings, error) {
	op := fmt.Sprintf("open %s", kind)
	if f.Kind != kind {
		return nil, core.Errorf(core.Mismatch, op, f.Name, "is a %s", f.Kind)
	}
	full, problems := core.Complete(f.Params, s)
	if len(problems) > 0 {
		texts := make([]string, len(problems))
		for i, p := range problems {
			texts[i] = p.Error()
		}
		return nil, &core.Error{Kind: core.Invalid, Op: op, Subject: subject(f.Kind, f.Name),
			Err: errors.New(strings.Join(texts, "; "))}
	}
	return full, nil
}
