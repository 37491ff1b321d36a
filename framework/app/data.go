package app

import (
	"fmt"
	"os"

	"github.com/helmholtz-physics/helmholtz/framework/data"
	"github.com/spf13/cobra"
)

func dataCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "data",
		Short: "List data sets that have a name, and get those that are no part of the program",
		Args:  cobra.NoArgs, // an unknown subcommand is an error, not a call for help
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(dataListCommand())
	for _, s := range data.Sets() {
		if s.Fetched {
			cmd.AddCommand(dataFetchCommand(s))
		}
	}
	return cmd
}

func dataListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the data sets",
		Args:  cobra.ExactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := newTable(cmd.OutOrStdout())
			fmt.Fprintln(w, "name\twhere\tlicence\tsummary")
			for _, s := range data.Sets() {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.Name, whereIs(s), s.Licence, s.Summary)
			}
			return w.Flush()
		},
	}
}

// whereIs says where a data set is, or how to get it.
func whereIs(s data.Set) string {
	if !s.Fetched {
		return "built in"
	}
	dir, err := data.Cache(s.Name)
	if err == nil {
		_, err = os.Stat(dir)
	}
	if err != nil {
		return "helmholtz data " + s.Name
	}
	return dir
}

func dataFetchCommand(s data.Set) *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   s.Name,
		Short: "Get " + s.Summary,
		Long: "Get " + s.Summary + ",\nby " + s.Source + ".\n\n" +
			"The files come from the proxies that GOPROXY lists, as Go modules do, and their\n" +
			"checksums are verified. A run file then names them " + s.Name + ". What is there already is\n" +
			"only verified.",
		Args: cobra.ExactArgs(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			done, err := data.Fetch(cmd.Context(), s.Name, out, os.Getenv("GOPROXY"))
			if err != nil {
				return err
			}
			if done.From != "" {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s: fetched %s\n", s.Name, done.From)
			}
			for _, file := range done.Files {
				fmt.Fprintln(cmd.OutOrStdout(), file)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "folder for the files (default helmholtz/data/"+s.Name+" in XDG_CACHE_HOME, the only place where the name finds them)")
	return cmd
}
