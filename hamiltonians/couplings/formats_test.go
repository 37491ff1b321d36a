package couplings

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/coretest"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

// energies are E of all 2^n states; bit i of the state is 1 for s_i = -1.
func energies(t *testing.T, c Config) []float64 {
	t.Helper()
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	n := e.Spec().Space.Size()
	b := &core.Batch{N: 1 << n}
	for state := range b.N {
		b.X = append(b.X, spins(state, n)...)
	}
	all := make([]float64, b.N)
	if err := e.Eval(all, b); err != nil {
		t.Fatal(err)
	}
	return all
}

func spins(state, n int) []float64 {
	s := make([]float64, n)
	for i := range s {
		s[i] = 1 - 2*float64(state>>i&1)
	}
	return s
}

func near(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Abs(x-y) < 1e-13 })
}

// The system of couplings_test.go in the other formats, without its fields
// where a format has none.
func TestFurtherFormats(t *testing.T) {
	const rudy, coo = "4 4\n1 2 1\n1 3 -0.5\n2 3 2\n3 4 1.5\n", "4 4 6\n0 1 1\n2 0 -0.5\n1 2 2\n3 2 1.5\n1 1 0.25\n3 3 -1\n"
	const market = "%%MatrixMarket matrix coordinate real symmetric\n% a comment\n4 4 6\n2 1 1\n3 1 -0.5\n3 2 2\n4 3 1.5\n2 2 0.25\n4 4 -1\n"
	const general = "%%MatrixMarket matrix coordinate real general\n4 4 8\n2 1 1\n1 2 1\n3 1 -0.5\n1 3 -0.5\n3 2 2\n2 3 2\n4 3 1.5\n3 4 1.5\n"
	single := []byte("\x93NUMPY\x01\x00\x46\x00{'descr': '<f4', 'fortran_order': True, 'shape': (4, 4), }")
	single = append(single, []byte(strings.Repeat(" ", 10+0x46-len(single)))...)
	for _, v := range matrixJ {
		single = binary.LittleEndian.AppendUint32(single, math.Float32bits(float32(v)))
	}
	for name, c := range map[string]struct {
		c     Config
		field bool
	}{
		"rudy":               {Config{File: writeText(t, "g.rud", rudy)}, false},
		"no extension":       {Config{File: writeText(t, "G1", rudy)}, false},
		"COO":                {Config{File: writeText(t, "j.coo", coo)}, true},
		"COO from 1":         {Config{File: writeText(t, "j.coo", strings.NewReplacer("0 1 1", "1 2 1", "2 0 ", "3 1 ", "1 2 2", "2 3 2", "3 2 ", "4 3 ", "1 1 0", "2 2 0", "3 3 ", "4 4 ").Replace(coo)), Base: 1}, true},
		"MatrixMarket":       {Config{File: writeText(t, "j.mtx", market)}, true},
		"MatrixMarket whole": {Config{File: writeText(t, "j.mtx", general)}, false},
		"NumPy":              {Config{File: writeText(t, "j.npy", string(single))}, false},
		"NumPy by content":   {Config{File: writeText(t, "matrix", string(single))}, false},
		"edges from 1":       {Config{File: writeText(t, "e.csv", "i,j,J\n1,2,1\n3,1,-0.5\n2,3,2\n4,3,1.5\n2,2,0.25\n4,4,-1\n"), Base: 1}, true},
	} {
		t.Run(name, func(t *testing.T) {
			got := energies(t, c.c)
			if len(got) != 16 {
				t.Fatalf("%d states", len(got))
			}
			var want, opposite []float64
			for state := range 16 {
				e := expected(spins(state, 4), c.field)
				want, opposite = append(want, e), append(opposite, 2.5-e)
			}
			if !near(got, want) {
				t.Errorf("E %v, want %v", got, want)
			}
			c.c.Sign, c.c.Offset = "+J", 2.5
			if got := energies(t, c.c); !near(got, opposite) {
				t.Errorf("with sign +J and an offset: E %v, want %v", got, opposite)
			}
			coretest.EnergyPart(t, Part, core.Settings{"file": c.c.File, "base": int64(c.c.Base), "offset": 2.5, "sign": "+J"}, coretest.EnergyOptions{})
		})
	}
}

// E is the quadratic form of x = (1 + s)/2, its constant included: minima and
// all other values agree.
func TestQUBO(t *testing.T) {
	const text = "c a comment\np qubo 0 4 3 3\n0 0 -3\n1 1 2\n3 3 0.5\nc another\n0 1 4\n1 2 -1.5\n0 3 -2\n"
	q := [4][4]float64{{-3, 4, 0, -2}, {0, 2, -1.5, 0}, {}, {0, 0, 0, 0.5}}
	var want []float64
	for state := range 16 {
		s, sum := spins(state, 4), 0.0
		for i := range s {
			for j := range s {
				sum += q[i][j] * (1 + s[i]) / 2 * (1 + s[j]) / 2
			}
		}
		want = append(want, sum)
	}
	c := Config{File: writeText(t, "q.qubo", text)}
	if got := energies(t, c); !near(got, want) {
		t.Errorf("E %v, want x^T Q x = %v", got, want)
	}
	e, _ := New(c)
	x, err := e.Exact(math.Inf(1))
	if lowest := slices.Min(want); err != nil || math.Abs(x.Values["lowest_energy"]-lowest) > 1e-13 || math.Abs(x.Values["free_energy"]-lowest) > 1e-13 {
		t.Errorf("exact %v (%v), lowest x^T Q x is %v", x.Values, err, lowest)
	}
}

// Of a graph with sign +J, E is the sum of all weights less twice the cut.
func TestMaximumCut(t *testing.T) {
	weights := map[[2]int]float64{{0, 1}: 1, {1, 2}: 1, {2, 0}: 1, {2, 3}: -2}
	got := energies(t, Config{File: writeText(t, "g.gset", "4 4\n1 2\n2 3 1\n3 1 1\n3 4 -2\n"), Sign: "+J"})
	for state, e := range got {
		cut := 0.0
		for pair, w := range weights {
			if state>>pair[0]&1 != state>>pair[1]&1 {
				cut += w
			}
		}
		if want := 1 - 2*cut; e != want {
			t.Errorf("state %d: E = %v, cut %v", state, e, cut)
		}
	}
}

// ln Z of one coupling J and a constant C by hand: Z = e^(-beta C) 4 cosh(beta J).
func TestOffsetInExactValues(t *testing.T) {
	const j, c, beta = 0.75, -3.5, 1.25
	e, err := New(Config{File: writeText(t, "e.csv", "i,j,J\n0,1,0.75\n"), Offset: c})
	if err != nil {
		t.Fatal(err)
	}
	x, err := e.Exact(beta)
	if err != nil {
		t.Fatal(err)
	}
	lnZ := math.Log(4*math.Cosh(beta*j)) - beta*c
	u := c - j*math.Tanh(beta*j)
	for name, want := range map[string]float64{"log_z": lnZ, "free_energy": -lnZ / beta, "energy": u, "entropy": lnZ + beta*u, "lowest_energy": c - j} {
		if got := x.Values[name]; math.Abs(got-want) > 1e-12 {
			t.Errorf("%s = %v, want %v", name, got, want)
		}
	}
}

// A site without coupling and field is a free spin, mostly by mistake.
func TestFreeSites(t *testing.T) {
	const free = " neither coupling nor field"
	for name, c := range map[string]struct {
		text string
		base int
		want string // "" for none
	}{
		"skipped":        {"0,1,1\n1,3,1\n", 0, "site 2 of 4 has" + free + ": it is a free spin, which adds ln 2 to ln Z"},
		"from 1":         {"1,2,1\n2,3,1\n", 0, "site 0 of 4 has" + free + ": it is a free spin, which adds ln 2 to ln Z; if the file counts sites from 1, set base = 1"},
		"from 1, base 1": {"1,2,1\n2,3,1\n", 1, ""},
		"gap of base 1":  {"1,2,1\n4,4,0.5\n", 1, "site 3 of 4 has" + free + ": it is a free spin, which adds ln 2 to ln Z"},
		"many":           {"9,10,1\n", 0, "9 of 11 sites have" + free + " (0, 1, 2, 3, 4, ...): each is a free spin, which adds ln 2 to ln Z; if the file counts sites from 1, set base = 1"},
		"1 and a gap":    {"1,2,1\n2,4,1\n", 0, "2 of 5 sites have" + free + " (0, 3): each is a free spin, which adds ln 2 to ln Z; if the file counts sites from 1, set base = 1"},
		"coupling of 0":  {"0,1,1\n1,2,0\n", 0, "site 2 of 3 has" + free + ": it is a free spin, which adds ln 2 to ln Z"},
		"field alone":    {"0,1,1\n2,2,0.5\n", 0, ""},
	} {
		e, err := New(Config{File: writeText(t, "e.csv", "i,j,J\n"+c.text), Base: c.base})
		if err != nil {
			t.Fatal(name, err)
		}
		if got := strings.Join(e.Spec().Warnings, "\n"); got != c.want {
			t.Errorf("%s: warning %q, want %q", name, got, c.want)
		}
	}
}

// What is told by its first line is so behind a byte order mark and in any case.
func TestBegin(t *testing.T) {
	for name, text := range map[string]string{
		"q.txt":   "\ufeffp qubo 0 2 1 1\n0 0 1\n0 1 1\n",
		"m.txt":   "\ufeff%%MatrixMarket matrix coordinate real symmetric\n2 2 1\n2 1 1\n",
		"low.mtx": "%%matrixmarket MATRIX coordinate real symmetric\n2 2 1\n2 1 1\n",
	} {
		if e, err := New(Config{File: writeText(t, name, text)}); err != nil || e.Spec().Space.Size() != 2 {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// Numbers of single precision remain so in a text: 0.2 and the next float32, 1.5e-8
// above, are mirrors. Among numbers that no float32 has they are not.
func TestSinglePrecisionInText(t *testing.T) {
	a, b := float64(float32(0.2)), float64(math.Nextafter32(0.2, 1))
	csv := fmt.Sprintf("0,%.18e,1\n%.18e,0,0\n1,0,0\n", a, b)
	market := fmt.Sprintf("%%%%MatrixMarket matrix coordinate real general\n3 3 4\n1 2 %.18e\n2 1 %.18e\n1 3 1\n3 1 1\n", a, b)
	for name, text := range map[string]string{"j.csv": csv, "j.mtx": market} {
		e, err := New(Config{File: writeText(t, name, text)})
		if err != nil {
			t.Errorf("%s: error %v", name, err)
			continue
		}
		got := make([]float64, 1)
		if err := e.Eval(got, &core.Batch{N: 1, X: []float64{1, 1, 1}}); err != nil || math.Abs(got[0]+a/2+b/2+1) > 1e-15 {
			t.Errorf("%s: E = %v, %v, want %v", name, got, err, -a/2-b/2-1)
		}
		double := strings.NewReplacer(",1\n", ",1.1\n", "\n1,0", "\n1.1,0", "3 1\n", "3 1.1\n", "3 1 1\n", "3 1 1.1\n").Replace(text)
		if _, err := New(Config{File: writeText(t, name, double)}); err == nil || !strings.Contains(err.Error(), "J is not symmetric") {
			t.Errorf("%s with a float64: error %v", name, err)
		}
	}
}

func TestFurtherBadFiles(t *testing.T) {
	npy := func(header string, data int) string {
		return fmt.Sprintf("\x93NUMPY\x01\x00%c\x00%s%s", len(header), header, strings.Repeat("\x00", data))
	}
	for name, c := range map[string]struct {
		file, text string
		base       int
		sign       string
		want       string
	}{
		"rudy count":        {"g.rud", "3 3\n1 2 1\n2 3 1\n", 0, "", "has 2 edges, and its header says 3"},
		"rudy site 0":       {"g.rud", "3 2\n0 1 1\n1 2 1\n", 0, "", `line 2: column 1: "0" is not a site; sites are numbered 1 to 3`},
		"rudy loop":         {"g.rud", "3 2\n1 1 1\n1 2 1\n", 0, "", `line 2: site "1" is paired with itself: a graph has no such edges`},
		"rudy duplicate":    {"g.rud", "3 2\n1 2 1\n2 1 1\n", 0, "", "line 3: the pair 1,2 was given in line 2 already"},
		"rudy header":       {"g.rud", "3\n1 2 1\n", 0, "", "line 1: has 1 columns instead of the header n m"},
		"COO shape":         {"j.coo", "3 4 1\n0 1 1\n", 0, "", "line 1: the matrix has 3 rows and 4 columns"},
		"QUBO header":       {"q.qubo", "0 0 1\n", 0, "", "line 1: is not p qubo TOPOLOGY MAXNODES NNODES NCOUPLERS"},
		"QUBO nodes":        {"q.qubo", "p qubo 0 2 2 1\n0 0 1\n0 1 1\n", 0, "", "has 1 nodes (lines i i Q), and its header says 2"},
		"QUBO sign":         {"q.qubo", "p qubo 0 2 1 1\n0 0 1\n0 1 1\n", 0, "+J", `sign must be left out, got "+J": a .qubo file has a sign of its own`},
		"QUBO base":         {"q.qubo", "p qubo 0 2 1 1\n0 0 1\n0 1 1\n", 1, "", "base must be 0 or left out, got 1: variables of a .qubo file count from 0"},
		"matrix base":       {"m.csv", "0,1\n1,0\n", 1, "", "base must be 0 or left out, got 1: a matrix has no numbers of sites"},
		"mtx kind":          {"j.mtx", "%%MatrixMarket matrix coordinate complex symmetric\n1 1 0\n", 0, "", `line 1: is for "matrix coordinate complex symmetric"; read are matrix coordinate`},
		"mtx asymmetric":    {"j.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 1\n2 1 1\n", 0, "", "line 3: J is not symmetric: J[2,1] = 1, J[1,2] = 0"},
		"NumPy dtype":       {"j.npy", npy("{'descr': '>f8', 'fortran_order': False, 'shape': (2, 2), }", 32), 0, "", `has the dtype ">f8"; read are little-endian`},
		"NumPy shape":       {"j.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4,), }", 32), 0, "", "has the shape [4] instead of [N N]"},
		"NumPy cut":         {"j.npy", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }", 24), 0, "", "has 24 bytes of numbers, and the shape (2, 2) in <f8 needs 32"},
		"NumPy not":         {"j.npy", "0 1\n1 0\n", 0, "", "is not a .npy file, or it was cut short"},
		"a device":          {"/dev/zero", "", 0, "", "is a device, not a regular file"},
		"of another energy": {"e.csv", "i,j,J,K\n0,1,1,2\n", 0, "", `line 1: starts with "i": expected the header i,j,J`},
	} {
		path := c.file
		if path[0] != '/' {
			path = writeText(t, c.file, c.text)
		}
		_, err := New(Config{File: path, Base: c.base, Sign: c.sign})
		if core.KindOf(err) != core.Invalid || !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// What lies beside J and h was meant for something.
func TestUnknownDatasets(t *testing.T) {
	for _, name := range []string{"field", "H1", "K/x"} {
		path := writeHDF5(t, func(root *h5.Group) error {
			g := root
			if group, _, ok := strings.Cut(name, "/"); ok {
				var err error
				if g, err = root.Create(group); err != nil {
					return err
				}
			} else if _, err := h5.Write(g, name, fieldH); err != nil {
				return err
			}
			_, err := h5.Write(root, "J", matrixJ, 4, 4)
			return err
		})
		first, _, _ := strings.Cut(name, "/")
		want := fmt.Sprintf("has %q, which is not known; known are the datasets J and h", first)
		if _, err := New(Config{File: path}); core.KindOf(err) != core.Invalid || !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// Mirrors that differ by the rounding of the type they are stored in are equal:
// 1.5e-8 in float32, whose spacing at 0.2 is that, and not in float64.
func TestSymmetryOfTheStoredType(t *testing.T) {
	up := math.Nextafter32(0.2, 1)
	single := []float32{0, 0.2, up, 0}
	header := "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }"
	text := fmt.Sprintf("\x93NUMPY\x01\x00%c\x00%s", len(header), header)
	wide := make([]float64, len(single))
	for i, v := range single {
		text += string(binary.LittleEndian.AppendUint32(nil, math.Float32bits(v)))
		wide[i] = float64(v)
	}
	// The second was written by h5py 3.16 from the same two float32.
	for _, path := range []string{writeText(t, "j.npy", text), "testdata/float32.h5"} {
		if got := energies(t, Config{File: path}); math.Abs(got[0]+(0.2+float64(up))/2) > 1e-8 {
			t.Errorf("%s: E %v", path, got)
		}
	}
	double := writeHDF5(t, func(root *h5.Group) error { _, err := h5.Write(root, "J", wide, 2, 2); return err })
	if _, err := New(Config{File: double}); err == nil || !strings.Contains(err.Error(), "J is not symmetric") {
		t.Errorf("float64: %v", err)
	}
}
