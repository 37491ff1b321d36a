package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/scaffold"
	"github.com/spf13/cobra"
)

func pluginNewCommand(parts builtins) *cobra.Command {
	var kind, dir, source string
	cmd := &cobra.Command{
		Use:   "new LANGUAGE NAME",
		Short: "Write the first version of a plugin: a folder that builds, tests and runs at once",
		Long: `Write the first version of a plugin: a folder that builds, tests and runs at once.

The folder NAME has the program, its test, a run file, a Makefile and a README.
There are: ` + strings.Join(scaffold.Offers(), ", ") + `.`,
		Example: `  helmholtz plugin new go ring && cd ring && make test && make
  helmholtz plugin new jax flow --kind model`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := parts.find(core.PartKind(kind), args[1]); err == nil {
				return core.Errorf(core.Invalid, "new plugin", args[1], "that is the name of a built-in %s", kind)
			}
			self, err := os.Executable()
			if err != nil {
				return err
			}
			if source == "" {
				source = sourceOf(self)
			} else if source, err = filepath.Abs(source); err == nil && !isSource(source) {
				err = &core.Error{Kind: core.Invalid, Op: "new plugin", Subject: source, Err: errors.New("it is not the source code of Helmholtz"), Hint: "its go.mod begins with module " + module}
			}
			if err != nil {
				return err
			}
			p := scaffold.Plugin{Language: args[0], Kind: core.PartKind(kind), Name: args[1], Helmholtz: self, Source: source}
			if dir == "" {
				dir = p.Name
			}
			files, err := p.Write(dir)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			for _, name := range files {
				fmt.Fprintln(out, filepath.Join(dir, name))
			}
			_, err = fmt.Fprintf(out, "\n    cd %s\n    make test\n    make\n", dir)
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&kind, "kind", string(core.KindEnergy), "what it is: energy or model")
	f.StringVar(&dir, "dir", "", "folder to write; by default NAME")
	f.StringVar(&source, "source", "", "source code of Helmholtz, which a plugin in Go is built with; by default that around this program, or around here")
	return cmd
}

func isSource(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	return err == nil && strings.HasPrefix(string(text), "module "+module+"\n")
}

// sourceOf looks for the source code in the folders above this program, and above the one that it was called in.
func sourceOf(self string) string {
	here, err := os.Getwd()
	if err != nil {
		here = self
	}
	for _, dir := range []string{filepath.Dir(self), here} {
		for ; ; dir = filepath.Dir(dir) {
			if isSource(dir) {
				return dir
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return ""
}
