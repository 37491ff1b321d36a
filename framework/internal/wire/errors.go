package wire

import (
	"errors"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
)

// ErrorToProto converts an error of a part for the reply; nil stays nil. A
// *core.Error keeps its fields, an error that wraps one keeps its kind.
func ErrorToProto(err error) *wirepb.Error {
	if err == nil {
		return nil
	}
	e, ok := err.(*core.Error)
	if !ok {
		return &wirepb.Error{Kind: int32(core.KindOf(err)), Text: err.Error()}
	}
	p := &wirepb.Error{Kind: int32(e.Kind), Op: e.Op, Subject: e.Subject, Hint: e.Hint}
	if e.Err != nil {
		p.Text = e.Err.Error()
	}
	return p
}

// ErrorFromProto is the inverse of ErrorToProto; the cause comes back as text.
// A kind that a part cannot know (it holds no run folder, and a signal stops
// the host, not the part) or that nobody knows becomes Internal. Texts are made
// fit for a terminal.
func ErrorFromProto(p *wirepb.Error) error {
	if p == nil {
		return nil
	}
	kind := core.Kind(p.Kind)
	if kind < core.Internal || kind > core.Storage {
		kind = core.Internal
	}
	e := &core.Error{Kind: kind, Op: fit(p.Op), Subject: fit(p.Subject), Hint: fit(p.Hint)}
	if p.Text != "" {
		e.Err = errors.New(fit(p.Text))
	}
	return e
}

// fit cuts a text that is too long for a terminal, and leaves out what would
// garble it; lines may be several.
func fit(text string) string {
	if len(text) > longestText {
		text = strings.ToValidUTF8(text[:longestText], "") + " ..."
	}
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && garbles(r) {
			return -1
		}
		return r
	}, text)
}
