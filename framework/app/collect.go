package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/derive"
	"github.com/helmholtz-physics/helmholtz/framework/folders"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/spf13/cobra"
)

func collectCommand() *cobra.Command {
	var out, average string
	var weights []float64
	cmd := &cobra.Command{
		Use:   "collect FILE|DIR",
		Short: "Gather the finished points of a sweep into one HDF5 file",
		Long: "Gather the finished points of a sweep, given by its run file or its folder, into\n" +
			"one HDF5 file, with NaN for those that are not finished, and what follows from them together:\n" +
			"entropy, heat capacity, pressure, chemical potential and limits. When all are there, what\n" +
			"[expect] says of these is judged. While some are missing, the exit code is 75. With --average the file has the means over the values of a\n" +
			"swept key, as of the twists of a grid, with their errors.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, sweep, err := openSweep(args[0])
			if err != nil {
				return err
			}
			if out == "" {
				out = store.SweepFile(dir)
				if average != "" {
					out = store.AverageFile(dir)
				}
			}
			if average == "" && len(weights) > 0 {
				return core.Errorf(core.Invalid, "collect", args[0], "--weights are those of --average; give it a swept key")
			}
			collected := merge(sweep, dir)
			if average != "" {
				if collected, err = collected.average(average, weights); err != nil {
					return err
				}
			}
			derive.Add(collected.Sweep, collected.points)
			missed, err := collected.save(cmd.OutOrStdout(), sweep, out)
			switch n := len(collected.missing); {
			case err != nil:
				return err
			case n > 0:
				return unfinished{exitUnfinished, fmt.Sprintf("collect: %s: %d of %d points are missing", dir, n, sweep.Len())}
			case missed > 0:
				return expectError{missed}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "file to write (default sweep.h5 in the folder of the sweep, average.h5 of means)")
	cmd.Flags().StringVar(&average, "average", "", "swept key whose values are averaged over")
	cmd.Flags().Float64SliceVar(&weights, "weights", nil, "weights of these values (default equal ones)")
	return cmd
}

// openSweep finds the folder of a sweep, and in it which points it has. path is
// the folder or the run file.
func openSweep(path string) (dir string, sweep *plan.Sweep, err error) {
	if dir, err = folders.Of(path); err != nil {
		return "", nil, err
	}
	table := store.SweepTable(dir)
	if _, err := os.Stat(table); err != nil {
		return "", nil, &core.Error{Kind: core.Storage, Op: "collect", Subject: table, Err: fs.ErrNotExist,
			Hint: "helmholtz run of a file with [sweep] makes it"}
	}
	f, err := plan.Read(table, nil)
	if err != nil {
		return "", nil, err
	}
	sweep, err = f.Sweep()
	return dir, sweep, err
}

// collection is the finished points of a sweep, nil where one is not, and what they are together.
type collection struct {
	*store.Sweep
	points  []*core.Results
	missing []string // why the others are not
}

// collect reads the points, and derives what follows from them.
func collect(sweep *plan.Sweep, dir string) collection {
	c := merge(sweep, dir)
	derive.Add(c.Sweep, c.points)
	return c
}

// merge reads the points.
func merge(sweep *plan.Sweep, dir string) collection {
	points, whys := make([]*core.Results, sweep.Len()), make([]string, sweep.Len())
	for i := range points {
		if points[i], whys[i] = finishedPoint(sweep, i, dir); whys[i] == "" {
			points[i].History, points[i].Samples = nil, nil // of many points they are much
		}
	}
	ofOneSweep(sweep, points, whys)
	var missing []string
	config := ""
	for i, why := range whys {
		if why != "" {
			missing = append(missing, fmt.Sprintf("%s: %s", pointText(sweep, i), why))
			continue
		}
		config = points[i].Run.ConfigTOML
	}
	collected := store.Merge(sweptAxes(sweep), points)
	collected.Name, collected.ConfigTOML, collected.PluginsJSON = sweep.Name(), config, pluginsOfPoints(points)
	return collection{collected, points, missing}
}

// ofOneSweep leaves out the points that have other settings than the newest, as those of a sweep that was
// there before and was not run again as a whole: a table of both would show what depends on the
// settings as if it did on the swept key.
func ofOneSweep(sweep *plan.Sweep, points []*core.Results, whys []string) {
	newest := -1
	for i, r := range points {
		if r != nil && (newest < 0 || r.Run.Updated >= points[newest].Run.Updated) {
			newest = i
		}
	}
	for i, r := range points {
		if r == nil {
			continue
		}
		if others := sweep.Differences([]byte(r.Run.ConfigJSON), []byte(points[newest].Run.ConfigJSON)); len(others) > 0 {
			points[i], whys[i] = nil, fmt.Sprintf("its folder holds a run with other settings than point %d has, which is newer: %s", newest, strings.Join(others, "; "))
		}
	}
}

// average is over the values of a swept key.
func (c collection) average(key string, weights []float64) (collection, error) {
	means, err := store.Average(c.Sweep, key, weights)
	if err != nil {
		return c, err
	}
	axis := slices.IndexFunc(c.Axes, func(a store.SweptAxis) bool { return a.Key == key })
	points := make([]*core.Results, len(means.Finished))
	for i, line := range c.Lines(axis) {
		along := make([]*core.Results, len(line))
		for k, point := range line {
			along[k] = c.points[point]
		}
		points[i] = common(along)
	}
	return collection{means, points, c.missing}, nil
}

// common is a point that has the conditions of all that are there; nil where they differ, as in a mean over temperatures, from
// which nothing follows.
func common(points []*core.Results) (first *core.Results) {
	for _, p := range points {
		switch {
		case p == nil: // of no weight, or the mean is NaN
		case first == nil:
			first = p
		case !reflect.DeepEqual(p.Conditions, first.Conditions) || !sameBox(p.SamplesSpace, first.SamplesSpace):
			return nil
		}
	}
	return first
}

// finishedPoint reads the results of a point, or says why they are not those of a point that
// is done.
func finishedPoint(sweep *plan.Sweep, i int, dir string) (r *core.Results, why string) {
	r, err := store.ReadResults(store.PointDir(dir, i))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, folders.NotBegun
	case err != nil:
		return nil, err.Error()
	case !sweep.Has(i, []byte(r.Run.ConfigJSON)):
		return nil, "its folder holds a run with other values"
	case r.Run.Status != core.Done:
		return nil, string(r.Run.Status)
	}
	return r, ""
}

// sameBox tells whether spaces are the same but for the twist of their boundary.
func sameBox(a, b core.Space) bool {
	a.Twist, b.Twist = nil, nil
	return reflect.DeepEqual(a, b)
}

// save writes collected results, shows them, and returns how many expectations of what is derived
// they miss.
func (c collection) save(out io.Writer, sweep *plan.Sweep, file string) (missed int, err error) {
	s := c.Sweep
	for _, m := range c.missing {
		fmt.Fprintln(out, "missing:", m)
	}
	if s.Done() == 0 {
		return 0, unfinished{exitUnfinished, fmt.Sprintf("collect: %s: no point is finished", s.Name)}
	}
	if len(s.LeftOut) > 0 {
		fmt.Fprintln(out, "left out, as units or axes differ between the points:", strings.Join(s.LeftOut, ", "))
	}
	if err := store.SaveSweep(file, s); err != nil {
		return 0, err
	}
	writeSweepTable(out, s)
	for _, line := range variants(s.PluginsJSON) {
		fmt.Fprintln(out, "note:", line)
	}
	if len(c.missing) == 0 { // with some alone, what follows of them is another thing
		if missed, err = c.judge(out, sweep); err != nil {
			return 0, err
		}
	}
	fmt.Fprintf(out, "\n%d of %d points in %s\n", s.Done(), len(s.Finished), file)
	return missed, nil
}

// finishSweep collects at the end of a run: what is there after a run of all
// points, after one of a single point only if it was the last.
func finishSweep(out io.Writer, sweep *plan.Sweep, dir string, all bool) (missed int, err error) {
	c := collect(sweep, dir)
	if len(c.missing) == sweep.Len() || len(c.missing) > 0 && !all {
		return 0, nil
	}
	fmt.Fprintln(out)
	return c.save(out, sweep, store.SweepFile(dir))
}

// sweptAxes labels the axes by the last words of their keys, or by the whole
// keys where those are the same.
func sweptAxes(sweep *plan.Sweep) []store.SweptAxis {
	var axes []store.SweptAxis
	for _, a := range sweep.Axes {
		axis := store.SweptAxis{Key: a.Key}
		axis.Name = a.Key[strings.LastIndexByte(a.Key, '.')+1:]
		axis.Values, axis.Labels = a.Numbers()
		axes = append(axes, axis)
	}
	if len(axes) == 2 && axes[0].Name == axes[1].Name {
		axes[0].Name, axes[1].Name = axes[0].Key, axes[1].Key
	}
	return axes
}

// readCollected reads collected results from the file or the folder of a sweep;
// nil where path is neither. dir is their folder.
func readCollected(path string) (s *store.Sweep, dir string, err error) {
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		s, err = store.ReadSweep(path)
		return s, filepath.Dir(path), err
	}
	if _, err := os.Stat(store.SweepTable(path)); err != nil {
		return nil, path, nil
	}
	s, err = store.ReadSweep(store.SweepFile(path))
	if errors.Is(err, fs.ErrNotExist) {
		err = &core.Error{Kind: core.Storage, Op: "read collected results", Subject: path, Err: fs.ErrNotExist,
			Hint: "helmholtz collect " + path + " makes them of the points that are done"}
	}
	return s, path, err
}
