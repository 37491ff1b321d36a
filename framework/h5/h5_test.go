//go:build cgo

package h5

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"gonum.org/v1/hdf5"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.h5")
	floats := []float64{1, math.Copysign(0, -1), math.Inf(1), math.NaN(), 5e-324, math.MaxFloat64}
	ints := []int64{math.MinInt64, 1<<40 + 1, math.MaxInt64}
	long := "Grüße, " + strings.Repeat("x", 200000)
	must(t, WriteFile(path, func(root *Group) error {
		g, err := root.Create("deep/er/group")
		must(t, err)
		for _, write := range []func() (*Dataset, error){
			func() (*Dataset, error) { return Write(g, "floats", floats, 3, 2) },
			func() (*Dataset, error) { return Write(g, "ints", ints) },
			func() (*Dataset, error) { return Write(g, "bytes", []uint8{0, 255}, 1, 2, 1) },
			func() (*Dataset, error) { return Write(g, "spins", []int8{-1, 1}) },
			func() (*Dataset, error) { return Write(g, "none", []float64{}, 0, 4) },
			func() (*Dataset, error) { return WriteScalar(g, "one", 2.5) },
		} {
			_, err := write()
			must(t, err)
		}
		must(t, g.WriteText("text", long), g.WriteText("empty", ""))
		d, err := g.Dataset("floats")
		must(t, err, SetAttr(d, "units", "Å"), SetAttr(d, "empty", ""), SetAttr(g, "x", 0.1), SetAttr(root, "n", int64(1<<40)), SetAttr(g, "long", long))
		return nil
	}))
	must(t, ReadFile(path, func(root *Group) error {
		g, err := root.Group("/deep/er/group/")
		must(t, err)
		gotFloats, shape, err := Read[float64](root, "deep/er/group/floats")
		must(t, err)
		same := slices.EqualFunc(floats, gotFloats, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) })
		if !same || !slices.Equal(shape, []int{3, 2}) {
			t.Errorf("floats %v %v", gotFloats, shape)
		}
		if got, _, err := Read[int64](g, "ints"); err != nil || !slices.Equal(got, ints) {
			t.Error(got, err)
		}
		if got, shape, err := Read[uint8](g, "bytes"); err != nil || !slices.Equal(got, []uint8{0, 255}) || len(shape) != 3 {
			t.Error(got, shape, err)
		}
		if got, _, err := Read[int8](g, "spins"); err != nil || !slices.Equal(got, []int8{-1, 1}) {
			t.Error(got, err)
		}
		if got, shape, err := Read[float64](g, "none"); err != nil || len(got) != 0 || !slices.Equal(shape, []int{0, 4}) {
			t.Error(got, shape, err)
		}
		if got, err := ReadScalar[float64](g, "one"); err != nil || got != 2.5 {
			t.Error(got, err)
		}
		if got, err := g.ReadText("text"); err != nil || got != long {
			t.Error(len(got), err)
		}
		if got, err := g.ReadText("empty"); err != nil || got != "" {
			t.Error(got, err)
		}
		d, err := g.Dataset("floats")
		must(t, err)
		units, err1 := Attr[string](d, "units")
		empty, err2 := Attr[string](d, "empty")
		x, err3 := Attr[float64](g, "x")
		n, err4 := Attr[int64](root, "n")
		text, err5 := Attr[string](g, "long")
		must(t, err1, err2, err3, err4, err5)
		if units != "Å" || empty != "" || x != 0.1 || n != 1<<40 || text != long {
			t.Error(units, empty, x, n, len(text))
		}
		if HasAttr(g, "units") || !HasAttr(d, "units") {
			t.Error("HasAttr is wrong")
		}
		names, err := g.Datasets()
		must(t, err)
		if want := []string{"bytes", "empty", "floats", "ints", "none", "one", "spins", "text"}; !slices.Equal(names, want) {
			t.Error(names)
		}
		groups, err := root.Groups()
		must(t, err)
		if !slices.Equal(groups, []string{"deep"}) || !root.HasGroup("deep/er") || root.HasGroup("deep/no/group") || root.HasDataset("deep") {
			t.Error("groups are wrong", groups)
		}
		return nil
	}))
}

// foreign makes a dataset as another program would, of any element type.
func foreign[T any](t *testing.T, f *hdf5.File, name string, data []T) {
	t.Helper()
	var zero T
	dtype, err := hdf5.NewDatatypeFromValue(zero)
	must(t, err)
	space, err := hdf5.CreateSimpleDataspace([]uint{uint(len(data))}, nil)
	must(t, err)
	d, err := f.CreateDataset(name, dtype, space)
	must(t, err, d.Write(&data), d.Close(), space.Close(), dtype.Close())
}

func TestForeignTypesAreConvertedOrRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "foreign.h5")
	f, err := hdf5.CreateFile(path, hdf5.F_ACC_TRUNC)
	must(t, err)
	foreign(t, f, "float32", []float32{0.5, -3})
	foreign(t, f, "int32", []int32{7, -8})
	foreign(t, f, "uint64", []uint64{math.MaxUint64})
	foreign(t, f, "uint8", []uint8{200})
	foreign(t, f, "float64", []float64{0.5})
	foreign(t, f, "compound", []struct{ A, B float64 }{{1, 2}})
	must(t, f.Close())
	must(t, ReadFile(path, func(g *Group) error {
		if x, _, err := Read[float64](g, "float32"); err != nil || !slices.Equal(x, []float64{0.5, -3}) {
			t.Error(x, err)
		}
		if x, _, err := Read[float64](g, "int32"); err != nil || !slices.Equal(x, []float64{7, -8}) {
			t.Error(x, err)
		}
		if x, _, err := Read[int64](g, "int32"); err != nil || !slices.Equal(x, []int64{7, -8}) {
			t.Error(x, err)
		}
		refused := func(what string, err error) {
			if err == nil || !strings.Contains(err.Error(), "cannot be read as") || !strings.Contains(err.Error(), what) {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, _, err := Read[int64](g, "uint64")
		refused("integers of 8 bytes", err)
		_, _, err = Read[int64](g, "float64")
		refused("floats of 8 bytes", err)
		_, _, err = Read[int8](g, "uint8")
		refused("integers of 1 bytes", err)
		_, _, err = Read[uint8](g, "int32")
		refused("integers of 4 bytes", err)
		_, _, err = Read[float64](g, "compound")
		refused("compounds of 16 bytes", err)
		if _, err := g.ReadText("float64"); err == nil || !strings.Contains(err.Error(), "is not a string") {
			t.Error(err)
		}
		if _, err := ReadScalar[float64](g, "float32"); err == nil || !strings.Contains(err.Error(), "instead of one number") {
			t.Error(err)
		}
		return nil
	}))
}

// A header that promises more than the file can hold must not be believed.
func TestHugeShapeIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "huge.h5")
	f, err := hdf5.CreateFile(path, hdf5.F_ACC_TRUNC)
	must(t, err)
	space, err := hdf5.CreateSimpleDataspace([]uint{1 << 40, 1 << 10}, nil)
	must(t, err)
	chunked, err := hdf5.NewPropList(hdf5.P_DATASET_CREATE)
	must(t, err, chunked.SetChunk([]uint{10, 10}))
	d, err := f.CreateDatasetWith("x", hdf5.T_NATIVE_DOUBLE, space, chunked)
	must(t, err, d.Close(), space.Close(), chunked.Close(), f.Close())
	err = ReadFile(path, func(g *Group) error { _, _, err := Read[float64](g, "x"); return err })
	if err == nil || !strings.Contains(err.Error(), "does not fit") {
		t.Error(err)
	}
}

func TestErrorsExplain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.h5")
	must(t, WriteFile(path, func(g *Group) error {
		_, err := Write(g, "couplings", []float64{1, 2})
		must(t, err)
		_, err = g.Create("run")
		must(t, err)
		for problem, err := range map[string]error{
			"slash":           second(Write(g, "a/b", []float64{1})),
			"is empty":        second(Write(g, "", []float64{1})),
			"not a name":      second(g.Create("run/..")),
			"not UTF-8":       second(g.Create("\xff")),
			"zero byte":       g.WriteText("t", "a\x00b"),
			"does not hold 3": second(Write(g, "c", []float64{1, 2, 3}, 2, 2)),
			"does not hold 1": second(Write(g, "c", []float64{1}, math.MaxInt, 2, 2)),
			"already exists":  second(Write(g, "couplings", []float64{1})),
			"is a dataset":    second(g.Group("couplings")),
			"couplings, run":  second(g.Dataset("coupling")),
			"can't locate":    second(Attr[string](g, "units")),
			"no such file":    ReadFile(filepath.Join(t.TempDir(), "none"), nil),
		} {
			if core.KindOf(err) != core.Storage || !strings.Contains(err.Error(), problem) {
				t.Errorf("want %q, got %v", problem, err)
			}
		}
		return nil
	}))
	must(t, os.WriteFile(path, []byte("text"), 0o666))
	if err := ReadFile(path, nil); err == nil || !strings.Contains(err.Error(), "not an HDF5 file") {
		t.Error(err)
	}
	if err := ReadFile(t.TempDir(), nil); !errors.Is(err, syscall.EISDIR) {
		t.Error(err)
	}
}

// Failed operations must leave nothing open: HDF5 would keep the file, and
// its lock, behind our back.
func TestNothingStaysOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.h5")
	must(t, WriteFile(path, func(g *Group) error {
		d, err := Write(g, "x", []float64{1})
		must(t, err)
		for range 100 {
			Write(g, "x", []float64{1})
			Read[int8](g, "x")
			g.ReadText("x")
			Attr[float64](d, "none")
			SetAttr(d, "twice", "a")
			SetAttr(d, "twice", "b")
			Attr[int64](d, "twice")
			d.Attach(d)
			g.Create("x")
		}
		return nil
	}))
	file, err := os.Open(path)
	must(t, err)
	defer file.Close()
	must(t, syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB))
	links, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	open := 0
	for _, l := range links {
		if target, _ := os.Readlink("/proc/self/fd/" + l.Name()); target == path {
			open++
		}
	}
	if open != 1 {
		t.Errorf("the file is open %d times, once by the test", open)
	}
}

func TestConcurrentUse(t *testing.T) {
	dir := t.TempDir()
	var group sync.WaitGroup
	must(t, WriteFile(filepath.Join(dir, "shared.h5"), func(root *Group) error {
		for i := range 8 {
			group.Go(func() {
				for k := range 20 {
					if _, err := WriteScalar(root, fmt.Sprintf("x%d_%d", i, k), float64(i)); err != nil {
						t.Error(err)
					}
				}
				own := filepath.Join(dir, fmt.Sprintf("own%d.h5", i))
				if err := WriteFile(own, func(g *Group) error { return g.WriteText("t", own) }); err != nil {
					t.Error(err)
				}
				if err := ReadFile(own, func(g *Group) error {
					if text, err := g.ReadText("t"); text != own || err != nil {
						t.Error(text, err)
					}
					_, err := g.Dataset("none") // each must get its own message
					if err == nil || !strings.Contains(err.Error(), own) {
						t.Error(err)
					}
					return nil
				}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		names, err := root.Datasets()
		if len(names) != 160 {
			t.Errorf("%d datasets", len(names))
		}
		return err
	}))
}

func TestWithoutCgo(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles this package a second time")
	}
	command := exec.Command("go", "test", "-count=1", ".", "../store")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// A file that h5py wrote with compression="lzf", a filter of its own.
func TestMissingFilterIsNamed(t *testing.T) {
	err := ReadFile("testdata/lzf.h5", func(root *Group) error {
		_, _, err := Read[float64](root, "J")
		return err
	})
	want := "J: is compressed with the filter lzf (32000), which this build does not have (rewrite it with gzip or without compression)"
	if core.KindOf(err) != core.Storage || !strings.Contains(fmt.Sprint(err), want) {
		t.Errorf("error %v, want %q", err, want)
	}
}
