package main

import (
	"fmt"
	"runtime"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/spf13/cobra"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.ExactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			fmt.Fprintf(cmd.OutOrStdout(), "helmholtz %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}

// referenceCommand prints docs/run-file.md, made from the same schemas that
// check a run file.
func referenceCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "reference",
		Short:  "Print the reference of the run file as Markdown",
		Hidden: true,
		Args:   cobra.ExactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var manifests []core.Manifest
			for _, part := range builtins() {
				manifests = append(manifests, part.Manifest)
			}
			return plan.Reference(cmd.OutOrStdout(), manifests)
		},
	}
}
