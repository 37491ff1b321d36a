//go:build cgo

package data

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

var (
	field = core.Space{Kind: core.Field, Shape: []int{2, 3}}
	spins = core.Space{Kind: core.Spins, Shape: []int{2}}
)

// twelve are two configurations of field.
var twelve = []float64{1, 2, 3, 4, 5, 6, -1, -2.5, -3, 1e3, 0, 6}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// array writes an HDF5 file with one dataset, below a group if it has one.
func array(t *testing.T, place string, x []float64, shape ...int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.h5")
	err := h5.WriteFile(path, func(g *h5.Group) (err error) {
		if group, name, ok := strings.Cut(place, "/"); ok {
			if g, err = g.Create(group); err != nil {
				return err
			}
			place = name
		}
		_, err = h5.Write(g, place, x, shape...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRead(t *testing.T) {
	for _, c := range []struct{ name, path, dataset string }{
		{"csv", write(t, "x.csv", "# two configurations\n1, 2,3,4,5,6\n-1,-2.5,-3,1e3,0,6\n"), ""},
		{"shape of the space", array(t, "x", twelve, 2, 2, 3), ""},
		{"flat", array(t, "x", twelve, 2, 6), ""},
		{"named", array(t, "chain", twelve, 2, 6), "chain"},
		{"named, in a group", array(t, "warm/chain", twelve, 2, 6), "warm/chain"},
		{"samples of a run", array(t, "samples/field", twelve, 2, 2, 3), ""},
		{"idx", write(t, "x", idx(0x0e, twelve, 2, 2, 3)), ""},
		{"idx.gz", write(t, "x.idx.gz", gz(t, idx(0x0e, twelve, 2, 6))), ""},
		{"csv.gz", write(t, "x.csv.gz", gz(t, "1, 2,3,4,5,6\n# a remark\n-1,-2.5,-3,1e3,0,6")), ""},
		{"npy", write(t, "x.npy", npyOf(twelve, "(2, 2, 3)")), ""},
		{"npz", write(t, "x.npz", npzOf(t, "x", "(2, 6)")), ""},
		{"npz, named", write(t, "x.npz", npzOf(t, "chain", "(2, 6)", "other", "(12,)")), "chain"},
	} {
		x, err := Read(c.path, c.dataset, field)
		if err != nil || !slices.Equal(x, twelve) {
			t.Errorf("%s: %v, %v", c.name, x, err)
		}
	}
}

func TestReadNamesWhatIsWrong(t *testing.T) {
	nan := slices.Clone(twelve)
	nan[7] = nan[7] / 0 * 0
	for _, c := range []struct {
		path, dataset string
		space         core.Space
		want          string
	}{
		{write(t, "x.csv", "1,2,3,4,5,6\n1,2\n"), "", field, "x.csv: line 2 has 2 numbers, and line 1 has 6"},
		{write(t, "x.csv", "1,2\n1,2\n"), "", field, "x.csv: it has the shape [2 2], and configurations of field [2 3] have the shape [n 2 3] or [n 6]"},
		{write(t, "x.csv", "a,b\n1,2\n"), "", spins, `x.csv: line 1, column 1: "a" is not a number (a line of names or remarks begins with #)`},
		{write(t, "x.csv", "1,2,3,4,five,6\n"), "", field, `x.csv: line 1, column 5: "five" is not a number`},
		{write(t, "x.csv", "1,2,3,4,5,6\n1,2,3,nan,5,6\n"), "", field, "x.csv: row 2, column 4 is NaN, not a finite number"},
		{write(t, "x.csv", "1,-1\n1,0\n"), "", spins, "x.csv: row 2, column 2 is 0, and spins are +1 or -1"},
		{write(t, "x.csv", "# nothing\n"), "", field, "x.csv: it has no configurations"},
		{write(t, "x.csv", "1,2,3,4,5,6\n"), "x", field, `it is neither HDF5 nor .npz, and only those have datasets such as "x"`},
		{array(t, "y", twelve, 2, 6), "", field, `data.h5: it has no dataset "x", nor one of the samples that evaluate.keep_samples leaves (samples/angles, samples/directions, samples/field, `},
		{array(t, "x", twelve, 2, 6), "z", field, `data.h5: it has no dataset "z"`},
		{array(t, "x", twelve, 2, 3, 2), "", field, "data.h5: it has the shape [2 3 2], and configurations of field [2 3] have the shape [n 2 3] or [n 6]"},
		{array(t, "x", twelve), "", spins, "data.h5: it has the shape [12], and configurations of spins [2] have the shape [n 2]"},
		{array(t, "x", twelve, 2, 2, 3), "", core.Space{Kind: core.Field, Shape: []int{3, 2}}, "data.h5: it has the shape [2 2 3], and configurations of field [3 2] have the shape [n 3 2] or [n 6]"},
		{array(t, "x", twelve, 2, 6), "", core.Space{Kind: core.Spins, Shape: []int{6}}, "data.h5: row 1, column 2 is 2, and spins are +1 or -1"},
		{array(t, "x", nan, 2, 6), "", field, "data.h5: row 2, column 2 is NaN, not a finite number"},
		{write(t, "x.h5", "\x89HDF\r\n\x1a\n"+"and nothing else"), "", field, "x.h5"},
		{filepath.Join(t.TempDir(), "none.csv"), "", field, "none.csv: no such file"},
	} {
		_, err := Read(c.path, c.dataset, c.space)
		if err == nil || !strings.Contains(err.Error(), c.want) || core.KindOf(err) == core.Internal {
			t.Errorf("%v error %v, want %q", core.KindOf(err), err, c.want)
		}
	}
}

// A row without axes fits sites without geometry, and one with axes too.
func TestShapesOfRows(t *testing.T) {
	for _, c := range []struct {
		rows  []int
		space []int
		fits  bool
	}{
		{[]int{2, 6}, []int{6}, true}, {[]int{2, 2, 3}, []int{6}, true}, {[]int{2, 6}, []int{2, 3}, true}, {[]int{2, 2, 3}, []int{2, 3}, true},
		{[]int{12}, []int{1}, true}, {[]int{12, 1}, []int{1}, true},
		{[]int{2, 3, 2}, []int{2, 3}, false}, {[]int{12}, []int{12}, false}, {[]int{3, 4}, []int{6}, false},
	} {
		a, err := newArray("x", twelve, c.rows)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Check(core.Space{Kind: core.Field, Shape: c.space}); (err == nil) != c.fits {
			t.Errorf("rows of %v for a space of %v: %v", c.rows, c.space, err)
		}
	}
}
