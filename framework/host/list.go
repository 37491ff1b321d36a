package host

import (
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
)

// List returns the built-ins, then the parts of the external plugins in the
// search path, sorted by kind and name within each, then those of plugins that
// wait to be attached to: all that a run file can
// name, and what Shadow says that it cannot. Plugins that could not describe
// themselves are reported in the error slice; they are asked side by side, and
// none may take more than 5 seconds, or 20
// if it is a package of Python.
func (h *Host) List() ([]*Found, []error) {
	var builtin, external []*Found
	var errs []error
	sum, err := h.sum(h.opts.Self)
	if err != nil && len(h.opts.Builtins) > 0 {
		errs = append(errs, err)
	}
	for _, p := range h.opts.Builtins {
		builtin = append(builtin, h.foundHere(p, hashed(sum)))
	}
	entries, err := h.entries()
	if err != nil {
		errs = append(errs, err)
	}
	answers := h.askAll(append(h.executables(), entries...))
	for _, a := range answers {
		external = append(external, a.found...)
		if a.err != nil {
			errs = append(errs, a.err)
		}
	}
	waiting, err := h.waiting()
	if err != nil {
		errs = append(errs, err)
	}
	for _, f := range builtin {
		f.Shadow = h.shadowed(f)
	}
	for _, f := range external {
		f.Shadow = cmp.Or(h.shadowed(f), h.shadow(f, answers))
	}
	sortFound(builtin)
	sortFound(external)
	return slices.Concat(builtin, external, waiting), errs
}

// BuiltIn is where a built-in part is, for Found.Shadow.
const BuiltIn = "built in"

// shadow finds what Find returns instead of f, among answers in the order of
// the search path.
func (h *Host) shadow(f *Found, answers []answer) string {
	if h.builtin(f.Kind, f.Name) != nil {
		return BuiltIn
	}
	var first *source
	for _, named := range []bool{true, false} { // after f's name
		for _, a := range answers {
			if (a.from.name == f.Name) != named {
				continue
			}
			serves := choose(a.found, f.Kind, f.Name) != nil
			if first == nil && (serves || named && a.err != nil) {
				first = &a.from
			}
		}
	}
	if first == nil || *first == f.from {
		return ""
	}
	return first.String()
}

// answer is what one plugin says of itself.
type answer struct {
	from  source
	found []*Found
	err   error
}

// asked at a time, at least: those that hang hold one place each for
// Host.listTimeout.
const asked = 16

// askAll asks plugins side by side and answers in their order.
func (h *Host) askAll(sources []source) []answer {
	answers := make([]answer, len(sources))
	places := make(chan struct{}, max(asked, runtime.NumCPU()))
	var all sync.WaitGroup
	for i, from := range sources {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			a := answer{from: from}
			limit := h.listTimeout
			if from.entry != "" { // an interpreter and what it imports take longer to start
				limit = h.describeTimeout
			}
			var sum string
			if sum, a.err = h.sumOf(from); a.err == nil {
				a.found, a.err = h.describe(from, sum, limit, nil, false)
			}
			answers[i] = a
		})
	}
	all.Wait()
	return answers
}

// executables lists those of external plugins in the order of the search path,
// each once.
func (h *Host) executables() []source {
	var all []source
	seen := map[string]bool{}
	for _, dir := range h.folders() {
		entries, _ := os.ReadDir(dir) // a folder that is missing holds none
		for _, entry := range entries {
			file := filepath.Join(dir, entry.Name())
			if !strings.HasPrefix(entry.Name(), wire.ExecutablePrefix) || !executable(file) {
				continue
			}
			real, err := filepath.EvalSymlinks(file)
			if err != nil {
				continue
			}
			if key := real + "\x00" + entry.Name(); !seen[key] { // a program may have several names
				seen[key] = true
				all = append(all, source{file: file, name: strings.TrimPrefix(entry.Name(), wire.ExecutablePrefix)})
			}
		}
	}
	return all
}

func sortFound(all []*Found) {
	slices.SortStableFunc(all, func(a, b *Found) int {
		return strings.Compare(subject(a.Kind, a.Name), subject(b.Kind, b.Name))
	})
}

func (h *Host) builtin(kind core.PartKind, name string) *core.Part {
	for i := range h.opts.Builtins {
		if p := &h.opts.Builtins[i]; p.Kind == kind && p.Name == name {
			return p
		}
	}
	return nil
}
