package app

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
)

// helmholtz runs the command in a folder; it must end with one of the codes.
func helmholtz(t *testing.T, dir string, codes []int, args ...string) (stdout string) {
	t.Helper()
	cmd := exec.Command(built.helmholtz, args...)
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	for _, code := range codes {
		if cmd.ProcessState.ExitCode() == code {
			return out.String()
		}
	}
	t.Fatalf("helmholtz %s: %v, want %v\n%s%s", strings.Join(args, " "), cmd.ProcessState, codes, out.String(), errs.String())
	return ""
}

// tiny are the overrides that make a run one of seconds.
func tiny(runFile string) []string {
	set := []string{"--set", "evaluate.samples=60", "--set", "evaluate.batch=30"}
	if strings.Contains(runFile, "[model]") {
		set = append(set, "--set", "train.steps=3", "--set", "train.batch=20")
	}
	_, model, _ := strings.Cut(runFile, "[model]")
	model, _, _ = strings.Cut(model, "\n\n")
	if strings.Contains(model, "\nsteps = ") {
		set = append(set, "--set", "model.steps=4") // of an integrator
	}
	if strings.Contains(model, "\ntemperatures = ") { // of annealed importance sampling
		set = append(set, "--set", "model.temperatures=20", "--set", "model.burn_in=10")
	}
	if strings.Contains(runFile, "[sampler]") && !strings.Contains(runFile, "\nmethod = \"annealed_importance\"") { // of chains
		set = append(set, "--set", "sampler.chains=10", "--set", "sampler.burn_in=4", "--set", "sampler.thin=1")
	}
	if strings.Contains(runFile, "\nsource = \"chains\"") {
		set = append(set, "--set", "train.draws=40")
	}
	if strings.Contains(runFile, "\nleapfrog = ") {
		set = append(set, "--set", "sampler.leapfrog=2")
	}
	if _, evaluate, _ := strings.Cut(runFile, "[evaluate]"); strings.Contains(evaluate, "\nrows = ") || strings.Contains(evaluate, "\nnll_") { // rows are judged
		set = append(set, "--set", "evaluate.rows=20")
	}
	if strings.Contains(runFile, "[sweep]") {
		set = append(set, "--index", "0")
	}
	return set
}

// fetched tells whether a run file wants a data set that is not a part of the program.
func fetched(runFile string) bool { return strings.Contains(runFile, "\nfile = \"mnist\"") }

// builtIn are the arguments by which a run file that wants one takes the small digits.
func builtIn(runFile string) (set []string) {
	if !fetched(runFile) {
		return nil
	}
	for _, of := range []string{`file="digits"`, `train="0:100"`, `validation="100:150"`, `test="150:200"`} {
		set = append(set, "--set", "energy."+of)
	}
	return set
}

func TestReferenceIsCurrent(t *testing.T) {
	var want bytes.Buffer
	if err := writeReference(&want, parts); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(repository(), "docs", "run-file.md")
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want.Bytes()) {
		t.Errorf("docs/run-file.md is not what the schemas say; make generate writes it (%v)", err)
	}
}

func TestExampleRuns(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "example.toml"), []byte(plan.Example), 0o666); err != nil {
		t.Fatal(err)
	}
	helmholtz(t, dir, []int{exitDone}, "check", "example.toml")
	helmholtz(t, dir, []int{exitDone, exitExpect}, append([]string{"run", "example.toml"}, tiny(plan.Example)...)...)
}

// Every run file of the repository passes check as it is, and runs.
func TestRunFiles(t *testing.T) {
	files := 0
	root := filepath.Join(repository(), "runs")
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(file) != ".toml" {
			return err
		}
		files++
		name, _ := filepath.Rel(root, file)
		t.Run(name, func(t *testing.T) {
			if ofEngine(file) {
				t.Skip("its plugin is in the Python package: python/tests run it")
			}
			t.Parallel()
			dir := t.TempDir()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			here := builtIn(string(text))
			helmholtz(t, dir, []int{exitDone}, append([]string{"check", file}, here...)...)
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Error("check left", left)
			}
			// Three steps meet no expectation.
			out := helmholtz(t, dir, []int{exitDone, exitExpect}, slices.Concat([]string{"run", file, "--out", "tiny"}, here, tiny(string(text)))...)
			if !strings.Contains(out, "\nexpected") || strings.Contains(out, "no estimator reported") || !strings.Contains(out, " +- ") {
				t.Errorf("no observables, or nothing expected:\n%s", out)
			}
		})
		return nil
	})
	if err != nil || files == 0 {
		t.Errorf("%d run files: %v", files, err)
	}
}

// pages are the Markdown files of the repository, by path from its root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	err := filepath.WalkDir(repository(), func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".") {
			return fs.SkipDir
		}
		if filepath.Ext(file) != ".md" {
			return nil
		}
		text, err := os.ReadFile(file)
		name, _ := filepath.Rel(repository(), file)
		texts[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

var (
	link  = regexp.MustCompile(`\]\(([^)\s]+)[^)]*\)`)
	block = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")
)

func TestLinks(t *testing.T) {
	links := 0
	for page, text := range pages(t) {
		for _, found := range link.FindAllStringSubmatch(block.ReplaceAllString(text, ""), -1) {
			target, err := url.Parse(found[1])
			if err != nil || target.Scheme != "" || target.Path == "" {
				continue
			}
			links++
			file := filepath.Join(repository(), filepath.Dir(page), target.Path)
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", page, found[1])
			}
		}
	}
	if links < 20 {
		t.Errorf("only %d links were found", links)
	}
}

// TestProgramsInDocs does with each plugin in the documentation what its reader
// is told to do: builds it in a module of its own, runs its test, asks for its
// description and uses it by the run file beside it.
func TestProgramsInDocs(t *testing.T) {
	programs := 0
	for page, text := range pages(t) {
		var program, observer, objective, test, runFile string
		for _, b := range block.FindAllStringSubmatch(text, -1) {
			switch code := b[2]; {
			case b[1] == "go" && strings.Contains(code, "app.Main("), b[1] == "toml" && strings.Contains(code, "openchain"):
				// see TestOwnBinary
			case b[1] == "go" && strings.Contains(code, "NewObserver:"):
				observer = code
			case b[1] == "go" && strings.Contains(code, "NewObjective:"):
				objective = code
			case b[1] == "go" && strings.Contains(code, "\nfunc main()"):
				program = code
			case b[1] == "go" && strings.Contains(code, "\npackage main\n") || strings.HasPrefix(code, "package main\n"):
				test = code
			case b[1] == "toml" && strings.Contains(code, "[energy]"):
				runFile = code
			}
		}
		if program == "" {
			continue
		}
		programs++
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			tryProgram(t, program, test, runFile)
		})
		if observer != "" {
			t.Run(page+", observable", func(t *testing.T) {
				t.Parallel()
				tryObserver(t, observer)
			})
		}
		if objective != "" {
			t.Run(page+", objective", func(t *testing.T) {
				t.Parallel()
				tryObjective(t, objective)
			})
		}
	}
	if programs < 2 { // README.md and docs/writing-a-plugin.md
		t.Errorf("%d programs were found", programs)
	}
}

// tryPart builds the program of a part and runs it, with more tables and, under key,
// its path. It returns the folder and what was printed.
func tryPart(t *testing.T, program, tables, key string) (dir, out string) {
	t.Helper()
	dir = t.TempDir()
	executable := filepath.Join(dir, "helmholtz-plugin-"+partName.FindStringSubmatch(program)[1])
	if err := buildModule(executable, map[string]string{"main.go": program}); err != nil {
		t.Fatal(err)
	}
	runFile := "[model]\nplugin = \"van\"\n[energy]\nplugin = \"ising\"\nL = 4\n[ensemble]\nbeta = 0.3\n[evaluate]\nsamples = 200\n" + tables
	if err := os.WriteFile(filepath.Join(dir, "run.toml"), []byte(runFile), 0o666); err != nil {
		t.Fatal(err)
	}
	return dir, helmholtz(t, dir, []int{exitDone}, "run", "run.toml", "--set", key+"="+executable)
}

// tryObjective trains with the program of an objective.
func tryObjective(t *testing.T, program string) {
	name := partName.FindStringSubmatch(program)[1]
	dir, _ := tryPart(t, program, "[train]\nsteps = 10\nbatch = 50\nobjective = \""+name+"\"\n", "objective.path")
	progress, err := os.ReadFile(filepath.Join(dir, "run.out", "progress.jsonl"))
	if err != nil || !regexp.MustCompile(`"`+name+`":[0-9]`).Match(progress) {
		t.Errorf("its loss is not in the progress: error %v\n%s", err, progress)
	}
}

// tryObserver builds the program of an observable and reports it in a run.
func tryObserver(t *testing.T, program string) {
	name := partName.FindStringSubmatch(program)[1]
	_, out := tryPart(t, program, "[[estimator]]\nplugin = \""+name+"\"\n", "estimator.0.path")
	if !regexp.MustCompile(`(?m)^` + name + ` .* \+- `).MatchString(out) {
		t.Errorf("the table has no %s:\n%s", name, out)
	}
}

var partName = regexp.MustCompile(`Name: "([a-z0-9-]+)"`)

func tryProgram(t *testing.T, program, test, runFile string) {
	match := partName.FindStringSubmatch(program)
	if match == nil {
		t.Fatal("the program serves no part")
	}
	name, dir := match[1], t.TempDir()
	executable := filepath.Join(dir, "helmholtz-plugin-"+name)
	sources := map[string]string{"main.go": program}
	if test != "" {
		sources["main_test.go"] = test
	}
	if err := buildModule(executable, sources); err != nil {
		t.Fatal(err)
	}
	if test != "" {
		cmd := exec.Command("go", "test", "-mod=mod", ".")
		cmd.Dir = executable + ".src"
		cmd.Env = outside()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("its test: %v\n%s", err, out)
		}
	}
	var described []core.Manifest
	cmd := exec.Command(built.helmholtz, "plugin", "describe", name, "--json")
	cmd.Env = append(os.Environ(), "HELMHOLTZ_PLUGIN_PATH="+dir)
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &described)
	}
	if err != nil || len(described) != 1 || described[0].Name != name || len(described[0].Params) == 0 {
		t.Errorf("describe: %v\n%s", err, out)
	}
	if !strings.Contains(runFile, "[model]") { // a page may show [energy] alone
		runFile += "[model]\nplugin = \"van\"\n[ensemble]\nbeta = 0.5\n"
	}
	if err := os.WriteFile(filepath.Join(dir, "run.toml"), []byte(runFile), 0o666); err != nil {
		t.Fatal(err)
	}
	here := "energy.path=" + executable
	helmholtz(t, dir, []int{exitDone}, "check", "run.toml", "--set", here)
	helmholtz(t, dir, []int{exitDone}, append([]string{"run", "run.toml", "--set", here}, tiny(runFile)...)...)
}
