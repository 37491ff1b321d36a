package app

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// What is built once for all tests: this command, whose parts are real
// subprocesses of it, a third party's plugin, and two of a third party's own commands.
var built struct{ helmholtz, ring, ringSHA256, own, trainer string }

func TestMain(m *testing.M) {
	if os.Getenv("HELMHOLTZ_TEST_CLASH") != "" { // see TestPartsOfOneName
		ising, _ := parts.find(core.KindEnergy, "ising")
		ising.Version, ising.Summary = "0.1.0", "my own"
		Main(append(parts, ising)...)
	}
	// Under nohup the commands that are tested would inherit that it is ignored.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	dir, err := os.MkdirTemp("", "helmholtz-test-")
	if err == nil {
		err = build(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func build(dir string) error {
	built.helmholtz = filepath.Join(dir, "bin", "helmholtz")
	if out, err := exec.Command("go", "build", "-o", built.helmholtz, "../cmd/helmholtz").CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	built.ring = filepath.Join(dir, "ring", "helmholtz-plugin-ring")
	built.own = filepath.Join(dir, "own", "helmholtz-own")
	built.trainer = filepath.Join(dir, "training", "helmholtz-training")
	for executable, folder := range map[string]string{built.ring: "testdata/plugin", built.own: "testdata/own", built.trainer: "testdata/training"} {
		sources := map[string]string{}
		files, _ := filepath.Glob(folder + "/*")
		if executable == built.trainer { // what is a plugin's is compiled in here
			files = append(files, "testdata/plugin/kinks.go", "testdata/plugin/renyi.go")
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			sources[filepath.Base(file)] = string(text)
		}
		if err := buildModule(executable, sources); err != nil {
			return err
		}
	}
	content, err := os.ReadFile(built.ring)
	built.ringSHA256 = fmt.Sprintf("%x", sha256.Sum256(content))
	return err
}

// buildModule builds an executable as somebody outside this repository would,
// from a module of its own. sources hold its files by name; without a go.mod
// it gets a minimal one.
func buildModule(executable string, sources map[string]string) error {
	dir := executable + ".src"
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	const needs = "github.com/helmholtz-physics/helmholtz"
	module := sources["go.mod"]
	if module == "" {
		module = "module example.org/plugin\n\ngo 1.26.0\n\nrequire " + needs + " v0.0.0\n"
	}
	module, _, _ = strings.Cut(module, "\nreplace ")
	module += "\nreplace " + needs + " => " + repository() + "\n"
	sums, err := os.ReadFile(filepath.Join(repository(), "go.sum"))
	if err != nil {
		return err
	}
	all := map[string]string{"go.sum": string(sums)}
	for name, text := range sources {
		all[name] = text
	}
	all["go.mod"] = module
	for name, text := range all {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			return err
		}
	}
	cmd := exec.Command("go", "build", "-mod=mod", "-o", executable, ".")
	cmd.Dir = dir
	cmd.Env = outside()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", executable, err, out)
	}
	return nil
}

// outside is the environment in which a third party's module is built: its flags
// are its own, but for that one which shares compiled packages between checkouts.
func outside() []string {
	flags := "GOFLAGS="
	if strings.Contains(os.Getenv("GOFLAGS"), "-trimpath") {
		flags += "-trimpath"
	}
	return append(os.Environ(), flags, "GOWORK=off")
}

// runFiles are those that are shipped, but for those of plugins in the Python package, whose tests run them.
func runFiles() (files []string) {
	for _, under := range []string{"*", "*/*"} {
		found, _ := filepath.Glob(filepath.Join(repository(), "runs", under, "*.toml"))
		files = append(files, slices.DeleteFunc(found, ofEngine)...)
	}
	return files
}

// ofEngine tells whether a run file wants a plugin of the Python package.
func ofEngine(file string) bool { return filepath.Base(filepath.Dir(file)) == "engines" }

func repository() string {
	dir, err := filepath.Abs("../..")
	if err != nil {
		panic(err)
	}
	return dir
}
