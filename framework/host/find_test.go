package host

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

// module writes a Go module of a third party, outside this one, from pairs of
// file names and texts. Its go.mod refers to this module as ../../../.. .
func module(t *testing.T, files ...string) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go.sum"), string(sums))
	for i := 0; i < len(files); i += 2 {
		write(t, filepath.Join(dir, files[i]), strings.Replace(files[i+1], "=> ../../../..", "=> "+root, 1))
	}
	return dir
}

// goCommand runs the go command in such a module; go.mod completes itself.
func goCommand(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, out)
	}
}

// buildExternal builds the plugin in testdata/external.
func buildExternal(t *testing.T) string {
	t.Helper()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join("testdata", "external", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	dir := module(t, "go.mod", read("go.mod"), "main.go", read("main.go"))
	file := filepath.Join(dir, "bin [1]*", "helmholtz-plugin-quartic") // a name that globbing would misread
	goCommand(t, dir, "build", "-o", file, ".")
	return file
}

func TestExternal(t *testing.T) {
	file := buildExternal(t)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	right := fmt.Sprintf("%x", sha256.Sum256(content))
	wrong := strings.Repeat("0", 64)

	t.Run("pinned", func(t *testing.T) {
		log, l := debugLog()
		h := newHost(t, Options{Log: log})
		f, err := h.Find(core.KindEnergy, "quartic", file, right)
		if err != nil {
			t.Fatal(err)
		}
		if f.Builtin || f.File != file || f.SHA256() != right || f.Version != "1.2.0" || f.Protocol != 2 {
			t.Errorf("found %+v", f)
		}
		// The schema crosses whole, with defaults of the declared types.
		one, zero := 1.0, 0.0
		if want := []core.Param{
			{Name: "N", Type: core.TypeInt, Required: true, Min: &one, Help: "oscillators"},
			{Name: "g", Type: core.TypeFloat, Default: 0.25, Min: &zero, Unit: "k", Help: "strength of the quartic term"},
		}; !reflect.DeepEqual(f.Params, want) {
			t.Errorf("params %+v, want %+v", f.Params, want)
		}
		e, err := h.OpenEnergy(f, core.Settings{"N": int64(2), "g": int64(1)})
		if err != nil {
			t.Fatal(err)
		}
		// 1^2/2 + 1^4 + 2^2/2 + 2^4 = 19.5
		dst := make([]float64, 1)
		if err := e.Eval(dst, &core.Batch{N: 1, X: []float64{1, -2}}); err != nil || dst[0] != 19.5 {
			t.Errorf("E = %v, error %v, want 19.5", dst, err)
		}
		h.Close()
		for _, want := range []string{"while packages are initialised", "before serving", "during a call"} {
			if !strings.Contains(l.String(), want) {
				t.Errorf("the log has no %q", want)
			}
		}
	})
	t.Run("wrong pin", func(t *testing.T) {
		_, err := newHost(t, Options{}).Find(core.KindEnergy, "quartic", file, wrong)
		wantError(t, err, core.Invalid, "energy quartic", right, wrong)
	})
	t.Run("conformance", func(t *testing.T) {
		h := newHost(t, Options{SearchPath: []string{filepath.Dir(file)}})
		coretest.Energy(t, func(t *testing.T) core.Energy {
			return openEnergy(t, h, "quartic", core.Settings{"N": 5})
		}, coretest.EnergyOptions{})
	})
	t.Run("search", func(t *testing.T) {
		t.Setenv("HELMHOLTZ_PLUGIN_PATH", filepath.Dir(file))
		h := newHost(t, Options{})
		if f, err := h.Find(core.KindEnergy, "quartic", "", ""); err != nil || f.File != file {
			t.Errorf("found %+v, error %v", f, err)
		}
		_, err := h.Find(core.KindModel, "quartic", "", "")
		wantError(t, err, core.Invalid, "it serves energy quartic")
		all, errs := h.List()
		if len(errs) > 0 || !slices.ContainsFunc(all, func(f *Found) bool { return f.Name == "quartic" && !f.Builtin }) {
			t.Errorf("listed %v, errors %v", all, errs)
		}
	})
	t.Run("user's folder", func(t *testing.T) {
		config := t.TempDir()
		t.Setenv("XDG_CONFIG_HOME", config)
		t.Setenv("HOME", config) // other systems
		dir, err := os.UserConfigDir()
		if err != nil {
			t.Fatal(err)
		}
		dir = filepath.Join(dir, "helmholtz", "plugins")
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(file, filepath.Join(dir, filepath.Base(file))); err != nil {
			t.Fatal(err)
		}
		if f, err := newHost(t, Options{}).Find(core.KindEnergy, "quartic", "", right); err != nil || filepath.Dir(f.File) != dir {
			t.Errorf("found %+v, error %v", f, err)
		}
	})
	t.Run("changed", func(t *testing.T) {
		h := newHost(t, Options{})
		other := filepath.Join(t.TempDir(), filepath.Base(file))
		if err := os.WriteFile(other, content, 0o777); err != nil {
			t.Fatal(err)
		}
		f, err := h.Find(core.KindEnergy, "quartic", other, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(other, append(content, 0), 0o777); err != nil {
			t.Fatal(err)
		}
		_, err = h.OpenEnergy(f, core.Settings{"N": 1})
		wantError(t, err, core.Plugin, "changed after it was checked")
		if !errors.Is(err, ErrChanged) {
			t.Errorf("%v is not ErrChanged", err)
		}
	})
	t.Run("by hand", func(t *testing.T) {
		out, err := exec.Command(file).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "is a plugin of helmholtz") || !strings.Contains(string(out), "energy quartic: oscillators with a quartic term") {
			t.Errorf("error %v, output %s", err, out)
		}
	})
}

// A built-in wins over an installed plugin of its name, unless a path is given.
func TestBuiltinWins(t *testing.T) {
	dir := t.TempDir()
	rival := filepath.Join(dir, "helmholtz-plugin-chain")
	if err := os.WriteFile(rival, []byte("#!/bin/sh\necho '{\"protocols\": [2], \"parts\": [{\"kind\": \"energy\", \"name\": \"chain\", \"version\": \"9\"}]}'\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	h := newHost(t, Options{SearchPath: []string{dir}})
	if f := find(t, h, core.KindEnergy, "chain"); !f.Builtin || f.SHA256() == "" {
		t.Errorf("found %+v, want the built-in", f)
	}
	f, err := h.Find(core.KindEnergy, "chain", rival, "")
	if err != nil || f.Builtin || f.Version != "9" {
		t.Errorf("found %+v, error %v, want the one of the path", f, err)
	}
}

// script writes an executable that does what a shell can.
func script(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "helmholtz-plugin-script")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o777); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestFindFaults(t *testing.T) {
	h := newHost(t, Options{})
	_, err := h.Find(core.KindEnergy, "chian", "", "")
	wantError(t, err, core.Invalid, "energy chian", `did you mean "chain"?`)
	_, err = h.Find(core.KindEnergy, "../../bin/sh", "", "")
	wantError(t, err, core.Invalid, "there is no such energy")
	_, err = h.Find(core.KindEnergy, "x", filepath.Join(t.TempDir(), "absent"), "")
	wantError(t, err, core.Invalid, "energy x", "no such file")
	for _, c := range []struct{ text, want string }{
		{"exit 3", "exit status 3"},
		{"echo no library >&2; exit 1", "exit status 1: no library"},
		{"printf 'no library' >&2; exit 1", "exit status 1: no library"},
		{"echo 'panic: no GPU' >&2; echo 'goroutine 1 [running]:' >&2; exit 2", "exit status 2: panic: no GPU"},
		{"yes helmholtz", "its description is longer than 4194304 bytes"},
		{"echo hello", "not the JSON that was expected"},
		{`echo '{"protocols": [2]}'`, "names no parts"},
		{`echo '{"protocols": [2], "parts": [{"kind": "enrgy", "name": "x"}]}'`, `unknown kind "enrgy"`},
		{`echo '{"protocols": [7], "parts": [{"kind": "energy", "name": "x"}]}'`, "speaks protocol [7], this helmholtz speaks [2]"},
		{`echo '{"protocols": [2], "parts": [{"kind": "energy", "name": "x", "params": [{"name": "a", "type": "int", "default": 1.5}]}]}'`, "the default of a must be an integer"},
		{`echo '{"protocols": [2], "parts": [{"kind": "energy", "name": "x", "powers": ["fly"]}]}'`, `in its description of energy "x", the power "fly" is unknown`},
	} {
		_, err := h.Find(core.KindEnergy, "x", script(t, c.text), "")
		wantError(t, err, core.Plugin, c.want)
	}
}

// A plugin that describes itself but does not serve.
func TestStartFaults(t *testing.T) {
	t.Parallel()
	describe := `if [ "$1" = describe ]; then echo '{"protocols": [2], "parts": [{"kind": "energy", "name": "x"}]}'; exit; fi; `
	for _, c := range []struct{ text, want string }{
		{"echo cannot open GPU >&2; exit 4", "cannot open GPU (exit status 4)"},
		{"echo hello", "Unrecognized remote plugin message: hello"},
		{"echo '1|9|unix|/nowhere|grpc'", "incompatible API version with plugin. Plugin version: 9, Client versions: [2]"},
	} {
		h := newHost(t, Options{})
		f, err := h.Find(core.KindEnergy, "x", script(t, describe+c.text), "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.OpenEnergy(f, nil)
		wantError(t, err, core.Plugin, "start plugin: energy x", c.want)
	}
}

func TestEnvironment(t *testing.T) {
	got := environment([]string{"HOME=/root", "OMPI_COMM_WORLD_RANK=3", "PMIX_RANK=3", "SLURM_PROCID=3", "LC_ALL=C", "PATHS=x",
		"PMI_RANK=1", "OMP_NUM_THREADS=4", "HELMHOLTZ_PLUGIN=x", "PLUGIN_MIN_PORT=1", "AWS_SECRET_ACCESS_KEY=s", "GITHUB_TOKEN=s",
		"CUDA_VISIBLE_DEVICES=1", "GOMAXPROCS=2", "HELMHOLTZ_TRANSPORT=shm", "LICENCE=l"}, []string{"LICENCE", "PLUGIN_MIN_PORT", "ABSENT"})
	want := []string{"HOME=/root", "LC_ALL=C", "OMP_NUM_THREADS=4", "CUDA_VISIBLE_DEVICES=1", "GOMAXPROCS=2", "HELMHOLTZ_TRANSPORT=shm", "LICENCE=l",
		"OPENBLAS_NUM_THREADS=1"}
	if !slices.Equal(got, want) {
		t.Errorf("environment %v, want %v", got, want)
	}
}
