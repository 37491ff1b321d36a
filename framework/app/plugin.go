package app

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/host"
	"github.com/spf13/cobra"
)

func pluginCommand(parts builtins) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plugin",
		Short: "List, describe, test and write parts: models, energies, estimators, objectives, optimizers, samplers",
		Args:  cobra.NoArgs, // an unknown subcommand is an error, not a call for help
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(pluginListCommand(parts), pluginDescribeCommand(parts), pluginTestCommand(parts), pluginNewCommand(parts), pluginProtoCommand())
	return cmd
}

func pluginListCommand(parts builtins) *cobra.Command {
	b := binding{builtins: parts}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the parts that a run file can name",
		Args:  cobra.ExactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			h := b.host(nil)
			defer h.Close()
			found, problems := h.List()
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "kind\tname\tversion\twhere\tsummary")
			for _, f := range found {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", f.Kind, f.Name, f.Version, whereOf(f), f.Summary)
			}
			w.Flush()
			for _, p := range problems {
				fmt.Fprintln(cmd.ErrOrStderr(), "helmholtz:", p)
			}
			return nil
		},
	}
	b.askingFlags(cmd)
	return cmd
}

// whereOf says where a part is, and what its name means if not this one.
func whereOf(f *host.Found) string {
	switch {
	case f.Attached:
		return "waiting at " + f.File
	case f.Builtin && f.Shadow == "":
		return host.BuiltIn
	case f.Builtin:
		return host.BuiltIn + ", shadowed by the one waiting at " + f.Shadow
	case f.Shadow == host.BuiltIn:
		return f.Where() + ", shadowed by the built-in one"
	case f.Shadow != "":
		return f.Where() + ", shadowed by " + f.Shadow
	}
	return f.Where()
}

func pluginDescribeCommand(parts builtins) *cobra.Command {
	var asJSON bool
	b := binding{builtins: parts, fresh: true}
	cmd := &cobra.Command{
		Use:   "describe NAME|PATH",
		Short: "Describe a part: what it computes, its keys, its reference",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			h := b.host(nil)
			defer h.Close()
			found, err := partsNamed(h, "describe", args[0])
			if err != nil {
				return err
			}
			if asJSON {
				encoder := json.NewEncoder(cmd.OutOrStdout())
				encoder.SetIndent("", "  ")
				return encoder.Encode(manifestsOf(found))
			}
			for _, f := range found {
				writeManifest(cmd.OutOrStdout(), f)
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, part := range parts {
				names = append(names, part.Name)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
	b.askingFlags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the manifests as JSON")
	return cmd
}

// isPath tells that a name is that of an executable: it has a separator.
func isPath(name string) bool { return strings.ContainsRune(name, os.PathSeparator) }

// partsNamed finds every part of a name, which a model and an energy may share, or of an executable, for
// what op says.
func partsNamed(h *host.Host, op, name string) ([]*host.Found, error) {
	if isPath(name) {
		return h.Describe(name)
	}
	all, problems := h.List()
	var named []*host.Found
	var names []string
	for _, f := range all {
		names = append(names, f.Name)
		if f.Name == name {
			named = append(named, f)
		}
	}
	if len(named) > 0 {
		return named, nil
	}
	err := core.Errorf(core.Invalid, op, name, "no part has this name")
	if near := core.Nearest(name, names); near != "" {
		err.Hint = fmt.Sprintf("did you mean %q?", near)
	} else {
		err.Hint = "helmholtz plugin list shows them all; a file is given with a path, ./" + name
	}
	if n := len(problems); n > 0 {
		err.Hint += fmt.Sprintf("; %d plugins did not describe themselves, and helmholtz plugin list says why", n)
	}
	return nil, err
}

func manifestsOf(found []*host.Found) []core.Manifest {
	manifests := make([]core.Manifest, len(found))
	for i, f := range found {
		manifests[i] = f.Manifest
	}
	return manifests
}

func writeManifest(out io.Writer, f *host.Found) {
	fmt.Fprintf(out, "%s %s %s (%s)\n%s\n", f.Kind, f.Name, f.Version, whereOf(f), f.Summary)
	if f.Reference != "" {
		fmt.Fprintf(out, "reference: %s\n", f.Reference)
	}
	for _, p := range f.Precisions {
		fmt.Fprintf(out, "computes in %s, too\n", p)
	}
	if len(f.Params) > 0 {
		fmt.Fprintln(out)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, p := range f.Params {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", p.Name, p.Type, defaultText(p), helpText(p))
	}
	w.Flush()
	fmt.Fprintln(out)
}

func defaultText(p core.Param) string {
	if p.Required {
		return "required"
	}
	if p.Type == core.TypeString {
		return fmt.Sprintf("%q", p.Default)
	}
	return fmt.Sprint(p.Default)
}

func helpText(p core.Param) string {
	text := p.Help
	if len(p.Choices) > 0 {
		text += " (" + strings.Join(p.Choices, " | ") + ")"
	}
	if p.Unit != "" {
		text += " [" + p.Unit + "]"
	}
	if p.Only != nil {
		text += fmt.Sprintf("; with %s = %s", p.Only.Key, strings.Join(p.Only.Values, " or "))
	}
	if p.Power != "" {
		text += fmt.Sprintf("; with a model that has the power %s", p.Power)
	}
	return text
}
