package app

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/picture"
	"github.com/helmholtz-physics/helmholtz/framework/plan"
	"github.com/helmholtz-physics/helmholtz/framework/store"
	"github.com/spf13/cobra"
)

func plotCommand() *cobra.Command {
	var evaluation evaluationFlag
	var block, into string
	var with []string
	cmd := &cobra.Command{
		Use:   "plot FILE|DIR",
		Short: "Draw the training curve, the array observables and the samples of a run folder, the scalar ones over a sweep, compared gradients, or coverage, as PNG and SVG",
		Long: "Draw what a run folder, the folder of a sweep or a file of results holds. Of a run file it is the folder NAME.out;\n" +
			"points of other works over a sweep are in the CSV file of its name beside it, or given by --with.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			path, beside, err := runFileFolder(args[0])
			if err != nil {
				return err
			}
			if block != "" {
				p, err := drawParameters(path, block)
				if err != nil {
					return err
				}
				return save([]picture.Picture{p}, cmp.Or(into, path), cmd.OutOrStdout())
			}
			pictures, dir, err := drawPath(path, evaluation, append(beside, with...))
			if err != nil {
				return err
			}
			return save(pictures, cmp.Or(into, dir), cmd.OutOrStdout())
		},
	}
	evaluation.flag(cmd)
	cmd.Flags().StringVar(&block, "parameters", "", "draw the `block` of the model's parameters that has this name in the newest checkpoint, as images of the sites, instead")
	cmd.Flags().StringVar(&into, "out", "", "`folder` of the pictures, which is made where there is none (default that of the results)")
	cmd.Flags().StringArrayVar(&with, "with", nil, "draw the points in this CSV `file` over a sweep; may be given again. Columns are swept keys, observables, NAME_stderr and label; a line # source: .. names them")
	return cmd
}

// save writes pictures to a folder, and says where they are.
func save(pictures []picture.Picture, dir string, out io.Writer) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return core.Errorf(core.Storage, "plot", dir, "%w", err)
	}
	for _, p := range pictures {
		if err := p.SaveIn(dir, out); err != nil {
			return err
		}
	}
	return nil
}

// drawPath draws what a run folder, the folder of a sweep or a file of collected
// results, of compared gradients or of coverage holds; dir is where the pictures belong. with
// are files of points to draw over a sweep.
func drawPath(path string, evaluation evaluationFlag, with []string) (pictures []picture.Picture, dir string, err error) {
	if store.IsGradients(path) {
		g, err := store.ReadGradients(path)
		if err != nil {
			return nil, "", err
		}
		pictures, err = picture.Gradients(g)
		return pictures, filepath.Dir(path), err
	}
	if store.IsCoverage(path) {
		c, err := store.ReadCoverage(path)
		if err != nil {
			return nil, "", err
		}
		pictures, err = tableOf(c, referenceAuto).draw(path)
		return pictures, filepath.Dir(path), err
	}
	sweep, dir, err := readCollected(path)
	if err != nil {
		return nil, "", err
	}
	if sweep != nil && evaluation.seed > 0 {
		return nil, "", evaluation.ofSweep(path)
	}
	if sweep != nil {
		points, err := picture.ReadOverlays(with, sweep)
		if err != nil {
			return nil, "", err
		}
		pictures, err = picture.Sweep(sweep, points)
		return pictures, dir, err
	}
	if len(with) > 0 {
		return nil, "", core.Errorf(core.Invalid, "plot", path, "points of other works, in %s, are drawn over a sweep, and this is none", with[0])
	}
	results, err := store.ReadResults(path)
	if err != nil {
		return nil, "", err
	}
	one, err := evaluation.of(results, path)
	if err != nil {
		return nil, "", err
	}
	if one != nil {
		pictures, err = picture.Evaluation(one)
	} else {
		pictures, err = picture.Results(results, patient(results))
	}
	return pictures, path, err
}

// drawParameters draws a block of the parameters in the newest checkpoint of a run folder.
func drawParameters(dir, block string) (picture.Picture, error) {
	results, err := store.ReadResults(dir)
	if err != nil {
		return picture.Picture{}, err
	}
	c, err := latestCheckpoint(dir)
	if err != nil {
		return picture.Picture{}, err
	}
	if c == nil {
		return picture.Picture{}, core.Errorf(core.Invalid, "plot", dir, "it has no checkpoint")
	}
	return picture.Parameters(results, c, block)
}

// runFileFolder is where a run file's results are, and the points of other works beside it: of fig4.toml
// those in fig4.csv. A path that is no run file stays.
func runFileFolder(path string) (dir string, with []string, err error) {
	base, isFile := strings.CutSuffix(path, ".toml")
	if !isFile {
		return path, nil, nil
	}
	f, err := plan.Read(path, nil)
	if err != nil {
		return "", nil, err
	}
	points := base + ".csv"
	if _, err := os.Stat(points); err == nil {
		with = append(with, points)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", nil, core.Errorf(core.Storage, "read points", points, "%w", err)
	}
	return f.Name() + ".out", with, nil
}
