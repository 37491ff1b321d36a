package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/group"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
	"github.com/helmholtz-physics/helmholtz/framework/host"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
	"github.com/spf13/cobra"
)

// binding are the flags of every command that reads a run file.
type binding struct {
	builtins    builtins
	set         []string
	inProcess   bool
	callTimeout time.Duration
	describing  time.Duration // limit of a description, 0 for the host's own
	fresh       bool          // descriptions of plugins are not taken from the cache
	kernels     string
	verbose     bool
	threads     core.Processors // of this process, and of each plugin
	index       int             // of a point of a sweep, or allPoints
	lock        *host.Lock      // of the run file that was read, nil where it has none
	lockText    string          // as it stands in its file
	unlocked    bool            // the lock file is not looked at
	trained     bool            // nothing is trained any more
}

const allPoints = -1

func (b *binding) flags(cmd *cobra.Command) {
	b.flagsOfOne(cmd)
	cmd.Flags().IntVar(&b.index, "index", allPoints, "take this `point` of the file's [sweep] alone, numbered from 0")
}

// flagsOfOne are the flags of a command that knows which plan is meant.
func (b *binding) flagsOfOne(cmd *cobra.Command) {
	b.index = allPoints
	cmd.Flags().StringArrayVar(&b.set, "set", nil, "override a key of the run file, `key.path=value`; may be repeated")
	cmd.Flags().BoolVar(&b.inProcess, "in-process", false, "load built-in parts without a subprocess (for debugging)")
	cmd.Flags().DurationVar(&b.callTimeout, "call-timeout", 10*time.Minute, "a plugin that takes longer over one call is taken for hung and killed; time in which the job was suspended does not count")
	b.askingFlags(cmd)
	kernelsFlag(cmd, &b.kernels)
}

// askingFlags are those of every command that asks plugins.
func (b *binding) askingFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&b.verbose, "verbose", "v", false, "show what the plugins print")
	cmd.Flags().DurationVar(&b.describing, "describe-timeout", 0, "how long a plugin may take to describe itself (default 20s, and 5s of an executable where many are asked)")
}

// cacheFolder is where what was asked once is kept; "" where there is no place for it.
func cacheFolder() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "helmholtz")
}

// log is where what plugins print goes, to the terminal where that is asked for.
func (b *binding) log() *slog.Logger {
	level := slog.LevelWarn
	if b.verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// host makes a host whose plugins get the variables named in env besides the
// allowed ones.
func (b *binding) host(env []string) *host.Host {
	return host.New(host.Options{Builtins: b.builtins, InProcess: b.inProcess, CallTimeout: b.callTimeout, Env: env, Lock: b.lock, Log: b.log(),
		DescribeTimeout: b.describing, Cache: cacheFolder(), Fresh: b.fresh,
		Note: func(text string) { fmt.Fprintln(os.Stderr, "helmholtz:", text) }})
}

// session is a run file with its parts bound: all checks done, nothing drawn.
type session struct {
	plan     *plan.Plan
	host     *host.Host
	builtins builtins
	parts    run.Parts
	energy   *host.Found
	model    *host.Found // nil in a run without a model
	opened   []openedPart
	bound    plan.Bound // what they say of themselves
	after    []func()   // what release does
	trained  bool       // what training alone needs is left out
	threads  core.Processors
	ranks    int // that make the command together
	// like is another point of the sweep, checked in full and still open: what is
	// the same there is taken from it. Nil where all is to be bound.
	like  *session
	data  map[string]sample.Given // what was read, by file and dataset
	found map[string]*host.Found  // parts, by kind, name, path and pin
}

// read reads a run file and says which of its points are meant: the only one,
// or those of its sweep that --index leaves.
func (b *binding) read(file string) (sweep *plan.Sweep, points []int, err error) {
	if b.callTimeout <= 0 {
		return nil, nil, core.Errorf(core.Invalid, "read flags", "--call-timeout", "must be positive, got %v", b.callTimeout)
	}
	if b.describing < 0 {
		return nil, nil, core.Errorf(core.Invalid, "read flags", "--describe-timeout", "must be positive, got %v", b.describing)
	}
	if err := chooseKernels(b.kernels); err != nil {
		return nil, nil, err
	}
	if b.threads, err = chooseThreads(); err != nil {
		return nil, nil, err
	}
	if err := h5.Available(); err != nil { // results could not be kept
		return nil, nil, err
	}
	f, err := plan.Read(file, b.set)
	if err != nil {
		return nil, nil, err
	}
	if sweep, err = f.Sweep(); err != nil {
		return nil, nil, err
	}
	if !b.unlocked {
		if b.lock, b.lockText, err = readLock(file); err != nil {
			return nil, nil, err
		}
	}
	if b.inProcess {
		par.Spare()
	}
	n := sweep.Len()
	switch {
	case b.index == allPoints:
		for i := range n {
			points = append(points, i)
		}
		return sweep, points, nil
	case len(sweep.Axes) == 0:
		return nil, nil, core.Errorf(core.Invalid, "read flags", "--index", "%s has no [sweep]", file)
	case b.index < 0 || b.index >= n:
		return nil, nil, core.Errorf(core.Invalid, "read flags", "--index", "got %d, and the sweep has %d points, numbered from 0", b.index, n)
	}
	return sweep, []int{b.index}, nil
}

// open checks a point of a run file, starts its plugins and fits them together.
// The caller closes the session.
func (b *binding) open(ctx context.Context, sweep *plan.Sweep, point int) (*session, error) {
	f, err := sweep.Point(point)
	if err != nil {
		return nil, atPoint(sweep, point, err)
	}
	s, err := b.openPoint(ctx, f)
	for tries := 1; err != nil && tries < 4 && ctx.Err() == nil; tries++ {
		again := *b
		switch {
		case errors.Is(err, host.ErrChanged): // it may be built anew at any moment
		case s.host.Recalled(): // it may not be as it said some time ago
			again.fresh = true
		default:
			return nil, atPoint(sweep, point, err)
		}
		s, err = again.openPoint(ctx, f)
	}
	if err != nil {
		return nil, atPoint(sweep, point, err)
	}
	return s, nil
}

// openPoint is open for a point that was read. A session that fails is closed.
func (b *binding) openPoint(ctx context.Context, f *plan.File) (*session, error) {
	s := &session{host: b.host(f.Env()), builtins: b.builtins, trained: b.trained, threads: b.threads, ranks: ranksOf(ctx).Size()}
	_, err := starting(ctx, func() (struct{}, error) { return struct{}{}, s.bind(f) }, s.close)
	if err != nil {
		s.close()
	}
	return s, err
}

func (s *session) close() {
	s.host.Close()
	s.release()
}

// release undoes what bind did to this process.
func (s *session) release() {
	for _, f := range s.after {
		f()
	}
}

// limitMemory tells constructors, in this process and in plugins, what the run
// may take: a plugin does not see what the batch system says of it.
func (s *session) limitMemory() error {
	limit, err := s.plan.MemoryLimit()
	if err != nil {
		return err
	}
	name, value, _ := strings.Cut(limit.Entry(), "=")
	before, had := os.LookupEnv(name)
	s.after = append(s.after, func() {
		if had {
			os.Setenv(name, before)
		} else {
			os.Unsetenv(name)
		}
	})
	return os.Setenv(name, value)
}

func (s *session) bind(f *plan.File) (err error) {
	if err := s.check(f); err != nil {
		return err
	}
	if err := s.limitMemory(); err != nil {
		return err
	}
	if err := s.openEnergy(); err != nil {
		return err
	}
	bound := plan.Bound{Energy: s.parts.Energy.Spec(), Trained: s.trained, Ranks: s.ranks}
	if f.ChooseMethod(s.plan, bound.Energy) {
		if err := s.check(f); err != nil {
			return err
		}
	}
	if err := s.plan.Bind(bound.Energy); err != nil {
		return err
	}
	if err := s.plan.FitMemory(bound); err != nil { // before a model of that size is made
		return err
	}
	if err := s.askExact(); err != nil {
		return err
	}
	if s.plan.HasModel() {
		if err := s.openModel(bound.Energy.Space); err != nil {
			return err
		}
		spec := s.parts.Model.Spec()
		bound.Model = &spec
		if err := s.openOrbit(&bound); err != nil {
			return err
		}
	}
	sampler, _ := s.builtins.find(core.KindSampler, s.plan.Sampler.Plugin) // Check has found it, if it is needed
	bound.Sampler, bound.Adapts = sampler.Uses, sampler.Adapts
	if bound.Estimators, err = s.openEstimators(bound); err != nil {
		return err
	}
	if err := s.openTraining(&bound); err != nil {
		return err
	}
	if err := s.plan.Fit(bound); err != nil {
		return err
	}
	if err := s.openSampler(sampler); err != nil {
		return err
	}
	if s.bound = bound; s.trained {
		return nil
	}
	if s.parts.Start, err = s.start(); err != nil {
		return err
	}
	return s.readData(bound.Energy)
}

func (s *session) openEnergy() (err error) {
	if s.like != nil && s.plan.Energy.Same(s.like.plan.Energy) {
		s.parts.Energy = s.like.parts.Energy
		return nil
	}
	if s.parts.Energy, err = s.host.OpenEnergy(s.energy, s.plan.Energy.Settings); err != nil {
		return s.plan.At("energy", core.Blame(core.KindEnergy, s.energy.Name, err))
	}
	return nil
}

func (s *session) openModel(space core.Space) (err error) {
	if s.like != nil && s.plan.Model.Same(s.like.plan.Model) && reflect.DeepEqual(space, s.like.bound.Energy.Space) {
		s.parts.Model = s.like.parts.Model
		return nil
	}
	if s.parts.Model, err = s.host.OpenModel(s.model, s.plan.Model.Settings, space); err != nil {
		err = core.Blame(core.KindModel, s.model.Name, err)
		if core.KindOf(err) == core.Mismatch {
			err = fmt.Errorf("with energy %s: %w", s.energy.Name, err)
		}
		return s.plan.At("model", err)
	}
	if err := s.average(); err != nil {
		return s.plan.At("model.average", core.Blame(core.KindModel, s.model.Name, err))
	}
	return nil
}

// average puts the average over images in the model's place, if one is asked for.
func (s *session) average() error {
	if len(s.plan.Model.Average) == 0 {
		return nil
	}
	m, err := s.averaged(s.plan.Model.Average)
	if err == nil {
		s.parts.Model = m
	}
	return err
}

// averaged is the model averaged over the symmetries that are named.
func (s *session) averaged(names []string) (*group.Average, error) {
	over := make([]core.Symmetry, len(names))
	for i, name := range names {
		over[i] = core.Symmetry(name)
	}
	return group.New(s.parts.Model, over...)
}

// openOrbit makes the density that the draws of an evaluation have ln p of.
func (s *session) openOrbit(bound *plan.Bound) error {
	s.parts.Density = s.parts.Model
	if err := s.plan.FitOrbit(*bound); err != nil || len(s.plan.Evaluate.Orbit) == 0 {
		return err
	}
	m, err := s.averaged(s.plan.Evaluate.Orbit)
	if err != nil {
		return s.plan.At("evaluate.orbit", core.Blame(core.KindModel, s.model.Name, err))
	}
	bound.Orbit, bound.Images, bound.Model.Memory = m.Spec().Symmetries, m.Images(), m.Spec().Memory
	s.parts.Density = m
	return nil
}

// askExact fills in what the energy knows of itself.
func (s *session) askExact() error {
	if s.like != nil { // they may take long: which there are hardly differs, and only that is checked
		s.parts.Exact = s.like.parts.Exact
		return nil
	}
	spec := s.parts.Energy.Spec()
	needed := core.PowerExact
	if math.IsInf(s.plan.Beta, 1) {
		needed = core.PowerGround
	}
	if !slices.Contains(spec.Powers, needed) {
		return nil
	}
	exacter, ok := s.parts.Energy.(core.Exacter)
	if !ok {
		return core.Errorf(core.Internal, "open energy", s.energy.Name, "declares the power %q but has no Exact", needed)
	}
	exact, err := exacter.Exact(s.plan.Beta)
	if core.KindOf(err) == core.Unsupported { // not known at this temperature
		return nil
	}
	if err != nil {
		return s.plan.At("energy", core.Blame(core.KindEnergy, s.energy.Name, err))
	}
	s.parts.Exact = &exact
	return nil
}
