package host

import (
	"errors"
	"fmt"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/host2plugin"
)

// OpenModel checks and completes the settings and binds the model to them and
// to the space, in a process of its own unless it is a built-in and the host
// works in-process. The value lives until the host is closed.
//
// What a part that is no built-in claims of itself (symmetries, slopes, its
// gradient) is checked at its first batch, unless its method Trust() is called
// before; a false claim is an error of kind Plugin from the call of that batch.
//
// A model in another process receives parameters with the call after Load, so
// an error about them comes back from that call.
func (h *Host) OpenModel(f *Found, s core.Settings, space core.Space) (core.Model, error) {
	full, err := h.prepare(f, core.KindModel, s)
	if err != nil {
		return nil, err
	}
	name := subject(f.Kind, f.Name)
	if f.Builtin && h.opts.InProcess {
		m, err := f.part.NewModel(full, space)
		if err != nil {
			return nil, err
		}
		return guardModel(core.Local{Part: m}, m.Spec(), inProcess{}, name, false), nil
	}
	p, link, err := h.start(f)
	if err != nil {
		return nil, err
	}
	m, spec, err := host2plugin.OpenModel(link, f.Name, full, space)
	if err := h.keep(p, "open model", err, m); err != nil {
		return nil, err
	}
	return guardModel(m, spec, p, name, !f.Builtin), nil
}

// OpenEnergy checks and completes the settings and binds the energy to them,
// in a process of its own unless it is a built-in and the host works
// in-process. The value lives until the host is closed.
func (h *Host) OpenEnergy(f *Found, s core.Settings) (core.Energy, error) {
	full, err := h.prepare(f, core.KindEnergy, s)
	if err != nil {
		return nil, err
	}
	name := subject(f.Kind, f.Name)
	if f.Builtin && h.opts.InProcess {
		e, err := f.part.NewEnergy(full)
		if err != nil {
			return nil, err
		}
		return guardEnergy(core.Local{Part: e}, e.Spec(), inProcess{}, name, false), nil
	}
	p, link, err := h.start(f)
	if err != nil {
		return nil, err
	}
	e, spec, err := host2plugin.OpenEnergy(link, f.Name, full)
	if err := h.keep(p, "open energy", err, e); err != nil {
		return nil, err
	}
	return guardEnergy(e, spec, p, name, !f.Builtin), nil
}

// OpenObserver checks and completes the settings and binds the observer to them and
// to a system: in a process of its own, but a built-in one in this process, as all
// estimators that are compiled in. The value lives until the host is closed.
func (h *Host) OpenObserver(f *Found, s core.Settings, of core.System) (core.Observer, error) {
	full, err := h.prepare(f, core.KindEstimator, s)
	if err != nil {
		return nil, err
	}
	name := subject(f.Kind, f.Name)
	if f.Builtin {
		o, err := f.part.NewObserver(full, of)
		if err != nil {
			return nil, err
		}
		return guardObserver(core.Local{Part: o}, o.Spec(), of.Space, inProcess{}, name), nil
	}
	p, link, err := h.start(f)
	if err != nil {
		return nil, err
	}
	o, spec, err := host2plugin.OpenObserver(link, f.Name, full, of)
	if err := h.keep(p, "open estimator", err, o); err != nil {
		return nil, err
	}
	return guardObserver(o, spec, of.Space, p, name), nil
}

// OpenObjective checks and completes the settings and binds the objective to them and
// to a setting: in a process of its own, but a built-in one in this process. The value
// lives until the host is closed.
func (h *Host) OpenObjective(f *Found, s core.Settings, of core.Setting) (core.Objective, error) {
	full, err := h.prepare(f, core.KindObjective, s)
	if err != nil {
		return nil, err
	}
	name := subject(f.Kind, f.Name)
	if f.Builtin {
		o, err := f.part.NewObjective(full, of)
		if err != nil {
			return nil, err
		}
		return guardObjective(core.Local{Part: o}, o.Spec(), of, inProcess{}, name), nil
	}
	p, link, err := h.start(f)
	if err != nil {
		return nil, err
	}
	o, spec, err := host2plugin.OpenObjective(link, f.Name, full, of)
	if err := h.keep(p, "open objective", err, o); err != nil {
		return nil, err
	}
	return guardObjective(o, spec, of, p, name), nil
}

// keep takes over a process whose part was opened, and stops one whose part
// was not.
func (h *Host) keep(p *process, op string, err error, part *host2plugin.Remote) error {
	if err == nil && h.opts.Transport == TransportShared && !part.Shared() {
		err = core.Errorf(core.Plugin, op, p.subject, "the plugin cannot use shared memory, and no other transport is allowed")
	}
	if err == nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		if !h.closed {
			h.opened = append(h.opened, p)
			return nil
		}
		err = &core.Error{Kind: core.Plugin, Op: op, Subject: p.subject, Err: errClosed}
	}
	p.close()
	return err
}

// prepare does what opening in or out of process has in common.
func (h *Host) prepare(f *Found, kind core.PartKind, s core.Settings) (core.Settings, error) {
	op := fmt.Sprintf("open %s", kind)
	if f.Kind != kind {
		return nil, core.Errorf(core.Mismatch, op, f.Name, "is %s", f.Kind.One())
	}
	full, problems := core.Complete(f.Keys(), s)
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
