package host

import (
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
// search path, sorted by kind and name within each: all that a run file can
// name, and what Shadow says that it cannot. Plugins that could not describe
// themselves are reported in the error slice; they are asked side by side, and
// none may take more than 5 seconds.
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
	answers := h.askAll(h.installed())
	for _, a := range answers {
		external = append(external, a.found...)
		if a.err != nil {
			errs = append(errs, a.err)
		}
	}
	for _, f := range external {
		f.Shadow = h.shadow(f, answers)
	}
	sortFound(builtin)
	sortFound(external)
	return append(builtin, external...), errs
}

// BuiltIn is where a built-in part is, for Found.Shadow.
const BuiltIn = "built in"

// shadow finds what Find returns instead of f, among answers in the order of
// the search path.
func (h *Host) shadow(f *Found, answers []answer) string {
	if h.builtin(f.Kind, f.Name) != nil {
		return BuiltIn
	}
	first := ""
	for _, named := range []bool{true, false} { // after f's name
		for _, a := range answers {
			if (filepath.Base(a.file) == wire.ExecutablePrefix+f.Name) != named {
				continue
			}
			serves := choose(a.found, f.Kind, f.Name) != nil
			if first == "" && (serves || named && a.err != nil) {
				first = a.file
			}
		}
	}
	if first == f.File {
		return ""
	}
	return first
}

// answer is what one executable says of itself.
type answer struct {
	file  string
	found []*Found
	err   error
}

// asked at a time, at least: those that hang hold one place each for
// Host.listTimeout.
const asked = 16

// askAll asks executables side by side and answers in their order.
func (h *Host) askAll(files []string) []answer {
	answers := make([]answer, len(files))
	places := make(chan struct{}, max(asked, runtime.NumCPU()))
	var all sync.WaitGroup
	for i, file := range files {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			a := answer{file: file}
			var sum string
			if sum, a.err = h.sum(file); a.err == nil {
				a.found, a.err = h.describe(file, sum, h.listTimeout, nil)
			}
			answers[i] = a
		})
	}
	all.Wait()
	return answers
}

// installed lists the executables of external plugins in the order of the
// search path, each once.
func (h *Host) installed() []string {
	var files []string
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
				files = append(files, file)
			}
		}
	}
	return files
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
