package app

import (
	"os"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/simd"
	"github.com/spf13/cobra"
)

func kernelsFlag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "kernels", "", "`level` of the vector instructions that are used: "+strings.Join(simd.Names(), ", ")+" (default the most that the processor has, or $"+simd.Variable+")")
	_ = cmd.RegisterFlagCompletionFunc("kernels", cobra.FixedCompletions(simd.Names(), cobra.ShellCompDirectiveNoFileComp))
}

// chooseKernels settles the vector instructions of this process, by the flag, the
// environment or what the processor has, and of the plugins that it will start.
func chooseKernels(flag string) error {
	name, from, op := flag, "--kernels", "read flags"
	if flag == "" {
		name, from, op = os.Getenv(simd.Variable), simd.Variable, "read the environment"
	}
	level := simd.Best()
	if name != "" {
		var err error
		if level, err = simd.Parse(name); err != nil {
			return core.Errorf(core.Invalid, op, from, "%w", err)
		}
	}
	simd.Use(level)
	return os.Setenv(simd.Variable, level.String())
}
