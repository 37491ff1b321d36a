package app

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/spf13/cobra"
)

// failedTests says that a part does not conform.
type failedTests struct{ failed int }

func (e failedTests) Error() string { return fmt.Sprintf("failed tests: %d", e.failed) }

// verdict is a line of package testing about one test.
var verdict = regexp.MustCompile(`^\s*--- (PASS|FAIL|SKIP): (\S+) `)

// readable runs the suite in a process of its own, because package testing ends the one
// that it runs in, and prints a line for each test that applies to the part, with what
// failed below it.
func (c *conformance) readable(cmd *cobra.Command, name string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	child := exec.Command(self, append(os.Args[1:], "--raw")...)
	child.Stderr = cmd.ErrOrStderr()
	out, err := child.StdoutPipe()
	if err != nil {
		return err
	}
	if err := child.Start(); err != nil {
		return err
	}
	passed, skipped, failed := digest(out, cmd.OutOrStdout())
	err = child.Wait()
	var exit *exec.ExitError
	switch {
	case failed > 0:
		fmt.Fprintf(cmd.OutOrStdout(), "%s does not conform: tests failed: %d, passed: %d, not applicable: %d\n", name, failed, passed, skipped)
		return failedTests{failed}
	case errors.As(err, &exit):
		os.Exit(exit.ExitCode()) // it has said why
	case err != nil:
		return err
	case passed == 0:
		return core.Errorf(core.Invalid, "test", name, "no test was run; is --run right?")
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s conforms: tests passed: %d, not applicable: %d\n", name, passed, skipped)
	return nil
}

// digest rewrites what package testing prints, and counts its verdicts. The lines of a
// test come before its verdict, those of its parts before its own; a test that has parts is left out.
func digest(from io.Reader, to io.Writer) (passed, skipped, failed int) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<24)
	said := map[string][]string{}
	current := ""
	for lines.Scan() {
		line := lines.Text()
		if m := verdict.FindStringSubmatch(line); m != nil {
			test := strings.ReplaceAll(m[2], "_", " ")
			if !strings.Contains(test, "/") {
				if m[1] == "FAIL" && len(said[m[2]]) > 0 { // it could not be opened
					failed++
					report(to, "FAIL", test, said[m[2]])
				}
				continue
			}
			switch m[1] {
			case "PASS":
				passed++
				report(to, "ok", test, nil)
			case "FAIL":
				failed++
				report(to, "FAIL", test, said[m[2]])
			default:
				skipped++
			}
			continue
		}
		if marker, test, ok := strings.Cut(line, "   "); ok && strings.HasPrefix(marker, "=== ") {
			current = strings.TrimSpace(test)
			continue
		}
		if strings.HasPrefix(line, "    ") {
			said[current] = append(said[current], strings.TrimSpace(line))
		}
	}
	return passed, skipped, failed
}

// place is where in the suite a line was said, which is no news to a plugin's author.
var place = regexp.MustCompile(`^\w+\.go:\d+: `)

// mostSaid is how many lines of one test are printed: one mistake can be seen at each configuration.
const mostSaid = 5

// report prints a verdict, with the claim that does not hold beside a test that failed.
func report(to io.Writer, word, test string, said []string) {
	claim, rest := "", []string(nil)
	for _, s := range said {
		s = place.ReplaceAllString(s, "")
		if c := coretest.ClaimOf(s); c != "" {
			claim = ": it does not hold that " + c
		} else {
			rest = append(rest, s)
		}
	}
	fmt.Fprintf(to, "%-5s%s%s\n", word, test, claim)
	for k, s := range rest {
		if k == mostSaid && len(rest) > mostSaid+1 {
			fmt.Fprintf(to, "     and %d more of this test; --raw prints them\n", len(rest)-k)
			break
		}
		fmt.Fprintf(to, "     %s\n", s)
	}
}

// listChecks prints the suites.
func listChecks(to io.Writer) {
	for _, kind := range []core.PartKind{core.KindEnergy, core.KindModel, core.KindEstimator, core.KindObjective} {
		fmt.Fprintf(to, "%s\n", kind)
		for _, c := range coretest.Checks(kind) {
			fmt.Fprintf(to, "  %-18s %s\n", c.Name, c.Claim)
		}
	}
}
