package app

import (
	"fmt"
	"math"
	"path/filepath"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/picture"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/spf13/cobra"
)

type framesFlags struct {
	binding
	seed   uint64
	draws  int
	frames int
}

func framesCommand(parts builtins) *cobra.Command {
	f := framesFlags{binding: binding{builtins: parts}}
	cmd := &cobra.Command{
		Use:   "frames DIR",
		Short: "Follow the samples of a finished run back to their noise, as pictures of the way",
		Long: "Draw from the density that the finished run in a run folder trained, and follow the\n" +
			"draws along the velocity of the flow, back to the noise that they come from. Where they\n" +
			"are at equal steps of time from 0, the noise, to 1, the samples, is kept in frames.h5 of\n" +
			"the folder, with a picture of some times beside each other in frames.png and .svg; of\n" +
			"points of a plane and of particles, moving.svg shows them move. The model needs the\n" +
			"power velocity.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	f.flagsOfOne(cmd)
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "`seed` of the draws")
	cmd.Flags().IntVar(&f.draws, "draws", 500, "`number` of samples that are followed")
	cmd.Flags().IntVar(&f.frames, "frames", 25, "`number` of times at which they are seen; one more than a multiple of 4 has t = 0, 1/4, 1/2, 3/4, 1")
	return cmd
}

func (f *framesFlags) run(cmd *cobra.Command, dir string) error {
	if f.draws < 1 {
		return core.Errorf(core.Invalid, "read flags", "--draws", "must be at least 1, got %d", f.draws)
	}
	if f.frames < 2 {
		return core.Errorf(core.Invalid, "read flags", "--frames", "must be at least 2, got %d", f.frames)
	}
	s, err := f.openTrained(cmd.Context(), "frames", dir, core.PowerVelocity, "velocity, mongeampere without shuffle, backflow and diffusion have it")
	if err != nil {
		return err
	}
	defer s.close()
	frames, err := f.follow(s.parts.Model)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "frames.h5")
	if err := store.SaveFrames(path, frames); err != nil {
		return err
	}
	if err := picture.SaveFrames(cmd.OutOrStdout(), dir, s.plan.Name, frames); err != nil {
		return err
	}
	fmt.Fprintln(cmd.OutOrStdout(), path)
	return nil
}

// carried is what a flow needs to be followed.
type carried interface {
	core.Density
	core.VelocityField
}

// follow draws samples and integrates dx/dt = v(x, t) back from t = 1.
func (f *framesFlags) follow(m core.Model) (*store.Frames, error) {
	space := m.Spec().Space
	d := space.Size()
	const numbers = 7 // of a draw while it is followed, beside its frames
	if err := core.Afford(8*float64(f.draws)*float64(d)*float64(f.frames+numbers), "frames", fmt.Sprintf("%d frames of %d configurations", f.frames, f.draws), "fewer --draws or --frames"); err != nil {
		return nil, err
	}
	flow := m.(carried)
	var b core.Batch
	if err := flow.Sample(&b, core.Derive(f.seed, 0), f.draws); err != nil {
		return nil, err
	}
	all := &store.Frames{Space: space, N: f.draws, Seed: f.seed, Times: make([]float64, f.frames), X: make([]float64, f.frames*f.draws*d)}
	way := newPath(flow, b.X, f.draws)
	for k := f.frames - 1; ; k-- {
		all.Times[k] = float64(k) / float64(f.frames-1)
		copy(all.X[k*f.draws*d:], way.x)
		if k == 0 {
			return all, nil
		}
		if err := way.move(all.Times[k], float64(k-1)/float64(f.frames-1)); err != nil {
			return nil, err
		}
	}
}

// path moves configurations x along a velocity.
type path struct {
	flow        core.VelocityField
	x, y, v, dx []float64
	t           []float64
}

func newPath(flow core.VelocityField, x []float64, n int) *path {
	return &path{flow: flow, x: x, y: make([]float64, len(x)), v: make([]float64, len(x)), dx: make([]float64, len(x)), t: make([]float64, n)}
}

// longestStep is the longest step in time of the integrator: pictures do not show its error.
const longestStep = 1. / 96

// move integrates from one time to another by the classical method of Runge and Kutta.
func (p *path) move(from, to float64) error {
	steps := int(max(1, math.Ceil((from-to)/longestStep)))
	h := (to - from) / float64(steps)
	for k := range steps {
		if err := p.step(from+float64(k)*h, h); err != nil {
			return err
		}
	}
	return nil
}

func (p *path) step(t, h float64) error {
	copy(p.y, p.x)
	clear(p.dx)
	for _, stage := range [4]struct{ at, weight, next float64 }{{0, 1. / 6, 0.5}, {0.5, 1. / 3, 0.5}, {0.5, 1. / 3, 1}, {1, 1. / 6, 0}} {
		for i := range p.t {
			p.t[i] = t + stage.at*h
		}
		if err := p.flow.Velocity(p.v, p.y, p.t); err != nil {
			return err
		}
		for i, v := range p.v {
			p.dx[i] += h * stage.weight * v
			p.y[i] = p.x[i] + h*stage.next*v
		}
	}
	for i, dx := range p.dx {
		p.x[i] += dx
	}
	return nil
}
