package app

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/data"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/run"
	"github.com/helmholtz-physics/helmholtz/framework/sample"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// What is given to learn from, rows, files, draws of chains, and a teacher; and what was learned.

// readData finds the configurations that are to be fitted, if any: rows of the energy, or of
// a file, each of which is read once.
func (s *session) readData(energy core.EnergySpec) error {
	s.data = map[string]sample.Given{}
	for k, t := range s.plan.AllTerms() {
		beside := s.bound.TermSpec(k).Beside != ""
		if t.Source() != core.OfData && !beside {
			continue
		}
		if t.OfTeacher() {
			teacher, err := s.teacher(t, energy.Space)
			if err != nil {
				return s.plan.At(t.Key("teacher"), err)
			}
			if k == 0 {
				s.parts.Teacher = teacher
			} else {
				s.parts.Terms[k-1].Teacher = teacher
			}
			continue
		}
		given, err := s.given(t, energy, beside)
		if err != nil {
			return err
		}
		drawn := core.Sampler(sample.Epochs{Given: given})
		if t.Order == "replacement" {
			drawn = sample.Replacing{Given: given}
		}
		if k == 0 {
			s.parts.Data = drawn
		} else {
			s.parts.Terms[k-1].Data = drawn
		}
	}
	return nil
}

// given are the rows of a term, or those beside its draws.
func (s *session) given(t plan.Term, energy core.EnergySpec, beside bool) (sample.Given, error) {
	size := energy.Space.Size()
	if beside || t.OfRows() {
		rows, _ := energy.Range(core.TrainRows)
		of, ok := s.parts.Energy.(core.Given)
		if !ok {
			return sample.Given{}, core.Errorf(core.Internal, "open energy", s.energy.Name, "declares the power %q but has no Rows", core.PowerRows)
		}
		return sample.Given{Of: of, Size: size, From: rows.From, To: rows.To}, nil
	}
	if t.OfChains() {
		return s.pool(t, size)
	}
	name := t.Data + "\x00" + t.Dataset
	read, ok := s.data[name]
	if like := s.like; !ok && like != nil && reflect.DeepEqual(energy.Space, like.bound.Energy.Space) {
		read, ok = like.data[name]
	}
	if !ok {
		x, err := data.Read(t.Data, t.Dataset, energy.Space)
		if err != nil {
			return read, s.plan.At(t.Key("data"), err)
		}
		read = sample.Array{X: x, Size: size}.All()
	}
	s.data[name] = read
	return read, nil
}

// teacher is the plan's model once more, with the parameters of a checkpoint.
func (s *session) teacher(t plan.Term, space core.Space) (core.Model, error) {
	c, err := store.ReadCheckpoint(t.Teacher)
	if err != nil {
		return nil, err
	}
	m, err := s.host.OpenModel(s.model, s.plan.Model.Settings, space)
	if err == nil {
		spec := m.Spec()
		if has := spec.Parameters; has != len(c.Theta) {
			return nil, core.Errorf(core.Mismatch, "", "", "the checkpoint has %d parameters, and [model] %d; a teacher has the settings of the run that trained it", len(c.Theta), has)
		}
		if !spec.Base.Equal(c.Base) {
			return nil, core.Errorf(core.Mismatch, "", "", "the teacher of the checkpoint starts from %v, and [model] from %v; set model.base_mean and model.base_covariance to those of the run that trained it", c.Base, spec.Base)
		}
		err = m.Load(c.Theta)
	}
	if err != nil {
		return nil, core.Blame(core.KindModel, s.model.Name, err)
	}
	return m, nil
}

// pool are draws of the plan's chains, for a term to learn from. They start anywhere in the
// space and not with draws of the model, which training changes.
func (s *session) pool(t plan.Term, size int) (sample.Given, error) {
	group := s.plan.Chains()
	n := (t.Draws + group - 1) / group * group
	name := fmt.Sprint("chains\x00", n)
	if known, ok := s.data[name]; ok {
		return known, nil
	}
	part, err := s.builtins.find(core.KindSampler, s.plan.Sampler.Plugin)
	if err != nil {
		return sample.Given{}, err
	}
	sampler, err := part.NewSampler(s.plan.Sampler.Settings, core.Target{Energy: s.parts.Energy, Beta: s.plan.Beta})
	if err != nil {
		return sample.Given{}, s.plan.At("sampler", core.Blame(core.KindSampler, part.Name, err))
	}
	drawn := &sample.Pool{Sampler: sampler, Seed: run.PoolSeed(s.plan.Seed), N: n, Size: size, Group: group}
	s.parts.Pools = append(s.parts.Pools, drawn)
	s.data[name] = drawn.All()
	return s.data[name], nil
}

// start are the parameters that training starts from, nil where the model says.
func (s *session) start() ([]float64, error) {
	path := s.plan.Train.Start
	if path == "" || s.parts.Model == nil {
		return nil, nil
	}
	c, err := store.ReadCheckpoint(path)
	if err == nil {
		err = startsLike(s.parts.Model.Spec(), "the checkpoint", core.ModelSpec{Parameters: len(c.Theta), Blocks: c.Blocks, Base: c.Base})
	}
	if err != nil {
		return nil, s.plan.At("train.start", err)
	}
	return c.Theta, nil
}

// startsLike refuses a start whose parameters are those of another model.
func startsLike(spec core.ModelSpec, start string, has core.ModelSpec) error {
	for i, b := range spec.Blocks {
		if i == len(has.Blocks) {
			break // the number of blocks differs
		}
		if a := has.Blocks[i]; a.Name != b.Name || !slices.Equal(a.Shape, b.Shape) {
			return core.Errorf(core.Mismatch, "", "", "block %d of the parameters of %s is %s of shape %v, and of [model] %s of shape %v", i+1, start, a.Name, a.Shape, b.Name, b.Shape)
		}
	}
	if len(has.Blocks) != len(spec.Blocks) || has.Parameters != spec.Parameters {
		return core.Errorf(core.Mismatch, "", "", "%s has %d parameters in %d blocks, and [model] %d in %d", start, has.Parameters, len(has.Blocks), spec.Parameters, len(spec.Blocks))
	}
	if !spec.Base.Equal(has.Base) {
		return core.Errorf(core.Mismatch, "", "", "the flow of %s starts from %v, and [model] from %v", start, has.Base, spec.Base)
	}
	return nil
}

// latestCheckpoint is the newest sound one in a run folder that is there, nil where it has none.
func latestCheckpoint(dir string) (*core.Checkpoint, error) {
	folder, err := store.Open(dir)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	c, _, err := folder.LatestCheckpoint()
	return c, err
}
