// Package scaffold writes the first version of a plugin: a folder that builds, tests and runs at
// once, for its author to change.
package scaffold

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Each folder LANGUAGE-KIND is one that can be written, with the files of any, of python where that is
// the language of its programs, and of auto_KIND where derivatives are automatic; NAME in a file's name is that of
// the part.
//
//go:embed templates
var templates embed.FS

// Plugin is what is to be written.
type Plugin struct {
	// Language and Kind are one of Offers.
	Language string
	Kind     core.PartKind
	// Name is that of the part, by which run files know it: small letters, digits and _.
	Name string
	// Helmholtz is the command, for Makefile.
	Helmholtz string
	// Source is the folder of the source code of Helmholtz, which a plugin in Go is built with.
	Source string
}

// Offers lists what can be written, "LANGUAGE KIND".
func Offers() []string {
	folders, err := templates.ReadDir("templates")
	if err != nil {
		panic(err) // it is embedded
	}
	var all []string
	for _, f := range folders {
		if language, kind, own := strings.Cut(f.Name(), "-"); own {
			all = append(all, language+" "+kind)
		}
	}
	return all
}

var (
	allowed = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
	// Words of Python cannot be the name of its file.
	reserved = []string{"main", "test", "helmholtz", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
		"elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
		"return", "try", "while", "with", "yield"}
	// Neither can modules that a program imports, itself or through others: it stands before them on the path of Python.
	imported = append([]string{"numpy", "jax", "jaxlib", "torch", "grpc", "google", "h5py", "xarray", "scipy", "ase", "openmm", "matplotlib"},
		strings.Fields(modules)...)
)

// modules are those of Python's own library, of version 3.11 by
//
//	python3 -c "import sys; print(*sorted(n for n in sys.stdlib_module_names if n.islower() and n[0] != '_'), sep='\n')"
//
// and what 3.14 has more.
//
//go:embed modules.txt
var modules string

// Check refuses what Write cannot write.
func (p Plugin) Check() error {
	refuse := func(hint, format string, a ...any) error {
		return &core.Error{Kind: core.Invalid, Op: "new plugin", Subject: p.Name, Err: fmt.Errorf(format, a...), Hint: hint}
	}
	if !slices.Contains(Offers(), p.Language+" "+string(p.Kind)) {
		return refuse("there are "+strings.Join(Offers(), ", "), "no %s in %s can be written", p.Kind, p.Language)
	}
	if !allowed.MatchString(p.Name) || slices.Contains(reserved, p.Name) {
		return refuse("names have at most 64 small letters, digits and _, and are no words of Python", "the name %q cannot be that of a part", p.Name)
	}
	if p.Language != "go" && slices.Contains(imported, p.Name) {
		return refuse("choose another name", "a file %s.py would stand before the module %s, which Python imports", p.Name, p.Name)
	}
	if p.Language == "go" && p.Source == "" {
		return refuse("--source names it", "a plugin in Go is built with the source code of Helmholtz, which was not found")
	}
	return nil
}

// Write writes the files into a folder that is not there yet, and lists them. Where it fails, it leaves no folder.
func (p Plugin) Write(dir string) (files []string, err error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	fail := func(err error, hint string) ([]string, error) {
		return nil, &core.Error{Kind: core.Invalid, Op: "new plugin", Subject: dir, Err: err, Hint: hint}
	}
	if err := os.Mkdir(dir, 0o777); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return fail(errors.New("it is there already"), "choose another name, or another folder by --dir")
		}
		return fail(err, "")
	}
	defer func() {
		if err != nil {
			os.RemoveAll(dir)
		}
	}()
	folders := []string{"any", p.Language + "-" + string(p.Kind)}
	if p.Language != "go" {
		folders = append(folders, "python")
	}
	if p.Language == "jax" || p.Language == "torch" {
		folders = append(folders, "auto_"+string(p.Kind))
	}
	for k, f := range folders {
		folders[k] = path.Join("templates", f, "*.tmpl")
	}
	all, err := template.ParseFS(templates, folders...)
	if err != nil {
		return fail(err, "")
	}
	for _, t := range all.Templates() {
		name := strings.TrimSuffix(t.Name(), ".tmpl")
		if rest, hidden := strings.CutPrefix(name, "dot"); hidden { // go:embed passes hidden files over
			name = "." + rest
		}
		name = strings.ReplaceAll(name, "NAME", p.Name)
		if err := p.write(t, filepath.Join(dir, name)); err != nil {
			return fail(err, "")
		}
		files = append(files, name)
	}
	slices.Sort(files)
	return files, nil
}

// write writes one file; programs may be executed.
func (p Plugin) write(t *template.Template, file string) error {
	mode := fs.FileMode(0o666)
	if ext := filepath.Ext(file); ext == ".sh" || filepath.Base(file) == p.Name+".py" {
		mode = 0o777
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	return errors.Join(t.Execute(f, p), f.Close())
}

// Class is the name as one of a class in Python: my_ring is MyRing.
func (p Plugin) Class() string {
	var class strings.Builder
	for _, word := range strings.Split(p.Name, "_") {
		if word != "" {
			class.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return class.String()
}

// What and Tongue are the kind and the language in a sentence, and Extra what the package for Python
// is to be installed with.
func (p Plugin) What() string {
	if p.Kind == core.KindEnergy {
		return "Hamiltonian"
	}
	return string(p.Kind)
}

func (p Plugin) Tongue() string {
	return map[string]string{"go": "Go", "python": "Python", "jax": "Python with JAX", "torch": "Python with PyTorch"}[p.Language]
}

func (p Plugin) Extra() string {
	if p.Language == "python" {
		return ""
	}
	return "[" + p.Language + "]"
}

// InMake is a path as a Makefile has it, where $ begins a variable and # a comment.
func (p Plugin) InMake(path string) string {
	return strings.NewReplacer("$", "$$", "#", `\#`).Replace(path)
}
