// Package sdk is all that a plugin's main needs:
//
//	func main() { sdk.Serve(part) }
//
// where part is a [core.Part]: the manifest that describes a model, an energy, an
// observable or an objective, and its constructor. The program built from this main is a plugin:
// helmholtz finds it under the name helmholtz-plugin-NAME, asks it to describe
// itself, checks a run file against that, starts it and calls it.
package sdk

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire"
	"github.com/helmholtz-physics/helmholtz/framework/internal/wire/host2plugin"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
)

// Serve serves the parts to the host that started this process, and returns
// only by ending the process. With the argument "describe" it prints the
// parts' manifests as JSON and exits. With the argument "attach", in a debugger for
// instance, it waits for hosts that are told of it: it prints the line that sets
// HELMHOLTZ_REATTACH for them, serves any number of runs, and ends by a signal.
// Started by hand without it says what it is and exits with status 2.
//
// What a plugin prints, on standard output too, goes to the host's log. The
// process ignores the signals by which batch systems and terminals stop
// programs, and ends when its host ends.
func Serve(parts ...core.Part) {
	if len(os.Args) == 2 && os.Args[1] == "describe" {
		out := os.Stdout
		if handshake != nil {
			out = handshake
		}
		if err := describe(out, parts); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if len(os.Args) == 2 && os.Args[1] == "attach" && handshake == nil {
		if err := attend(os.Stdout, parts); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if handshake == nil {
		explain(os.Stderr, parts)
		os.Exit(2)
	}
	go endWithParent(os.Getppid())
	os.Stdout = handshake
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  host2plugin.Handshake,
		VersionedPlugins: host2plugin.Sets(served(parts)),
		GRPCServer:       host2plugin.NewServer(restoreStdio, func() { os.Exit(0) }),
		Logger:           hclog.NewNullLogger(),
	})
	os.Exit(0)
}

// served are the parts, and the samplers for chains that walk by a plugin's energy.
func served(parts []core.Part) []core.Part { return slices.Concat(parts, sample.Parts()) }

// describe prints the description of an executable that serves parts.
func describe(w io.Writer, parts []core.Part) error {
	d := wire.Description{Name: programName(), Version: programVersion(), Protocols: wire.Versions}
	for _, p := range parts {
		d.Parts = append(d.Parts, p.Manifest)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(d)
}

// explain tells somebody who started a plugin by hand what it is for.
func explain(w io.Writer, parts []core.Part) {
	fmt.Fprintf(w, "%s is a plugin of helmholtz; helmholtz starts it. It serves:\n", filepath.Base(os.Args[0]))
	for _, p := range parts {
		fmt.Fprintf(w, "  %s %s: %s\n", p.Kind, p.Name, p.Summary)
	}
	fmt.Fprintf(w, "Name it in a run file by plugin = NAME and path = %q,\nprint its description with: %s describe\nor let runs attach to it with: %s attach\n", os.Args[0], os.Args[0], os.Args[0])
}

func programName() string {
	return strings.TrimPrefix(filepath.Base(os.Args[0]), wire.ExecutablePrefix)
}

func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
