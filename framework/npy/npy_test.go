package npy

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// file is a .npy file of version 1.
func file(dtype, order, shape, numbers string) string {
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", dtype, order, shape)
	return fmt.Sprintf("%s\x01\x00%c\x00%s%s", Magic, len(head), head, numbers)
}

func read(text string) (*Array, error) { return Read(strings.NewReader(text), int64(len(text))) }

// testdata/arrays.npz and deflated.npz were written by NumPy 2.4.6, savez and
// savez_compressed of a = arange(6).reshape(2, 3) - 2 as the types they are named by,
// c = asfortranarray of arange(24.).reshape(2, 3, 4), one = array(2.5), bool = a > 0.
func TestArraysOfNumPy(t *testing.T) {
	for _, name := range []string{"testdata/arrays.npz", "testdata/deflated.npz"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		archive, err := NewArchive(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"bool", "c", "float32", "float64", "int16", "int32", "int64", "int8", "one", "uint16", "uint32", "uint64", "uint8"}
		if got := archive.Names(); !slices.Equal(got, want) {
			t.Fatalf("%s has %v, want %v", name, got, want)
		}
		for _, array := range want {
			a, err := archive.Read(array)
			if err != nil {
				t.Errorf("%s: %v", array, err)
				continue
			}
			x, shape := []float64{-2, -1, 0, 1, 2, 3}, []int{2, 3}
			switch {
			case array == "bool":
				x = []float64{0, 0, 0, 1, 1, 1}
			case array == "one":
				x, shape = []float64{2.5}, []int{}
			case array == "c":
				shape, x = []int{2, 3, 4}, nil
				for k := range 24 {
					x = append(x, float64(k))
				}
			case strings.HasPrefix(array, "u"):
				x = []float64{0, 0, 0, 1, 2, 3} // clipped at 0
			}
			if !slices.Equal(a.X, x) || !slices.Equal(a.Shape, shape) {
				t.Errorf("%s is %v of the shape %v, want %v of %v", array, a.X, a.Shape, x, shape)
			}
		}
		if _, err := archive.Read("none"); err == nil || err.Error() != `has no array "none"` {
			t.Errorf("error %v", err)
		}
	}
}

func TestReadNamesWhatIsWrong(t *testing.T) {
	two := strings.Repeat("\x00", 16)
	for _, c := range []struct{ text, want string }{
		{"", "is not a .npy file, or it was cut short"},
		{"PK\x03\x04 and more", "is not a .npy file, or it was cut short"},
		{Magic + "\x01\x00\xff\x00{", "is not a .npy file, or it was cut short"},
		{Magic + "\x02\x00\xff\xff\xff\xff", "is not a .npy file, or it was cut short"},
		{Magic + "\x04\x00\x00\x00", "is a .npy file of version 4; read are 1 to 3"},
		{file(">f8", "False", "(2,)", two), `has the dtype ">f8"; read are little-endian`},
		{file("|O", "False", "(2,)", two), `has the dtype "|O"`},
		{file("<c16", "False", "(1,)", two), `has the dtype "<c16"`},
		{strings.Replace(file("<f8", "False", "(2,)", two), "'<f8'", "[1,2]", 1), "has no dtype of numbers in its header"},
		{file("<f8", "Maybe", "(2,)", two), "is not a .npy file, or it was cut short"},
		{file("<f8", "False", "(2,)", two[1:]), "has 15 bytes of numbers, and the shape (2,) in <f8 needs 16"},
		{file("<f8", "False", "(2,)", two+"x"), "has 17 bytes of numbers, and the shape (2,) in <f8 needs 16"},
		{file("<f8", "False", "(1 2)", two), "has the shape (1 2), which is none"},
		{file("<f8", "False", "(99999999999999999999,)", two), "has the shape (99999999999999999999,), which is none"},
		{file("<f8", "False", "(4294967296, 4294967296)", two), "has the shape (4294967296, 4294967296), which is too large"},
		{file("|u1", "False", "(1099511627776, 1)", two), "needs 1099511627776"},
		{file("<i8", "False", "(2,)", two[:15]+"\x7f"), "has the integer 9151314442816847872 or one beside it, and float64 tells integers apart only up to 2^53"},
	} {
		if a, err := read(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.60q: %v, error %v, want %q", c.text, a, err, c.want)
		}
	}
}

// A true header of a file that is larger than the memory is refused before it is taken.
func TestReadAsksForMemory(t *testing.T) {
	t.Setenv(core.MemoryVariable, "1000")
	text := file("|u1", "False", "(126,)", strings.Repeat("\x01", 126))
	if _, err := read(text); core.KindOf(err) != core.Invalid || !strings.Contains(err.Error(), "need 1008 B of memory") {
		t.Errorf("error %v", err)
	}
}

// No header makes the reader panic or take memory that the file does not have: each
// byte of a file in turn becomes another, and the file ends at each byte.
func TestReadOfDamagedFiles(t *testing.T) {
	sound := file("<f4", "True", "(2, 1, 2)", "\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x40\x40\x00\x00\x80\x40")
	a, err := read(sound)
	if err != nil || !slices.Equal(a.X, []float64{1, 3, 2, 4}) || a.Epsilon != 0x1p-23 {
		t.Fatalf("%+v, %v", a, err)
	}
	for at := range sound {
		if _, err := read(sound[:at]); err == nil {
			t.Errorf("cut to %d bytes it is read", at)
		}
		for _, b := range []byte{0, ' ', '0', '9', '(', ')', ',', '\'', 0xff} {
			damaged := []byte(sound)
			damaged[at] = b
			if a, err := read(string(damaged)); err == nil && len(a.X) != 4 {
				t.Errorf("byte %d as %q: %v", at, b, a)
			}
		}
	}
}
