package host

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// A Python package that is installed offers parts by entry points of the group helmholtz.parts. Which
// there are is asked of the interpreter that would serve them, since it alone knows where its packages
// are. That takes several times as long as an interpreter takes to start (docs/decisions/0041), so it is
// done only where a name is that of no part built in and of no executable.

//go:embed entries.py
var entriesProgram string

// source is where a plugin is started from: a file, or an entry point of a package of Python.
type source struct {
	file  string // absolute; it is hashed, and started unless there is an entry
	entry string // "module:attribute", empty where the file is started
	name  string // of the part that is looked for here first
	of    string // name and version of the package
}

// String names it in messages.
func (s source) String() string {
	if s.entry != "" {
		return s.entry + " of " + s.of
	}
	return s.file
}

// fileName is what a lock calls the file.
func (s source) fileName() string {
	if s.entry == "" {
		return filepath.Base(s.file)
	}
	module, _, _ := strings.Cut(s.entry, ":")
	if top, _, _ := strings.Cut(module, "."); filepath.Base(filepath.Dir(s.file)) == top {
		return path.Join(top, filepath.Base(s.file))
	}
	return filepath.Base(s.file)
}

// entries are the entry points of the interpreter's packages, asked once. It is no error that there
// is no interpreter, unless the user named one.
func (h *Host) entries() ([]source, error) {
	h.entriesOnce.Do(func() { h.entriesFound, h.entriesErr = h.askEntries() })
	return h.entriesFound, h.entriesErr
}

func (h *Host) askEntries() ([]source, error) {
	python, named := h.interpreter()
	cmd := exec.Command(python, "-c", entriesProgram)
	cmd.Env, cmd.SysProcAttr = h.pluginEnvironment(), attributes()
	said, stdout := &tail{log: h.opts.Log.With("python", python)}, &short{}
	_, late, err := collect(cmd, stdout, said.writer(), h.describeTimeout)
	if err != nil && !named {
		return nil, nil
	}
	fail := func(err error) ([]source, error) {
		return nil, &core.Error{Kind: core.Plugin, Op: "ask for packages with parts", Subject: python, Err: err,
			Hint: pythonKey + " names the interpreter"}
	}
	_, words := said.words()
	switch {
	case late:
		return fail(fmt.Errorf("did not answer within %v", h.describeTimeout))
	case err != nil && words != "":
		return fail(fmt.Errorf("%w: %s", err, words))
	case err != nil:
		return fail(err)
	}
	var found []struct{ Name, Value, File, Of string }
	if err := json.Unmarshal(stdout.text, &found); err != nil {
		return fail(fmt.Errorf("its answer is not the JSON that was expected: %w", err))
	}
	var all []source
	for _, e := range found {
		if !filepath.IsAbs(e.File) { // a package of which files are missing; whoever names it is told
			e.File = ""
		}
		all = append(all, source{file: e.File, entry: e.Value, name: e.Name, of: e.Of})
	}
	return all, nil
}

// errNoFile is that of an entry point whose module cannot be found.
var errNoFile = errors.New("its module is not there; install the package again")

// sumOf is the hash of a source's file.
func (h *Host) sumOf(s source) (string, error) {
	if s.file == "" {
		return "", &core.Error{Kind: core.Invalid, Op: "find plugin", Subject: s.String(), Err: errNoFile}
	}
	return h.sum(s.file)
}
