package main

import (
	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/sdk"
	"github.com/spf13/cobra"
)

// serveCommand is how this binary becomes the plugin process of one of its
// own parts.
func serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "serve KIND NAME",
		Short:  "Serve a built-in part to the host that started this process",
		Hidden: true,
		Args:   cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			for _, part := range builtins() {
				if string(part.Kind) == args[0] && part.Name == args[1] {
					par.Spare()
					sdk.Serve(part)
					return nil
				}
			}
			return core.Errorf(core.Invalid, "serve", args[0]+" "+args[1], "no such built-in part")
		},
	}
}
