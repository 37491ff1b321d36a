package core

import (
	"errors"
	"fmt"
	"strings"
)

// Kind sorts errors by who has to act. The numbers cross the wire: append,
// never reorder.
type Kind int

const (
	Internal    Kind = iota // a bug of ours
	Invalid                 // the user's run file, setting or data file
	Mismatch                // two parts that do not fit together
	Unsupported             // a power that this part does not have
	Plugin                  // a plugin that could not be started, crashed or hung
	Numeric                 // NaN, infinity, a value out of range
	Storage                 // disk, permissions, a damaged file
	Busy                    // somebody else holds the run folder
	Interrupted             // stopped by a signal, or as its time is over
	Stalled                 // stopped likewise, and no further than the time before
	Halted                  // stopped by hand, and not to be queued again
)

var kindNames = [...]string{"internal", "invalid", "mismatch", "unsupported", "plugin", "numeric", "storage", "busy", "interrupted", "stalled", "halted"}

func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("kind(%d)", int(k))
	}
	return kindNames[k]
}

// Error says what was attempted, on what, why it failed and what to do. Every
// field but Kind may be empty.
type Error struct {
	Kind    Kind
	Op      string // "open model", "write results"
	Subject string // the plugin, key, file or observable concerned
	Err     error  // the cause
	Hint    string // what the user can do about it
}

func (e *Error) Error() string {
	var parts []string
	if e.Op != "" {
		parts = append(parts, e.Op)
	}
	if e.Subject != "" {
		parts = append(parts, e.Subject)
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	text := strings.Join(parts, ": ")
	if text == "" {
		text = e.Kind.String() + " error"
	}
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error whose cause is the formatted text.
func Errorf(kind Kind, op, subject, format string, args ...any) *Error {
	return &Error{Kind: kind, Op: op, Subject: subject, Err: fmt.Errorf(format, args...)}
}

// Blame says that err came from a part, unless its Subject does so already.
// What the part did not sort into a Kind is a failure of the Plugin. err must
// not be nil.
func Blame(kind PartKind, name string, err error) error {
	subject := string(kind) + " " + name
	blamed := Error{Kind: KindOf(err), Subject: subject, Err: err}
	if e, ok := err.(*Error); ok && (e.Subject == "" || e.Subject == name || e.Subject == subject) {
		blamed = *e
		blamed.Subject = subject
	}
	if blamed.Kind == Internal {
		blamed.Kind = Plugin
	}
	return &blamed
}

// Reclassify gives err the kind to where it has the kind from, as a damaged file
// is a matter of Storage in a run folder and an Invalid input elsewhere. What err
// says stays.
func Reclassify(err error, from, to Kind) error {
	var e *Error
	if !errors.As(err, &e) || e.Kind != from {
		return err
	}
	return &Error{Kind: to, Err: err}
}

// KindOf returns the kind of the outermost Error in err's chain, Internal if
// there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}
