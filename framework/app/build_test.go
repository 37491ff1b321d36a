package app

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What is built once for all tests: this command, whose parts are real
// subprocesses of it, and a third party's plugin.
var built struct{ helmholtz, ring, ringSHA256 string }

func TestMain(m *testing.M) {
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
	sources := map[string]string{}
	files, _ := filepath.Glob("testdata/plugin/*")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		sources[filepath.Base(file)] = string(text)
	}
	if err := buildModule(built.ring, sources); err != nil {
		return err
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
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", executable, err, out)
	}
	return nil
}

func repository() string {
	dir, err := filepath.Abs("../..")
	if err != nil {
		panic(err)
	}
	return dir
}
