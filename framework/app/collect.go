package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
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
			"one HDF5 file, with NaN for those that are not finished. With --average the file has the\n" +
			"means over the values of a swept key, as of the twists of a grid, with their errors.",
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
			collected, missing := collect(sweep, dir)
			if average != "" {
				if collected, err = store.Average(collected, average, weights); err != nil {
					return err
				}
			}
			return saveCollected(cmd.OutOrStdout(), collected, missing, out)
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
	dir = path
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		f, err := plan.Read(path, nil)
		if err != nil {
			return "", nil, err
		}
		dir = f.Name() + ".out"
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

// collect reads the points that are finished, and says why the others are not.
func collect(sweep *plan.Sweep, dir string) (collected *store.Sweep, missing []string) {
	points := make([]*core.Results, sweep.Len())
	config := ""
	for i := range points {
		r, why := finishedPoint(sweep, i, dir)
		if why != "" {
			missing = append(missing, fmt.Sprintf("%s: %s", pointText(sweep, i), why))
			continue
		}
		r.History, r.Samples = nil, nil // of many points they are much
		points[i], config = r, r.Run.ConfigTOML
	}
	collected = store.Merge(sweptAxes(sweep), points)
	collected.Name, collected.ConfigTOML = sweep.Name(), config
	return collected, missing
}

// finishedPoint reads the results of a point, or says why they are not those of a point that
// is done.
func finishedPoint(sweep *plan.Sweep, i int, dir string) (r *core.Results, why string) {
	r, err := store.ReadResults(store.PointDir(dir, i))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "not begun"
	case err != nil:
		return nil, err.Error()
	case !sweep.Has(i, []byte(r.Run.ConfigJSON)):
		return nil, "its folder holds a run with other values"
	case r.Run.Status != core.Done:
		return nil, string(r.Run.Status)
	}
	return r, ""
}

// saveCollected writes collected results and shows them.
func saveCollected(out io.Writer, s *store.Sweep, missing []string, file string) error {
	for _, m := range missing {
		fmt.Fprintln(out, "missing:", m)
	}
	finished := 0
	for _, is := range s.Finished {
		if is {
			finished++
		}
	}
	if finished == 0 {
		return core.Errorf(core.Invalid, "collect", s.Name, "no point is finished")
	}
	if len(s.LeftOut) > 0 {
		fmt.Fprintln(out, "left out, as units or axes differ between the points:", strings.Join(s.LeftOut, ", "))
	}
	if err := store.SaveSweep(file, s); err != nil {
		return err
	}
	writeSweepTable(out, s)
	fmt.Fprintf(out, "\n%d of %d points in %s\n", finished, len(s.Finished), file)
	return nil
}

// finishSweep collects at the end of a run: what is there after a run of all
// points, after one of a single point only if it was the last.
func finishSweep(out io.Writer, sweep *plan.Sweep, dir string, all bool) error {
	collected, missing := collect(sweep, dir)
	if len(missing) == sweep.Len() || len(missing) > 0 && !all {
		return nil
	}
	fmt.Fprintln(out)
	return saveCollected(out, collected, missing, store.SweepFile(dir))
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
