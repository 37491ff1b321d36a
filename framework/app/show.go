package app

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/spf13/cobra"
)

func showCommand() *cobra.Command {
	var asJSON bool
	var evaluation evaluationFlag
	cmd := &cobra.Command{
		Use:   "show DIR",
		Short: "Show the results in a run folder, or those of a sweep",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			sweep, _, err := readCollected(args[0])
			switch {
			case err != nil:
				return err
			case sweep != nil && evaluation.seed > 0:
				return evaluation.ofSweep(args[0])
			case sweep != nil && asJSON:
				return writeSweepJSON(cmd.OutOrStdout(), sweep)
			case sweep != nil:
				writeSweepSummary(cmd.OutOrStdout(), sweep)
				return nil
			}
			results, err := store.ReadResults(args[0])
			if err != nil {
				return err
			}
			one, err := evaluation.of(results, args[0])
			if err != nil {
				return err
			}
			switch {
			case asJSON && one != nil:
				return writeEvaluationJSON(cmd.OutOrStdout(), one)
			case asJSON:
				return writeJSON(cmd.OutOrStdout(), results)
			case one != nil:
				writeEvaluation(cmd.OutOrStdout(), one)
			default:
				writeSummary(cmd.OutOrStdout(), results)
				writeEvaluations(cmd.OutOrStdout(), results.Evaluations)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	evaluation.flag(cmd)
	return cmd
}

func writeSummary(out io.Writer, r *core.Results) {
	fmt.Fprintf(out, "%s: %s", r.Run.Name, r.Run.Status)
	if r.Run.StopReason != "" {
		fmt.Fprintf(out, " (%s)", r.Run.StopReason)
	}
	steps := int64(0)
	if r.History != nil && len(r.History.Step) > 0 {
		steps = r.History.Step[len(r.History.Step)-1]
	}
	fmt.Fprintf(out, ", %d training steps, %.0f s, seed %d, %s %s\n", steps, r.Run.WallSeconds, r.Run.Seed, r.Run.Creator, r.Run.CreatorVersion)
	for _, w := range r.Run.Warnings {
		fmt.Fprintln(out, "note:", w)
	}
	if len(r.Estimates) > 0 {
		writeTable(out, r)
	}
}

type jsonRun struct {
	Name        string      `json:"name"`
	Status      core.Status `json:"status"`
	StopReason  string      `json:"stop_reason,omitempty"`
	Seed        uint64      `json:"seed"`
	Steps       int64       `json:"steps"`
	Started     string      `json:"started"`
	Updated     string      `json:"updated"`
	WallSeconds float64     `json:"wall_seconds"`
	Version     string      `json:"version"`
	ExactSource string      `json:"exact_source,omitempty"`
	Warnings    []string    `json:"warnings,omitempty"`
}

func writeJSON(out io.Writer, r *core.Results) error {
	info := jsonRun{r.Run.Name, r.Run.Status, r.Run.StopReason, r.Run.Seed, 0, r.Run.Started, r.Run.Updated,
		r.Run.WallSeconds, r.Run.CreatorVersion, r.ExactSource, r.Run.Warnings}
	if r.History != nil && len(r.History.Step) > 0 {
		info.Steps = r.History.Step[len(r.History.Step)-1]
	}
	shown := jsonResults(r)
	shown["run"] = info
	if len(r.Evaluations) > 0 {
		shown["evaluations"] = jsonEvaluations(r.Evaluations)
	}
	return encode(out, shown)
}

func encode(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
