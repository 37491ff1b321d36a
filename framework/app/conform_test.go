package app

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
)

// mistake is a row of the tables of docs/conformance.md.
type mistake struct {
	part, name, test string
	arguments        []string
	said             *regexp.Regexp
}

// mistakesMade reads the table below a heading.
func mistakesMade(t *testing.T, heading string) (all []mistake) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(repository(), "docs", "conformance.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, below, _ := strings.Cut(string(text), "\n### "+heading+"\n")
	below, _, _ = strings.Cut(below, "\n### ")
	quoted := regexp.MustCompile("`([^`]*)`")
	for line := range strings.Lines(below) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 5 || !strings.Contains(line, "`") {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		words, arguments := strings.Fields(cells[0]), ""
		if q := quoted.FindStringSubmatch(cells[2]); q != nil {
			arguments = q[1]
		}
		said := strings.ReplaceAll(regexp.QuoteMeta(cells[4]), `\.\.`, ".*")
		all = append(all, mistake{part: words[len(words)-1], name: quoted.FindStringSubmatch(cells[1])[1],
			arguments: strings.Fields(arguments), test: cells[3], said: regexp.MustCompile(said)})
	}
	if len(all) == 0 {
		t.Fatalf("docs/conformance.md has no table of mistakes %s", heading)
	}
	return all
}

// Each mistake is found by the test that docs/conformance.md names, in the words that stand there, and the
// command fails; without a mistake each part conforms.
func TestMistakesAreFound(t *testing.T) {
	t.Parallel()
	sources := map[string]string{}
	files, _ := filepath.Glob("testdata/broken/*")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sources[filepath.Base(file)] = string(text)
	}
	broken := filepath.Join(t.TempDir(), "helmholtz-plugin-broken")
	if err := buildModule(broken, sources); err != nil {
		t.Fatal(err)
	}
	conform := func(part, name string, arguments []string) (string, error) {
		cmd := exec.Command(built.helmholtz, append([]string{"plugin", "test", broken, "--part", part, "--set", "mistake=" + `"` + name + `"`, "--transport", "shm"}, arguments...)...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	sound := map[string]bool{}
	for _, m := range mistakesMade(t, "In Go") {
		for i, a := range m.arguments {
			if a == "RING" {
				m.arguments[i] = built.ring
			}
		}
		t.Run(m.part+"/"+m.name+"/"+m.test, func(t *testing.T) {
			t.Parallel()
			out, err := conform(m.part, m.name, append([]string{"--run", "^" + m.test + "$"}, m.arguments...))
			if err == nil || !strings.Contains(out, "FAIL shm/"+strings.ReplaceAll(m.test, "_", " ")+": it does not hold that ") || !m.said.MatchString(out) {
				t.Errorf("%v; %s does not fail, or says another thing than %q:\n%s", err, m.test, m.said, out)
			}
		})
		if key := m.part + strings.Join(m.arguments, " "); !sound[key] {
			sound[key] = true
			t.Run(m.part+"/none/"+m.test, func(t *testing.T) {
				t.Parallel()
				if out, err := conform(m.part, "none", m.arguments); err != nil {
					t.Errorf("without a mistake: %v\n%s", err, out)
				}
			})
		}
	}
}

// Every test that a mistake names is one of a suite, and each kind of part has some; --list has all.
func TestChecksAreListed(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	list := helmholtz(t, t.TempDir(), []int{exitDone}, "plugin", "test", "--list")
	for _, kind := range []core.PartKind{core.KindEnergy, core.KindModel, core.KindEstimator, core.KindObjective} {
		for _, c := range coretest.Checks(kind) {
			known[c.Name] = true
			if !strings.Contains(list, c.Name) || !strings.Contains(list, c.Claim) {
				t.Errorf("--list has no %s: %s", c.Name, c.Claim)
			}
		}
	}
	for _, heading := range []string{"In Go", "In Python"} {
		for _, m := range mistakesMade(t, heading) {
			if !known[m.test] {
				t.Errorf("%s: %s %s names the test %s, which there is not", heading, m.part, m.name, m.test)
			}
		}
	}
}
