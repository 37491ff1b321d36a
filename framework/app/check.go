package app

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/recipe"
	"github.com/spf13/cobra"
)

func checkCommand(parts builtins) *cobra.Command {
	b := binding{builtins: parts}
	cmd := &cobra.Command{
		Use:               "check FILE",
		Short:             "Check a run file completely and print the resolved plan; nothing is drawn",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeRunFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			sweep, points, err := b.read(args[0])
			if err != nil {
				return err
			}
			if b.index == allPoints && len(sweep.Axes) > 0 {
				return b.checkSweep(cmd.Context(), cmd.OutOrStdout(), sweep, points)
			}
			s, err := b.open(cmd.Context(), sweep, points[0])
			if err != nil {
				return err
			}
			defer s.close()
			writePlan(cmd.OutOrStdout(), s)
			if before, ok := sweep.Before(points[0]); ok {
				fmt.Fprintf(cmd.OutOrStdout(), "# starts from the parameters that %s ends with\n", pointText(sweep, before))
			}
			return nil
		},
	}
	b.flags(cmd)
	return cmd
}

// writePlan prints the resolved run file, which can be run as it is, with
// what the parts say of themselves as comments.
func writePlan(out io.Writer, s *session) {
	energy := s.parts.Energy.Spec()
	fmt.Fprint(out, s.plan.TOML())
	fmt.Fprintf(out, "\n# energy %s %s: %s, in units of %s\n", s.energy.Name, s.energy.Version, energy.Space, energy.Units)
	for _, w := range energy.Warnings {
		fmt.Fprintf(out, "# warning: energy %s: %s\n", s.energy.Name, w)
	}
	if s.model != nil {
		fmt.Fprintf(out, "# model %s %s: %d parameters\n", s.model.Name, s.model.Version, s.parts.Model.Spec().Parameters)
	}
	for _, t := range s.plan.AllTerms() {
		if t.Data != "" {
			fmt.Fprintf(out, "# data: %s\n", t.Data)
		}
	}
	writeStep(out, s)
	if rows := s.bound.Sampler.Rows; len(rows) > 0 {
		var calls []string
		for _, r := range rows {
			calls = append(calls, fmt.Sprintf("%s %s", r.Kind, r.Name))
		}
		fmt.Fprintf(out, "# sampler %s calls: %s\n", s.plan.Evaluate.Sampler, strings.Join(calls, ", "))
	}
	if s.bound.Images > 0 {
		of := "each draw"
		if s.plan.Bracket() {
			of += " of the model, and of each draw of the Boltzmann density (evaluate.bracket)"
		}
		fmt.Fprintf(out, "# evaluate.orbit takes ln p at %d images of %s\n", s.bound.Images, of)
	}
	if limit, err := s.plan.MemoryLimit(); err == nil {
		fmt.Fprintf(out, "# memory: about %s; the limit is %s\n", core.FormatBytes(s.plan.NeedsMemory(s.bound)), limit)
	}
	var observables []string
	for _, e := range s.parts.Estimators {
		for _, o := range e.Spec().Observables {
			observables = append(observables, o.Name)
		}
	}
	fmt.Fprintf(out, "# observables: %s\n", strings.Join(observables, ", "))
	if s.parts.Exact == nil {
		fmt.Fprintln(out, "# no exact values known")
		return
	}
	var names []string
	for name := range s.parts.Exact.Values {
		names = append(names, name)
	}
	slices.Sort(names)
	fmt.Fprintf(out, "# exact values (%s):\n", s.parts.Exact.Source)
	for _, name := range names {
		fmt.Fprintf(out, "#   %s = %.12g\n", name, s.parts.Exact.Values[name])
	}
}

// writeStep prints the calls of a training step.
func writeStep(out io.Writer, s *session) {
	if s.plan.Train.Steps == 0 || s.bound.Model == nil {
		return
	}
	fmt.Fprintln(out, "# a training step:")
	for k, t := range s.plan.TrainingStep(s.bound) {
		if t.Name != "" {
			fmt.Fprintf(out, "#  %s, with the weight %g:\n", t.Name, t.Weight)
		}
		from := fmt.Sprintf("model %q draw", s.plan.Model.Plugin)
		switch {
		case t.OfTeacher():
			from = ""
		case t.OfChains():
			from = fmt.Sprintf("sampler %q chains", s.plan.Sampler.Plugin)
		case t.OfRows():
			from = fmt.Sprintf("energy %q rows", s.plan.Energy.Plugin)
		case t.Source() == core.OfData:
			from = "data"
		}
		if from != "" { // a teacher's call is one of those that follow
			fmt.Fprintf(out, "#   %s -> x\n", from)
		}
		for i, call := range t.Calls {
			if i == len(t.Calls)-1 {
				writeObjective(out, s, k)
			}
			fmt.Fprintf(out, "#   %s\n", call.Describe(s.bound.Model.Sizes()))
		}
	}
}

// writeObjective prints the call of the objective of term k where it is in another
// process.
func writeObjective(out io.Writer, s *session, k int) {
	ref, objective := s.plan.AllTerms()[k].Part, s.bound.Objective
	if k > 0 {
		objective = s.bound.Terms[k-1]
	}
	if found, err := s.find(core.KindObjective, ref); err != nil || found.Builtin {
		return
	}
	call := recipe.Step{Giver: recipe.NewGiver(core.KindObjective, ref.Plugin, nil), Row: objective.Row()}
	fmt.Fprintf(out, "#   %s\n", call.Describe(s.bound.Model.Sizes()))
}
