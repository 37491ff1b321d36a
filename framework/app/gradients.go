package app

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/spf13/cobra"
)

type gradientsFlags struct {
	binding
	repeats int
	at      string
	out     string
}

func gradientsCommand(parts builtins) *cobra.Command {
	f := gradientsFlags{binding: binding{builtins: parts}}
	cmd := &cobra.Command{
		Use:   "gradients FILE",
		Short: "Compare the estimators of the gradient of a training step",
		Long: "Compare the estimators of the gradient of a training step, those that train.gradient\n" +
			"can name: each forms the gradient at the same parameters and from the same draws, again\n" +
			"and again. What scatters is its variance, here that of one configuration, summed over\n" +
			"the parameters. Its mean is held against the mean of the one with the least variance: z\n" +
			"above 4 is a bias. score_optimal is the score-function estimate with the baseline of\n" +
			"each parameter that makes its variance the least. Nothing is trained.",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeRunFiles,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	f.flags(cmd)
	cmd.Flags().IntVar(&f.repeats, "repeats", 400, "how many gradients each estimator forms, of train.batch configurations each; the variance is known to about sqrt(2/repeats)")
	cmd.Flags().StringVar(&f.at, "at", "", "take the parameters of the newest checkpoint in this run `folder` (default those of the start)")
	cmd.Flags().StringVar(&f.out, "out", "", "file to write (default NAME.gradients.h5, NAME from the run file)")
	return cmd
}

// leastRepeats are those without which a variance has no error, of each half of them.
const leastRepeats = 8

func (f *gradientsFlags) run(cmd *cobra.Command, file string) error {
	if f.repeats < leastRepeats {
		return core.Errorf(core.Invalid, "read flags", "--repeats", "must be at least %d, got %d", leastRepeats, f.repeats)
	}
	sweep, points, err := f.read(file)
	if err != nil {
		return err
	}
	all := &store.Gradients{Name: sweep.Name(), Repeats: f.repeats}
	if len(points) == sweep.Len() {
		all.Axes = sweptAxes(sweep)
	}
	for _, i := range points {
		if before, ok := sweep.Before(i); ok && f.at == "" {
			return cannotStart(sweep, i, before, core.Invalid, "nothing is trained here; --at names the folder of a run whose parameters are taken, --set sweep.continue=false leaves it out")
		}
		if len(sweep.Axes) > 0 {
			fmt.Fprintln(cmd.OutOrStdout(), pointText(sweep, i))
		}
		if err := f.point(cmd.Context(), cmd.OutOrStdout(), file, i, all); err != nil {
			return atPoint(sweep, i, err)
		}
	}
	out := f.out
	if out == "" {
		out = sweep.Name() + ".gradients.h5"
	}
	if err := store.SaveGradients(out, all); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "gradients in %s\n", out)
	return nil
}

// point compares the estimators at a point of a sweep.
func (f *gradientsFlags) point(ctx context.Context, out io.Writer, file string, i int, all *store.Gradients) error {
	sweep, err := f.withGradient(file, "")
	if err != nil {
		return err
	}
	s, err := f.open(ctx, sweep, i)
	if err != nil {
		return err
	}
	defer s.close()
	if s.parts.Objective == nil {
		return &core.Error{Kind: core.Invalid, Op: "compare gradients", Subject: file, Err: fmt.Errorf("nothing is trained"), Hint: "name a model"}
	}
	theta, step, err := f.parameters(s)
	if err != nil {
		return err
	}
	all.Batch, all.Step, all.ConfigTOML = s.plan.Train.Batch, step, s.plan.TOML()
	names, repeats, err := f.repeat(ctx, out, s, file, i, theta)
	if err != nil {
		return err
	}
	estimates := compare(names, repeats, s.plan.Train.Batch)
	all.Points = append(all.Points, estimates)
	writeGradients(out, estimates)
	return nil
}

// withGradient reads the run file, with another way to estimate the gradient.
func (f *gradientsFlags) withGradient(file, choice string) (*plan.Sweep, error) {
	set := slices.Clone(f.set)
	if choice != "" {
		set = append(set, "train.gradient="+choice)
	}
	read, err := plan.Read(file, set)
	if err != nil {
		return nil, err
	}
	return read.Sweep()
}

// parameters are those of the start, or of a checkpoint.
func (f *gradientsFlags) parameters(s *session) (theta []float64, step int64, err error) {
	if f.at == "" {
		theta, err = run.Start(s.plan, s.parts)
		return theta, 0, err
	}
	if _, err := store.ReadResults(f.at); err != nil { // a folder is not made
		return nil, 0, err
	}
	c, err := latestCheckpoint(f.at)
	if err != nil {
		return nil, 0, err
	}
	if want := s.parts.Model.Spec().Parameters; c == nil || len(c.Theta) != want {
		return nil, 0, &core.Error{Kind: core.Invalid, Op: "compare gradients", Subject: f.at, Err: fmt.Errorf("it has no checkpoint with the %d parameters of the model", want)}
	}
	return c.Theta, c.Step, nil
}

// repeat lets every estimator that the parts allow form its gradients.
func (f *gradientsFlags) repeat(ctx context.Context, out io.Writer, s *session, file string, i int, theta []float64) (names []string, all []*stats.Gradients, err error) {
	choices, err := s.gradientChoices()
	if err != nil {
		return nil, nil, err
	}
	if len(choices) == 0 {
		g, err := run.Gradients(ctx, s.plan, s.parts, theta, f.repeats)
		return []string{s.plan.Train.Objective}, []*stats.Gradients{g}, err
	}
	scored := false
	for _, choice := range choices {
		other, err := f.choose(s, file, i, choice)
		if kind := core.KindOf(err); err != nil && kind != core.Mismatch && kind != core.Unsupported && kind != core.Invalid {
			return nil, nil, err
		}
		if err != nil {
			why, _, _ := strings.Cut(err.Error(), "\n")
			fmt.Fprintf(out, "%s: not here: %s\n", choice, why)
			continue
		}
		g, err := run.Gradients(ctx, other.plan, other.parts, theta, f.repeats)
		other.close()
		if err != nil {
			return nil, nil, err
		}
		names, all = append(names, choice), append(all, g)
		if scored || !ofScore(other) {
			continue
		}
		scores, err := run.Scores(ctx, s.plan, s.parts, theta, f.repeats)
		if err != nil {
			return nil, nil, err
		}
		scored = true
		names, all = append(names, "score_optimal"), append(all, g.Controlled(scores))
	}
	if len(all) == 0 {
		return nil, nil, core.Errorf(core.Mismatch, "compare gradients", file, "no estimator fits model and energy")
	}
	return names, all, nil
}

// gradientChoices are the values of the objective's key gradient, none where it has no
// such key.
func (s *session) gradientChoices() ([]string, error) {
	found, err := s.find(core.KindObjective, s.plan.Objective)
	if err != nil {
		return nil, err
	}
	for _, p := range found.Params {
		if p.Name == "gradient" {
			return p.Choices, nil
		}
	}
	return nil, nil
}

// choose binds the plan with another estimator, on the parts that are open.
func (f *gradientsFlags) choose(s *session, file string, i int, choice string) (*session, error) {
	sweep, err := f.withGradient(file, choice)
	if err != nil {
		return nil, err
	}
	point, err := sweep.Point(i)
	if err != nil {
		return nil, err
	}
	other := &session{host: f.host(point.Env()), builtins: f.builtins, like: s}
	if err := other.bind(point); err != nil {
		other.close()
		return nil, err
	}
	return other, nil
}

// ofScore tells whether the gradient of the only term is a weighted sum of grad ln p of
// the model's draws, from which a baseline can be taken.
func ofScore(s *session) bool {
	bars := s.parts.Objective.Spec().Bars
	return len(s.plan.Terms) == 0 && s.plan.AllTerms()[0].Source() == core.OfModel && len(bars) == 1 && bars[0] == core.Column(core.LogP)
}

// compare makes what is told of repeats of several estimators.
func compare(names []string, repeats []*stats.Gradients, batch int) []store.GradientEstimate {
	n := float64(batch)
	all := make([]store.GradientEstimate, len(names))
	best := 0
	for i, g := range repeats {
		e := store.GradientEstimate{Name: names[i], Mean: g.Mean()}
		e.Total, e.TotalStderr = g.Total()
		e.Total, e.TotalStderr = n*e.Total, n*e.TotalStderr
		e.Variance, e.VarianceStderr = g.Variance()
		for k := range e.Variance {
			e.Variance[k] *= n
			e.VarianceStderr[k] *= n
		}
		if all[i] = e; e.Total < all[best].Total {
			best = i
		}
	}
	for i, g := range repeats {
		all[i].Distance, all[i].Z = g.Distance(repeats[best])
	}
	return all
}

func writeGradients(out io.Writer, all []store.GradientEstimate) {
	least := all[0].Total
	for _, e := range all {
		least = min(least, e.Total)
	}
	w := newTable(out)
	fmt.Fprintln(w, "estimator\tnorm of mean\tvariance of one sample\tto the least\tdistance of mean\tz")
	for _, e := range all {
		square := 0.0
		for _, g := range e.Mean {
			square += g * g
		}
		fmt.Fprintf(w, "%s\t%.5g\t%s\t%.4g\t%.2g\t%.1f\n", e.Name, math.Sqrt(square), stats.PlusMinus(e.Total, e.TotalStderr), e.Total/least, e.Distance, e.Z)
	}
	w.Flush()
}
