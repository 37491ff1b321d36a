package couplings

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

// The same frustrated triangle with a tail and fields in every format:
// J_01 = 1, J_02 = -0.5, J_12 = 2, J_23 = 1.5, h_1 = 0.25, h_3 = -1.
const edgeList = `# a comment
i,j,J
0,1,1
2,0,-0.5
1, 2, 2

3,2,1.5
1,1,0.25
3,3,-1
`

const matrix = `0,1,-0.5,0
1,0,2,0
-0.5,2,0,1.5
0,0,1.5,0
`

var matrixJ = []float64{0, 1, -0.5, 0, 1, 0, 2, 0, -0.5, 2, 0, 1.5, 0, 0, 1.5, 0}
var fieldH = []float64{0, 0.25, 0, -1}

// expected is the energy of that system by hand.
func expected(s []float64, field bool) float64 {
	e := -s[0]*s[1] + 0.5*s[0]*s[2] - 2*s[1]*s[2] - 1.5*s[2]*s[3]
	if field {
		e += -0.25*s[1] + s[3]
	}
	return e
}

func writeText(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func writeHDF5(t *testing.T, write func(root *h5.Group) error) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "couplings.h5")
	if err := h5.WriteFile(path, write); err != nil {
		t.Fatal(err)
	}
	return path
}

// datasets writes J and, if shapeH is not nil, h.
func datasets(j []float64, shapeJ []int, h []float64, shapeH []int) func(root *h5.Group) error {
	return func(root *h5.Group) error {
		if _, err := h5.Write(root, "J", j, shapeJ...); err != nil || shapeH == nil {
			return err
		}
		_, err := h5.Write(root, "h", h, shapeH...)
		return err
	}
}

func TestFormats(t *testing.T) {
	for name, c := range map[string]struct {
		path  string
		field bool
	}{
		"edge list":       {writeText(t, "edges.csv", edgeList), true},
		"byte order mark": {writeText(t, "marked.csv", "\ufeff"+matrix), false},
		"matrix":          {writeText(t, "matrix.CSV", matrix), false},
		"HDF5":            {writeHDF5(t, datasets(matrixJ, []int{4, 4}, nil, nil)), false},
		"HDF5 and field":  {writeHDF5(t, datasets(matrixJ, []int{4, 4}, fieldH, []int{4})), true},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := New(Config{File: c.path})
			if err != nil {
				t.Fatal(err)
			}
			if s := e.Spec(); s.Space.Size() != 4 || len(s.Symmetries) == 1 == c.field {
				t.Fatalf("spec %+v", s)
			}
			b := &core.Batch{N: 16}
			for state := range 16 {
				for i := range 4 {
					b.X = append(b.X, 1-2*float64(state>>i&1))
				}
			}
			got := make([]float64, 16)
			if err := e.Eval(got, b); err != nil {
				t.Fatal(err)
			}
			for k, v := range got {
				if want := expected(b.X[4*k:4*k+4], c.field); math.Abs(v-want) > 1e-14 {
					t.Errorf("E(state %d) = %v, want %v", k, v, want)
				}
			}
			coretest.EnergyPart(t, Part, core.Settings{"file": c.path}, coretest.EnergyOptions{})
		})
	}
}

// A sparse chain of 2000 spins from an edge list: open, no field, so that
// the energy counts the domain walls.
func TestLargeSparse(t *testing.T) {
	const n = 2000
	var text strings.Builder
	text.WriteString("i,j,J\n")
	for i := range n - 1 {
		fmt.Fprintf(&text, "%d,%d,0.5\n", i, i+1)
	}
	e, err := New(Config{File: writeText(t, "chain.csv", text.String())})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	b := &core.Batch{N: 1, X: make([]float64, n)}
	walls := 0
	for i := range b.X {
		b.X[i] = 1 - 2*float64(r.IntN(2))
		if i > 0 && b.X[i] != b.X[i-1] {
			walls++
		}
	}
	got := make([]float64, 1)
	if err := e.Eval(got, b); err != nil {
		t.Fatal(err)
	}
	if want := float64(walls) - 0.5*(n-1); got[0] != want || walls == 0 {
		t.Errorf("E = %v, want %v", got[0], want)
	}
	// No frustration: the two ferromagnetic states are the lowest.
	x, err := e.Exact(math.Inf(1))
	if want := -0.5 * (n - 1); err != nil || x.Values["lowest_energy"] != want || x.Values["entropy"] != math.Ln2 {
		t.Errorf("T = 0: %v, %v, want the energy %v of two states", x.Values, err, want)
	}
	if x, err := e.Exact(1); err != nil || len(x.Values) != 1 || x.Values["lowest_energy"] != -0.5*(n-1) {
		t.Errorf("beta = 1: %v, %v, want the lowest energy alone", x.Values, err)
	}
}

func TestBadFiles(t *testing.T) {
	csv := func(text string) string { return writeText(t, "bad.csv", text) }
	asymmetric := []float64{0, 1, 1.1, 0}
	for name, c := range map[string]struct {
		path string
		want string // part of the message
	}{
		"missing":            {filepath.Join(t.TempDir(), "none.csv"), "no such file"},
		"extension":          {writeText(t, "bad.dat", matrix), `extension ".dat" is none of .csv, .h5, .hdf5, .npy, .rud, .rudy, .gset, .mc, .txt, .coo, .mtx, .qubo`},
		"empty":              {csv(""), "has no rows"},
		"only header":        {csv("i,j,J\n"), "no rows below the header"},
		"wrong header":       {csv("a,b,J\n0,1,1\n"), "line 1: starts with \"a\": expected the header i,j,J"},
		"columns":            {csv("i,j,J\n0,1\n"), "line 2: has 2 columns"},
		"site":               {csv("i,j,J\n0,1,1\n0,-2,1\n"), `line 3: column 2: "-2" is not a site`},
		"huge site":          {csv("i,j,J\n0,99999999999,1\n"), `line 2: column 2: "99999999999" is not a site; sites are numbered 0, 1, 2, ... and at most 10000000`},
		"fractional site":    {csv("i,j,J\n0.5,1,1\n"), "line 2: column 1"},
		"number":             {csv("i,j,J\n0,1,one\n"), `line 2: column 3: "one" is not a finite number`},
		"edge NaN":           {csv("i,j,J\n0,1,NaN\n"), "line 2: column 3"},
		"duplicate":          {csv("i,j,J\n# c\n0,1,1\n1,2,1\n1,0,1\n"), "line 5: the pair 0,1 was given in line 3 already"},
		"duplicate field":    {csv("i,j,J\n1,1,1\n1,1,1\n"), "line 3: the pair 1,1"},
		"quote":              {csv("i,j,J\n0,\"1,1\n"), "line 2"},
		"matrix NaN":         {csv("0,1\nnan,0\n"), "line 2: column 1"},
		"matrix row":         {csv("0,1\n1,0,2\n"), "line 2: has 3 columns, the rows above have 2"},
		"matrix shape":       {csv("0,1\n1,0\n1,2\n"), "3 rows and 2 columns"},
		"matrix asymmetric":  {csv("0,1\n1.1,0\n"), "J is not symmetric: J[0,1] = 1, J[1,0] = 1.1"},
		"matrix diagonal":    {csv("0,1\n1,3\n"), "J[1,1] = 3 on the diagonal"},
		"HDF5 asymmetric":    {writeHDF5(t, datasets(asymmetric, []int{2, 2}, nil, nil)), "dataset J: J is not symmetric"},
		"HDF5 shape":         {writeHDF5(t, datasets(matrixJ, []int{2, 8}, nil, nil)), "dataset J has the shape [2 8]"},
		"HDF5 NaN":           {writeHDF5(t, datasets([]float64{0, math.NaN(), 1, 0}, []int{2, 2}, nil, nil)), "dataset J: J[0,1] = NaN"},
		"HDF5 other field":   {writeHDF5(t, func(root *h5.Group) error { _, err := h5.Write(root, "H1", fieldH); return err }), `has "H1", which is not known; known are the datasets J and h`},
		"HDF5 group":         {writeHDF5(t, func(root *h5.Group) error { _, err := root.Create("run"); return err }), `has "run", which is not known; known are the datasets J and h`},
		"HDF5 filter":        {"../../framework/h5/testdata/lzf.h5", "lzf.h5: dataset J is compressed with the filter lzf (32000), which this build does not have (rewrite it with gzip or without compression)"},
		"HDF5 field shape":   {writeHDF5(t, datasets(matrixJ, []int{4, 4}, fieldH[:3], []int{3})), "dataset h has the shape [3]"},
		"HDF5 field NaN":     {writeHDF5(t, datasets(matrixJ, []int{4, 4}, []float64{0, 0, math.Inf(1), 0}, []int{4})), "dataset h: h[2] = +Inf"},
		"HDF5 no J":          {writeHDF5(t, func(*h5.Group) error { return nil }), "dataset J there is no such dataset"},
		"HDF5 that is a CSV": {writeText(t, "bad.h5", matrix), "not an HDF5 file"},
	} {
		t.Run(name, func(t *testing.T) {
			settings, problems := core.Complete(Part.Params, core.Settings{"file": c.path})
			if problems != nil {
				t.Fatal(problems)
			}
			_, err := Part.NewEnergy(settings)
			if err == nil {
				t.Fatal("no error")
			}
			for _, part := range []string{"couplings: file ", c.path, c.want} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q does not say %q", err, part)
				}
			}
			if kind := core.KindOf(err); kind != core.Invalid {
				t.Errorf("error of kind %v", kind)
			}
		})
	}
	if _, problems := core.Complete(Part.Params, core.Settings{}); len(problems) != 1 || problems[0].Key != "file" {
		t.Errorf("without file: %v", problems)
	}
}

// Rounding is not asymmetry: entries are replaced by their mean.
func TestRoundedMatrix(t *testing.T) {
	j := []float64{0, 1, 1 + 1e-15, 0}
	if problem := checkMatrix(2, j, asymmetry); problem != "" {
		t.Error(problem)
	}
	if j[1] != j[2] {
		t.Errorf("J = %v is still not symmetric", j)
	}
}
