package app

import (
	"fmt"
	"io"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/spf13/cobra"
)

// Exit codes. They are stable: scripts and batch systems rely on them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitPlugin      = 3
	exitExpect      = 4
	exitUnfinished  = 75
	exitInterrupted = 85
	exitStalled     = 86
)

// exitMeanings is what the help and the reference say of them.
var exitMeanings = []struct {
	code int
	text string
}{
	{exitDone, "done"},
	{exitFailed, "failed at run time: a number that is not finite, a full disk, a run folder in use"},
	{exitUsage, "wrong command line or run file, or parts that do not fit together; nothing was drawn"},
	{exitPlugin, "a plugin could not be started, failed, or did not answer"},
	{exitExpect, "the run is complete, and its results are not what [expect] says"},
	{exitUnfinished, "`collect`: points are missing; `status`: some are running"},
	{exitInterrupted, "stopped by a signal, or as the time is nearly over, with a checkpoint: run the same command again; `status`: some wait for that"},
	{exitStalled, "stopped likewise and no further than the time before, or by a file STOP: not to be queued again as it is"},
}

func exitHelp() string {
	var b strings.Builder
	b.WriteString("Exit codes:\n")
	for _, e := range exitMeanings {
		fmt.Fprintf(&b, "  %2d  %s\n", e.code, e.text)
	}
	return b.String()
}

// referenceCommand prints docs/run-file.md, made from the same schemas that
// check a run file.
func referenceCommand(parts builtins) *cobra.Command {
	return &cobra.Command{
		Use:    "reference",
		Short:  "Print the reference of the run file as Markdown",
		Hidden: true,
		Args:   cobra.ExactArgs(0),
		RunE:   func(cmd *cobra.Command, _ []string) error { return writeReference(cmd.OutOrStdout(), parts) },
	}
}

func writeReference(out io.Writer, parts builtins) error {
	if err := plan.Reference(out, parts.manifests()); err != nil {
		return err
	}
	fmt.Fprint(out, "\n## Exit codes of `helmholtz`\n\n| code | meaning |\n|---|---|\n")
	for _, e := range exitMeanings {
		fmt.Fprintf(out, "| %d | %s |\n", e.code, e.text)
	}
	_, err := fmt.Fprint(out, variables)
	return err
}

const variables = `
## Environment

| variable | meaning |
|---|---|
| ` + "`HELMHOLTZ_PLUGIN_PATH`" + ` | folders, separated by colons, that are searched for installed plugins first |
| ` + "`HELMHOLTZ_PYTHON`" + ` | the interpreter that starts plugins named ` + "`FILE.py`" + ` and those in packages; by default that of their own first line, where it has its path, that beside ` + "`helmholtz`" + ` where a wheel has put it there, or ` + "`python3`" + ` |
| ` + "`HELMHOLTZ_REATTACH`" + ` | sockets at which plugins wait that are running already, separated by ` + "`:`" + `: ` + "`PLUGIN attach`" + ` prints what to export. Their parts go before all others of their names |
| ` + "`HELMHOLTZ_KERNELS`" + ` | the vector instructions of all kernels, as ` + "`--kernels`" + `, which has the last word: ` + "`generic`, `avx2`, `avx512`" + `; by default the most that the processor has ([conventions](conventions.md#seeds-and-streams)) |
| ` + "`HELMHOLTZ_TRANSPORT`" + ` | how arrays reach plugins: ` + "`auto`" + ` (the default), ` + "`shm`" + ` (shared memory or nothing), ` + "`bytes`" + ` (inside the messages). Results are the same |
| ` + "`HELMHOLTZ_MEMORY`" + ` | bytes that a run and its plugins may take together, as ` + "`run.memory`" + `, which has the last word |
| ` + "`TMPDIR`" + ` | folder for the sockets of plugins that are being started; one with a path of more than 40 bytes is passed over for ` + "`/tmp`" + `, ` + "`/var/tmp`" + ` or ` + "`/dev/shm`" + ` |
| ` + "`GOMAXPROCS`" + ` | threads of each process, by default as many as affinity, control group and batch system leave to it ([cluster.md](cluster.md#threads)). Results are the same |

Which variables reach plugins: [trust.md](trust.md).
`
