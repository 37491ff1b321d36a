package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/folders"
	"github.com/helmholtz-physics/helmholtz/framework/follow"
	"github.com/helmholtz-physics/helmholtz/framework/h5/replace"
	"github.com/helmholtz-physics/helmholtz/framework/watch"
	"github.com/spf13/cobra"
)

func watchCommand() *cobra.Command {
	var port int
	cmd := &cobra.Command{
		Use:   "watch DIR|FILE...",
		Short: "Show runs on a page in the browser, as they go on",
		Long: "Serve a page that shows the runs in these folders as they go on: run folders, folders of\n" +
			"sweeps, or folders with such folders; a run file stands for its folder NAME.out, also\n" +
			"before that is there. The page is for this machine alone (127.0.0.1) and for who has the\n" +
			"address that is printed; it asks nothing of any other machine. Nothing is written, no lock\n" +
			"taken, and nobody need look: the folders are read while a browser shows the page.\n\n" +
			"From another machine, forward the port: ssh -L PORT:127.0.0.1:PORT HOST.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			source, err := follow.New(args)
			if err != nil {
				return err
			}
			if port < 0 || port > 65535 {
				return core.Errorf(core.Invalid, "read flags", "--port", "must be from 0 to 65535, got %d", port)
			}
			listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
			if err != nil {
				return &core.Error{Kind: core.Invalid, Op: "watch", Subject: "port " + strconv.Itoa(port), Err: errors.Unwrap(err), Hint: "without --port one that is free is taken"}
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return serveWatch(ctx, cmd, listener, source)
		},
	}
	cmd.Flags().IntVar(&port, "port", 0, "`port` of the page (default one that is free)")
	return cmd
}

func serveWatch(ctx context.Context, cmd *cobra.Command, listener net.Listener, source *follow.Source) error {
	token := watch.NewToken()
	address := watch.Address(listener, token)
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	host, _ := os.Hostname()
	fmt.Fprintf(cmd.OutOrStdout(), "%s\n", address)
	fmt.Fprintf(cmd.ErrOrStderr(), "watching %s; Ctrl-C ends it\nfrom another machine: ssh -L %s:127.0.0.1:%s %s, and open the same address there\n", source.What(), port, port, host)
	return watch.Serve(ctx, listener, source, token)
}

func reportCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "report DIR|FILE...",
		Short: "Write the page of helmholtz watch as one HTML file",
		Long: "Write what helmholtz watch shows of these folders now as one HTML file, which needs nothing\n" +
			"else: to send, to keep beside the data, to print. Of a run folder or that of a sweep it is\n" +
			"report.html in the folder.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			source, err := follow.New(args)
			if err != nil {
				return err
			}
			source.Look()
			page := source.Page()
			if len(page.Runs) == 0 {
				return &core.Error{Kind: core.Invalid, Op: "report", Subject: strings.Join(args, " "), Err: folders.ErrNoRun, Hint: "helmholtz run makes the folder NAME.out"}
			}
			page.Made = fmt.Sprintf("%s by helmholtz %s", time.Now().UTC().Format("2006-01-02 15:04 UTC"), version())
			path, err := reportPath(out, args)
			if err != nil {
				return err
			}
			if err := replace.File(path, func(w *os.File) error { return watch.Report(w, page) }); err != nil {
				return replace.Error("write report", path, err)
			}
			fmt.Fprintln(cmd.OutOrStdout(), path)
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "write this `file` instead")
	return cmd
}

// reportPath is where a report goes: into the folder that it is of; of several ones, here.
func reportPath(out string, args []string) (string, error) {
	const name = "report.html"
	if out != "" || len(args) > 1 {
		if out == "" {
			out = name
		}
		return out, nil
	}
	dir, err := folders.Of(args[0])
	return filepath.Join(dir, name), err
}
