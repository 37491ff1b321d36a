package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/host"
	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/spf13/cobra"
)

type runFlags struct {
	binding
	out    string
	resume string
}

func runCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run FILE",
		Short: "Train and evaluate a run file, or continue it",
		Long: "Train and evaluate a run file. Results, checkpoints and progress go to the run\n" +
			"folder; running the same command again continues where it stopped. A first\n" +
			"SIGINT, SIGTERM, SIGHUP, SIGUSR1 or SIGUSR2 lets the step end and writes a\n" +
			"checkpoint, a second stops at once.\n\n" +
			exitHelp(),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeRunFiles,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	f.flags(cmd)
	cmd.Flags().StringVar(&f.out, "out", "", "run folder (default NAME.out, NAME from the run file)")
	cmd.Flags().StringVar(&f.resume, "resume", "auto", "auto: continue what is in the run folder; never: remove it and start again")
	_ = cmd.RegisterFlagCompletionFunc("resume", cobra.FixedCompletions([]string{"auto", "never"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func completeRunFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"toml"}, cobra.ShellCompDirectiveFilterFileExt
}

func (f *runFlags) run(cmd *cobra.Command, file string) error {
	if f.resume != "auto" && f.resume != "never" {
		return core.Errorf(core.Invalid, "read flags", "--resume", "must be auto or never, got %q", f.resume)
	}
	s, err := f.open(file)
	if err != nil {
		return err
	}
	defer s.close()
	dir := f.out
	if dir == "" {
		dir = s.plan.Name + ".out"
	}
	folder, err := store.Open(dir)
	if err != nil {
		return err
	}
	defer folder.Close()

	out := cmd.OutOrStdout()
	earlier, err := f.prepare(s, folder)
	if err != nil {
		return err
	}
	if earlier != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "%s is complete; --resume never starts again\n", dir)
		return conclude(out, s, earlier, dir)
	}
	info, err := s.info()
	if err != nil {
		return err
	}
	ctx, stop := signalContext()
	defer stop()
	monitor := newMonitor(cmd.ErrOrStderr(), s)
	results, err := run.Run(ctx, s.plan, s.parts, folder, monitor, run.Options{Info: info, Resume: f.resume == "auto"})
	monitor.end()
	if err != nil {
		return err
	}
	return conclude(out, s, results, dir)
}

// prepare readies the run folder. It returns the earlier results when they
// are complete and those of this very plan.
func (f *runFlags) prepare(s *session, folder *store.Folder) (*core.Results, error) {
	if f.resume == "never" {
		if err := folder.Clear(); err != nil {
			return nil, err
		}
	} else if earlier, err := store.ReadResults(folder.Dir()); err == nil {
		config, err := s.plan.JSON()
		if err != nil {
			return nil, err
		}
		if earlier.Run.Status == core.Done && earlier.Run.ConfigJSON == string(config) {
			return earlier, nil
		}
		if changed := s.plan.Diff([]byte(earlier.Run.ConfigJSON)); len(changed) > 0 {
			return nil, &core.Error{Kind: core.Invalid, Op: "resume", Subject: folder.Dir(),
				Err:  fmt.Errorf("it holds a run with other settings: %s", joinLines(changed)),
				Hint: "use --resume never to start again, or another --out folder"}
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w; move this file away to continue from the checkpoints, or choose another --out folder", err)
	}
	if err := folder.WriteText("run.toml", s.plan.Source); err != nil {
		return nil, err
	}
	return nil, folder.WriteText("run.resolved.toml", s.plan.TOML())
}

func joinLines(lines []string) string {
	text := lines[0]
	for _, l := range lines[1:] {
		text += "; " + l
	}
	return text
}

// conclude shows the results and holds them against the expectations.
func conclude(out io.Writer, s *session, results *core.Results, dir string) error {
	writeTable(out, results)
	verdicts := run.Judge(s.plan, results)
	failed := writeVerdicts(out, verdicts)
	fmt.Fprintf(out, "\nresults in %s\n", filepath.Join(dir, "results.h5"))
	if failed > 0 {
		return expectError{failed}
	}
	return nil
}

// info says what is about to be run, by what and where.
func (s *session) info() (core.RunInfo, error) {
	config, err := s.plan.JSON()
	if err != nil {
		return core.RunInfo{}, err
	}
	plugins, err := json.Marshal([]pluginRecord{recordOf(s.model), recordOf(s.energy)})
	if err != nil {
		return core.RunInfo{}, err
	}
	hostname, _ := os.Hostname()
	return core.RunInfo{
		ID:             strconv.FormatInt(time.Now().UnixNano(), 36),
		Name:           s.plan.Name,
		Creator:        "helmholtz",
		CreatorVersion: version,
		GitRevision:    revision(),
		GoVersion:      runtime.Version(),
		Hostname:       hostname,
		ConfigTOML:     s.plan.Source,
		ConfigJSON:     string(config),
		PluginsJSON:    string(plugins),
	}, nil
}

// pluginRecord is what the results keep of a plugin that took part.
type pluginRecord struct {
	Kind     core.PartKind `json:"kind"`
	Name     string        `json:"name"`
	Version  string        `json:"version"`
	SHA256   string        `json:"sha256"`
	Protocol int           `json:"protocol"`
	File     string        `json:"file"`
}

func recordOf(f *host.Found) pluginRecord {
	return pluginRecord{f.Kind, f.Name, f.Version, f.SHA256, f.Protocol, filepath.Base(f.File)}
}

func revision() string {
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range build.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}

// signalContext is cancelled by the first signal that asks a job to stop: the
// run finishes its step and writes a checkpoint. The second stops at once.
func signalContext() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2)
	if !signal.Ignored(syscall.SIGHUP) { // as under nohup
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		first := <-signals
		fmt.Fprintf(os.Stderr, "\nhelmholtz: %v: finishing the step, then writing a checkpoint (again to stop at once)\n", first)
		cancel(fmt.Errorf("signal: %v", first))
		second := <-signals // the plugins end with this process
		code := 128
		if number, ok := second.(syscall.Signal); ok {
			code += int(number)
		}
		os.Exit(code)
	}()
	return ctx, func() { signal.Stop(signals); cancel(nil) }
}
