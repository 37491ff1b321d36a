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
		{write(t, "x.csv", "1,2,3,4,5,6\n1,2\n"), "", field, "x.csv: line 2 has 2 numbers, and configurations of field [2 3] have 6"},
		{write(t, "x.csv", "1,2,3,4,five,6\n"), "", field, `x.csv: line 1, column 5: "five" is not a number`},
		{write(t, "x.csv", "1,2,3,4,5,6\n1,2,3,nan,5,6\n"), "", field, "x.csv: row 2, column 4 is NaN, not a finite number"},
		{write(t, "x.csv", "1,-1\n1,0\n"), "", spins, "x.csv: row 2, column 2 is 0, and spins are +1 or -1"},
		{write(t, "x.csv", "# nothing\n"), "", field, "x.csv: it has no configurations"},
		{write(t, "x.csv", "1,2,3,4,5,6\n"), "x", field, `it is no HDF5 file, and only those have datasets such as "x"`},
		{array(t, "y", twelve, 2, 6), "", field, `data.h5: it has no dataset "x", nor "samples/field", which evaluate.keep_samples leaves`},
		{array(t, "x", twelve, 2, 6), "z", field, `data.h5: it has no dataset "z"`},
		{array(t, "x", twelve, 2, 3, 2), "", field, "data.h5: it has the shape [2 3 2], and configurations of field [2 3] have the shape [n 2 3] or [n 6]"},
		{array(t, "x", twelve), "", spins, "data.h5: it has the shape [12], and configurations of spins [2] have the shape [n 2]"},
		{array(t, "x", nan, 2, 6), "", field, "data.h5: row 2, column 2 is NaN, not a finite number"},
		{write(t, "x.h5", signature+"and nothing else"), "", field, "x.h5"},
		{filepath.Join(t.TempDir(), "none.csv"), "", field, "none.csv: no such file"},
	} {
		_, err := Read(c.path, c.dataset, c.space)
		if err == nil || !strings.Contains(err.Error(), c.want) || core.KindOf(err) == core.Internal {
			t.Errorf("%v error %v, want %q", core.KindOf(err), err, c.want)
		}
	}
}

// Configurations are drawn alike often and whole; a state decides what comes.
func TestSampler(t *testing.T) {
	s := Sampler{X: []float64{0, 0.5, 1, 1.5, 2, 2.5}, Size: 2}
	state, _ := s.Init(3)
	var b, again core.Batch
	const n = 3000
	next, err := s.Next(&b, state, n)
	if err != nil || b.N != n || len(b.X) != 2*n || len(b.LogP) != 0 || next.Drawn != 1 {
		t.Fatalf("%+v, %v: %d of %d numbers", next, err, len(b.X), b.N)
	}
	var count [3]int
	for i := range n {
		row := int(b.X[2*i])
		count[row]++
		if b.X[2*i+1] != float64(row)+0.5 {
			t.Fatalf("draw %d is %v", i, b.X[2*i:2*i+2])
		}
	}
	for row, c := range count { // binomial: 1000 +- sqrt(3000 * 1/3 * 2/3) = 26
		if c < 900 || c > 1100 {
			t.Errorf("row %d was drawn %d times in %d", row, c, n)
		}
	}
	s.Next(&again, state, 10)
	if !slices.Equal(again.X, b.X[:20]) {
		t.Error("the same state gave other draws")
	}
	s.Next(&again, next, 10)
	if slices.Equal(again.X, b.X[:20]) {
		t.Error("the next state gave the same draws")
	}
}
