package app

import (
	"fmt"
	"io"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/spf13/cobra"
)

// evaluationFlag chooses one of the evaluations that `evaluate` has added to a run;
// 0 is the run's own.
type evaluationFlag struct{ seed uint64 }

func (f *evaluationFlag) flag(cmd *cobra.Command) {
	cmd.Flags().Uint64Var(&f.seed, "evaluation", 0, "take the evaluation of this `seed` instead of the run's own")
}

// of finds the evaluation in results, nil where the run's own is meant.
func (f evaluationFlag) of(results *core.Results, dir string) (*core.Reevaluation, error) {
	if f.seed == 0 {
		return nil, nil
	}
	var seeds []string
	for i := range results.Evaluations {
		e := &results.Evaluations[i]
		if e.Seed == f.seed {
			return e, nil
		}
		seeds = append(seeds, fmt.Sprint(e.Seed))
	}
	err := core.Errorf(core.Invalid, "find evaluation", dir, "it has none of seed %d", f.seed)
	if err.Hint = "helmholtz evaluate adds one"; len(seeds) > 0 {
		err.Hint = "there are " + strings.Join(seeds, ", ")
	}
	return nil, err
}

// ofSweep refuses the flag where collected results are meant.
func (f evaluationFlag) ofSweep(path string) error {
	return &core.Error{Kind: core.Invalid, Op: "find evaluation", Subject: path, Err: fmt.Errorf("collected results have none of seed %d", f.seed),
		Hint: "name the folder of a point"}
}

// writeEvaluations lists what there is beside the run's own results.
func writeEvaluations(out io.Writer, all []core.Reevaluation) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintln(out, "\nevaluations (show --evaluation SEED):")
	w := newTable(out)
	for _, e := range all {
		fmt.Fprintf(w, "  %d\t%d samples\t%s\t%s\n", e.Seed, e.Samples, e.Results.Run.Status, e.Results.Run.Updated)
	}
	w.Flush()
}

func writeEvaluation(out io.Writer, e *core.Reevaluation) {
	r := e.Results
	fmt.Fprintf(out, "%s, evaluation of seed %d: %s", r.Run.Name, e.Seed, r.Run.Status)
	if r.Run.StopReason != "" {
		fmt.Fprintf(out, " (%s)", r.Run.StopReason)
	}
	fmt.Fprintf(out, ", %d samples after %d training steps, %.0f s, %s %s\n", e.Samples, e.Step, r.Run.WallSeconds, r.Run.Creator, r.Run.CreatorVersion)
	for _, w := range r.Run.Warnings {
		fmt.Fprintln(out, "note:", w)
	}
	if len(r.Estimates) > 0 {
		writeTable(out, r)
	}
}

type jsonEvaluation struct {
	Seed        uint64      `json:"seed"`
	Samples     int64       `json:"samples"`
	Steps       int64       `json:"steps"`
	Status      core.Status `json:"status"`
	StopReason  string      `json:"stop_reason,omitempty"`
	Updated     string      `json:"updated"`
	WallSeconds float64     `json:"wall_seconds"`
	Version     string      `json:"version"`
	Warnings    []string    `json:"warnings,omitempty"`
}

func jsonEvaluations(all []core.Reevaluation) []jsonEvaluation {
	list := make([]jsonEvaluation, len(all))
	for i, e := range all {
		r := e.Results.Run
		list[i] = jsonEvaluation{e.Seed, e.Samples, e.Step, r.Status, r.StopReason, r.Updated, r.WallSeconds, r.CreatorVersion, r.Warnings}
	}
	return list
}

func writeEvaluationJSON(out io.Writer, e *core.Reevaluation) error {
	shown := jsonResults(e.Results)
	shown["evaluation"] = jsonEvaluations([]core.Reevaluation{*e})[0]
	return encode(out, shown)
}
