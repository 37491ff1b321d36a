package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

const checkpointFormat = "helmholtz-checkpoint"

// checkpointVersion 2 has the state of chains in rows and a whole, where 1 had one array;
// 2.1 has best, 2.2 the base, 2.3 the kernels.
const checkpointVersion = "2.3"

// writeCheckpoint writes
//
//	/                  attributes: format, format_version, step, seed,
//	                   config_sha256, content_sha256, wall_seconds, kernels
//	/model/params      one dataset per block, its attribute offset the place
//	                   of its first number in theta; or theta, without blocks
//	/model/base        mean and factor of the density of the latent variables, where they are
//	                   not independent normal numbers
//	/optimizer         one dataset per piece of state
//	/walkers           what the model's own chains remember, where it has any: rows,
//	                   one for each chain, and whole, what is common to them
//	/rollback          params, optimizer and walkers, where the run may go back
//	/best              the parameters of the smallest validation loss, as /model/params,
//	                   where rows are held out
//	/history           as in results.h5
//	/evaluation        how far the draws after training have come, see writeEvaluation
func writeCheckpoint(path string, c *core.Checkpoint) error {
	return h5.WriteFile(path, func(root *h5.Group) error {
		w := &writer{g: root}
		header(w, checkpointFormat, checkpointVersion)
		attr(w, root, "step", c.Step)
		attr(w, root, "seed", int64(c.Seed))
		attr(w, root, "config_sha256", c.ConfigSHA256)
		attr(w, root, "content_sha256", contentSum(c))
		attr(w, root, "wall_seconds", c.WallSeconds)
		attr(w, root, "kernels", c.Kernels)
		w.group("model/params", func(w *writer) { writeParams(w, c.Theta, c.Blocks) })
		if c.Base != nil {
			w.group("model/base", func(w *writer) {
				writeArrays(w, map[string][]float64{"mean": c.Base.Mean, "factor": c.Base.Factor})
			})
		}
		w.group("optimizer", func(w *writer) { writeArrays(w, c.Optimizer) })
		writeState(w, "walkers", c.Walkers)
		if c.Rollback != nil {
			w.group("rollback", func(w *writer) {
				w.group("params", func(w *writer) { writeParams(w, c.Rollback.Theta, c.Blocks) })
				w.group("optimizer", func(w *writer) { writeArrays(w, c.Rollback.Optimizer) })
				writeState(w, "walkers", c.Rollback.Walkers)
			})
		}
		if len(c.Best) > 0 {
			w.group("best", func(w *writer) { writeParams(w, c.Best, c.Blocks) })
		}
		if c.History != nil {
			w.group("history", func(w *writer) { writeHistory(w, c.History) })
		}
		if c.Evaluation != nil {
			w.group("evaluation", func(w *writer) { writeEvaluation(w, c.Evaluation) })
		}
		return w.err
	})
}

// ReadCheckpoint reads the checkpoint of any run, as one whose parameters are used again.
func ReadCheckpoint(path string) (*core.Checkpoint, error) { return readCheckpoint(path) }

func readCheckpoint(path string) (*core.Checkpoint, error) {
	c := &core.Checkpoint{}
	err := h5.ReadFile(path, func(root *h5.Group) error {
		r := &reader{g: root, err: checkHeader(root, path, checkpointFormat, checkpointVersion)}
		c.Step = readAttr[int64](r, root, "step")
		c.Seed = uint64(readAttr[int64](r, root, "seed"))
		c.ConfigSHA256 = readAttr[string](r, root, "config_sha256")
		c.WallSeconds = readAttr[float64](r, root, "wall_seconds")
		c.Kernels = optional[string](r, root, "kernels")
		r.group("model/params", func(r *reader) { c.Theta, c.Blocks = readParams(r) })
		if root.HasGroup("model/base") {
			r.group("model/base", func(r *reader) {
				base := readArrays(r)
				c.Base = &core.Base{Mean: base["mean"], Factor: base["factor"]}
			})
		}
		r.group("optimizer", func(r *reader) { c.Optimizer = readArrays(r) })
		c.Walkers = readState(r, "walkers")
		if root.HasGroup("rollback") {
			c.Rollback = &core.Snapshot{}
			r.group("rollback", func(r *reader) {
				r.group("params", func(r *reader) { c.Rollback.Theta, _ = readParams(r) })
				r.group("optimizer", func(r *reader) { c.Rollback.Optimizer = readArrays(r) })
				c.Rollback.Walkers = readState(r, "walkers")
			})
		}
		if root.HasGroup("best") {
			r.group("best", func(r *reader) { c.Best, _ = readParams(r) })
		}
		if root.HasGroup("history") {
			r.group("history", func(r *reader) { c.History = readHistory(r) })
		}
		if root.HasGroup("evaluation") {
			r.group("evaluation", func(r *reader) { c.Evaluation = readEvaluation(r) })
		}
		if want := readAttr[string](r, root, "content_sha256"); r.err == nil && want != contentSum(c) {
			r.err = core.Errorf(core.Storage, "read", path, "content does not have the checksum it was written with")
		}
		return r.err
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// named writes the i-th of a group's arrays. A model or optimiser may use any
// name, even one twice: the attribute name has it, the dataset's own name is
// made of it and unique.
func named(w *writer, i int, name string, data []float64, shape ...int) *h5.Dataset {
	label := identifier(name)
	if label == "" || label == "." || label == ".." || w.err == nil && w.g.HasDataset(label) {
		label = fmt.Sprintf("%s_%d", label, i)
	}
	set := keep(w, func() (*h5.Dataset, error) { return h5.Write(w.g, label, data, shape...) })
	attr(w, set, "name", name)
	return set
}

// writeArrays writes one dataset per array of a part's state.
func writeArrays(w *writer, state map[string][]float64) {
	for i, name := range slices.Sorted(maps.Keys(state)) {
		named(w, i, name, state[name])
	}
}

func readArrays(r *reader) map[string][]float64 {
	state := map[string][]float64{}
	for _, name := range r.datasets() {
		key := readAttr[string](r, r.dataset(name), "name")
		state[key], _ = numbers[float64](r, name)
	}
	return state
}

// writeState writes a group with the datasets rows and whole, unless both are empty.
// A checkpoint has all rows that there are.
func writeState(w *writer, name string, s core.State) {
	if s.Empty() {
		return
	}
	w.group(name, func(w *writer) {
		keep(w, func() (*h5.Dataset, error) { return h5.Write(w.g, "rows", s.Rows, s.N, len(s.Rows)/max(s.N, 1)) })
		keep(w, func() (*h5.Dataset, error) { return h5.Write(w.g, "whole", s.Whole) })
	})
}

func readState(r *reader, name string) (s core.State) {
	if r.err == nil && r.g.HasGroup(name) {
		r.group(name, func(r *reader) {
			var shape []int
			if s.Rows, shape = numbers[float64](r, "rows"); len(shape) > 0 {
				s.N = shape[0]
			}
			s.Whole, _ = numbers[float64](r, "whole")
		})
	}
	return s
}

func writeParams(w *writer, theta []float64, blocks []core.Block) {
	if len(theta) == 0 { // a run without a model
		return
	}
	total := 0
	for _, b := range blocks {
		total += b.Size()
	}
	if len(blocks) == 0 || total != len(theta) {
		named(w, 0, "theta", theta)
		return
	}
	offset := 0
	for i, b := range blocks {
		n := b.Size()
		set := named(w, i, b.Name, theta[offset:offset+n], b.Shape...)
		attr(w, set, "offset", int64(offset))
		attr(w, set, "block", int64(i))
		offset += n
	}
}

func readParams(r *reader) (theta []float64, blocks []core.Block) {
	type block struct {
		core.Block
		index int64
		data  []float64
	}
	var found []block
	for _, name := range r.datasets() {
		var b block
		b.data, b.Shape = numbers[float64](r, name)
		set := r.dataset(name)
		if r.err != nil {
			return nil, nil
		}
		if !h5.HasAttr(set, "block") {
			return b.data, nil
		}
		b.Name = readAttr[string](r, set, "name")
		b.index = readAttr[int64](r, set, "block")
		found = append(found, b)
	}
	slices.SortFunc(found, func(a, b block) int { return cmp.Compare(a.index, b.index) })
	for _, b := range found {
		theta = append(theta, b.data...)
		blocks = append(blocks, b.Block)
	}
	return theta, blocks
}

// contentSum is the SHA-256 of what a checkpoint says, independent of how the
// file says it: every item with its name and length, numbers little-endian.
func contentSum(c *core.Checkpoint) string {
	d := digest{sha256.New()}
	d.ints("step, seed", []int64{c.Step, int64(c.Seed)})
	d.text("config", c.ConfigSHA256)
	d.floats("wall_seconds", []float64{c.WallSeconds})
	d.snapshot("", core.Snapshot{Theta: c.Theta, Optimizer: c.Optimizer, Walkers: c.Walkers})
	if c.Rollback != nil {
		d.snapshot("rollback ", *c.Rollback)
	}
	if len(c.Best) > 0 {
		d.floats("best", c.Best)
	}
	if c.Base != nil {
		d.floats("base mean", c.Base.Mean)
		d.floats("base factor", c.Base.Factor)
	}
	if c.Evaluation != nil {
		d.evaluation(c.Evaluation)
	}
	if h := c.History; h != nil {
		d.ints("history", h.Step)
		for _, column := range h.Columns {
			d.floats("column "+column.Name, column.Data)
		}
	}
	return hex.EncodeToString(d.Sum(nil))
}

type digest struct{ hash.Hash }

func (d digest) snapshot(label string, s core.Snapshot) {
	d.floats(label+"theta", s.Theta)
	d.arrays(label+"optimizer ", s.Optimizer)
	d.state(label+"walkers", s.Walkers)
}

func (d digest) state(label string, s core.State) {
	if s.Empty() {
		return
	}
	d.ints(label+" number", []int64{int64(s.N)})
	d.floats(label+" rows", s.Rows)
	d.floats(label+" whole", s.Whole)
}

func (d digest) arrays(label string, state map[string][]float64) {
	for _, name := range slices.Sorted(maps.Keys(state)) {
		d.floats(label+name, state[name])
	}
}

func (d digest) text(label, text string) {
	fmt.Fprintf(d, "%q %q\n", label, text)
}

func (d digest) ints(label string, data []int64) {
	fmt.Fprintf(d, "%q %d\n", label, len(data))
	binary.Write(d, binary.LittleEndian, data)
}

func (d digest) floats(label string, data []float64) {
	fmt.Fprintf(d, "%q %d\n", label, len(data))
	binary.Write(d, binary.LittleEndian, data)
}
