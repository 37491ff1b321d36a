package app

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/folders"
	"github.com/spf13/cobra"
)

// statesByExit are the states in the order of their exit codes, the worst last.
var statesByExit = []struct {
	state folders.State
	code  int
}{{folders.Done, exitDone}, {folders.Running, exitUnfinished}, {folders.Waiting, exitInterrupted}, {folders.Stopped, exitInterrupted}, {folders.Failed, exitFailed}}

func statusCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status DIR|FILE...",
		Short: "Show how runs, and the points of sweeps, are going",
		Long: "Show a table of the runs in these folders: run folders, folders of sweeps, or folders with\n" +
			"such folders; a run file stands for its folder NAME.out. Nothing is written and no lock\n" +
			"taken, so it may be asked at any time, from any machine that sees the files. A run that is\n" +
			"running gives a sign of life every 10 seconds.\n\n" +
			"The exit code is 0 where all are done, 75 where some are running, 85 where some wait to be\n" +
			"continued or were stopped, 1 where some have failed: the last of these that applies.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var all []folders.Status
			for _, dir := range args {
				found, err := statusesIn(dir)
				if err != nil {
					return err
				}
				all = append(all, found...)
			}
			if err := writeStatus(cmd.OutOrStdout(), all, asJSON); err != nil {
				return err
			}
			return verdictOn(all)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// verdictOn is nil where all runs are done, else what is the matter, with the exit code of the worst state.
func verdictOn(all []folders.Status) error {
	code := exitDone
	var words []string
	for _, s := range statesByExit {
		n := 0
		for _, r := range all {
			if r.State == s.state {
				n++
			}
		}
		if n > 0 {
			code, words = s.code, append(words, fmt.Sprintf("%d %s", n, s.state))
		}
	}
	if code == exitDone {
		return nil
	}
	return unfinished{code, fmt.Sprintf("status: %s", strings.Join(words, ", "))}
}

// statusesIn are those of the runs in a folder.
func statusesIn(path string) ([]folders.Status, error) {
	found, err := folders.In("status", path)
	if err != nil {
		return nil, err
	}
	all := make([]folders.Status, len(found))
	for i, f := range found {
		all[i] = folders.StatusOf(f, time.Now())
	}
	return all, nil
}

// writeStatus prints the table, and what there is to say of runs that are not done.
func writeStatus(out io.Writer, all []folders.Status, asJSON bool) error {
	if asJSON {
		counts := map[folders.State]int{}
		for _, r := range all {
			counts[r.State]++
		}
		return encode(out, map[string]any{"runs": all, "states": counts})
	}
	w := newTable(out)
	fmt.Fprintln(w, "run\tstate\tprogress\tvalue +- error\texact gap\tETA\thost\tlast seen")
	for _, r := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", title(r), r.State, progressText(r), valueText(r), gapText(r), etaText(r), r.Host, seenText(r, time.Now()))
	}
	w.Flush()
	for _, r := range all {
		if r.Why != "" && r.Why != folders.NotBegun {
			fmt.Fprintf(out, "%s: %s\n", r.Dir, r.Why)
		}
	}
	return nil
}
