package app

import (
	"io"

	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/wirepb"
	"github.com/spf13/cobra"
)

func pluginProtoCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "proto",
		Short: "Print the protocol between Helmholtz and plugins, for the compiler of protocol buffers of any language",
		Example: `  helmholtz plugin proto > wire.proto
  protoc --python_out=. wire.proto`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(cmd.OutOrStdout(), wirepb.Source)
			return err
		},
	}
}
