package app

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/engine/simd"
	"github.com/spf13/cobra"
)

// Version of the program, as `helmholtz version` prints it and results keep it.
// The linker sets it, with
//
//	-ldflags "-X github.com/helmholtz-physics/helmholtz/framework/app.Version=v1.2.0"
//
// or a main before it calls Main. When empty, it is the version of the module of
// Helmholtz that this program was built of.
var Version string

const module = "github.com/helmholtz-physics/helmholtz"

func version() string {
	if Version != "" {
		return Version
	}
	if build, ok := debug.ReadBuildInfo(); ok {
		return moduleVersion(build)
	}
	return unreleased
}

// unreleased is the version of what was built of a checkout.
const unreleased = "dev"

func moduleVersion(build *debug.BuildInfo) string {
	found := build.Main
	if i := slices.IndexFunc(build.Deps, func(m *debug.Module) bool { return m.Path == module }); i >= 0 {
		found = *build.Deps[i]
	}
	if found.Path != module || found.Replace != nil || found.Version == "(devel)" {
		return unreleased
	}
	return cmp.Or(found.Version, unreleased)
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.ExactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			fmt.Fprintf(cmd.OutOrStdout(), "helmholtz %s (%s, %s/%s, kernels %s)\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH, simd.InUse())
			return nil
		},
	}
}
