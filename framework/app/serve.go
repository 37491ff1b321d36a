package app

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/sdk"
	"github.com/spf13/cobra"
)

// serveCommand is how this binary becomes the plugin process of one of its
// own parts.
func serveCommand(parts builtins) *cobra.Command {
	return &cobra.Command{
		Use:    "serve KIND NAME",
		Short:  "Serve a built-in part to the host that started this process",
		Hidden: true,
		Args:   cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			part, err := parts.find(core.PartKind(args[0]), args[1])
			if err != nil {
				return err
			}
			if err := chooseKernels(""); err != nil {
				return err
			}
			par.Spare()
			sdk.Serve(part)
			return nil
		},
	}
}
