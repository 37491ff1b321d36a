//go:build cgo

package data

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/npy"
)

// idx is an idx file of big-endian numbers of a type.
func idx(kind byte, x []float64, shape ...int) string {
	text := []byte{0, 0, kind, byte(len(shape))}
	for _, l := range shape {
		text = binary.BigEndian.AppendUint32(text, uint32(l))
	}
	for _, v := range x {
		switch kind {
		case 0x08, 0x09:
			text = append(text, byte(int(v)))
		case 0x0b:
			text = binary.BigEndian.AppendUint16(text, uint16(int(v)))
		case 0x0c:
			text = binary.BigEndian.AppendUint32(text, uint32(int(v)))
		case 0x0d:
			text = binary.BigEndian.AppendUint32(text, math.Float32bits(float32(v)))
		default:
			text = binary.BigEndian.AppendUint64(text, math.Float64bits(v))
		}
	}
	return string(text)
}

func gz(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write([]byte(text))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// npyOf is a .npy file of float64.
func npyOf(x []float64, shape string) string {
	head := fmt.Sprintf("{'descr': '<f8', 'fortran_order': False, 'shape': %s, }\n", shape)
	text := append([]byte(npy.Magic+"\x01\x00"), byte(len(head)), 0)
	text = append(text, head...)
	for _, v := range x {
		text = binary.LittleEndian.AppendUint64(text, math.Float64bits(v))
	}
	return string(text)
}

// npzOf is an archive of twelve under names and shapes.
func npzOf(t *testing.T, namesAndShapes ...string) string {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(namesAndShapes); i += 2 {
		f, err := w.Create(namesAndShapes[i] + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(npyOf(twelve, namesAndShapes[i+1])))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Numbers of every type of an idx file are what was written, signs included.
func TestTypesOfIDX(t *testing.T) {
	for kind, x := range map[byte][]float64{
		0x08: {0, 1, 128, 255}, 0x09: {0, 1, -128, 127}, 0x0b: {0, -1, 300, -32768}, 0x0c: {0, -1, 70000, -2147483648},
		0x0d: {0, -1, 0.5, 1e30}, 0x0e: {0, -1, 0.1, 1e300},
	} {
		a, err := Load(write(t, "x", idx(kind, x, 4)), "")
		if err != nil {
			t.Errorf("%#x: %v", kind, err)
			continue
		}
		for k, v := range x {
			if want := v; a.X[k] != want && a.X[k] != float64(float32(want)) {
				t.Errorf("%#x: number %d is %v, want %v", kind, k, a.X[k], want)
			}
		}
		if a.Whole != (kind < 0x0d) || a.Rows() != 4 || a.Size() != 1 {
			t.Errorf("%#x: %v", kind, a)
		}
	}
}

func TestWhatAnArrayKnows(t *testing.T) {
	a, err := Load(write(t, "x.csv", "0,3\n2,1\n"), "")
	if err != nil || !a.Whole || a.Least != 0 || a.Most != 3 || a.String() != "[2 2], whole numbers from 0 to 3" {
		t.Errorf("%v, %v", a, err)
	}
	if a, err = Load(write(t, "x.csv", "0,3\n-2,1.5\n"), ""); err != nil || a.Whole || a.String() != "[2 2], numbers from -2 to 3" {
		t.Errorf("%v, %v", a, err)
	}
}

func TestLoadNamesWhatIsWrong(t *testing.T) {
	bytes := idx(0x08, []float64{1, 2, 3, 4, 5, 6}, 2, 3)
	for _, c := range []struct{ name, text, dataset, want string }{
		{"cut-ubyte", bytes[:len(bytes)-1], "", "its header says the shape [2 3], which does not fit a file of 17 bytes"},
		{"cut-ubyte.gz", gz(t, bytes[:len(bytes)-1]), "", "it ends within its numbers of the shape [2 3]"},
		{"cut.gz", gz(t, bytes)[:30], "", "it is damaged: unexpected EOF"},
		{"more-ubyte", bytes + "\x00", "", "it goes on behind its numbers of the shape [2 3]"},
		{"more-ubyte.gz", gz(t, bytes+"\x00"), "", "it goes on behind its numbers of the shape [2 3]"},
		{"short-ubyte", bytes[:6], "", "it ends within the header of an idx file"},
		{"empty-ubyte", "", "", "it ends within the header of an idx file"},
		{"magic-ubyte", "\x00\x01" + bytes[2:], "", "it begins with 00 01 08 02; an idx file begins with 00 00, a type of numbers"},
		{"type", "\x00\x00\x07" + bytes[3:], "", "it begins with 00 00 07 02"},
		{"axes", "\x00\x00\x08\x00" + bytes[4:], "", "it begins with 00 00 08 00"},
		{"liar", "\x00\x00\x08\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "", "its header says the shape [4294967295 4294967295 4294967295], which is too large"},
		{"liar.gz", gz(t, "\x00\x00\x08\x01\xff\xff\xff\xff"), "", "which does not fit a file of "},
		{"none", idx(0x08, nil, 0, 3), "", "it has no configurations"},
		{"no.gz", "1,2\n", "", "it is not what gzip writes"},
		{"sum.gz", gz(t, bytes)[:len(gz(t, bytes))-5] + "12345", "", "it is damaged: gzip: invalid checksum"},
		{"x.csv.gz", gz(t, "1,2\n1,x\n"), "", `line 2, column 2: "x" is not a number`},
		{"x.npy", "1,2\n", "", "it is not a .npy file, or it was cut short"},
		{"x.npy", npyOf(twelve, "(12,)")[:60], "", "it is not a .npy file, or it was cut short"},
		{"x.npy", npyOf(twelve, "(13,)"), "", "it has 96 bytes of numbers, and the shape (13,) in <f8 needs 104"},
		{"x.npy", npyOf(twelve[:1], "()"), "", "it is a single number, and not rows of them"},
		{"x.npy", npyOf(nil, "(0, 3)"), "", "it has no configurations"},
		{"x.npy", npyOf([]float64{1, 2, 3, math.Inf(-1)}, "(2, 2)"), "", "row 2, column 2 is -Inf, not a finite number"},
		{"x.npz", "1,2\n", "", "it is not a .npz file, or it was cut short"},
		{"x.npz", npzOf(t, "x", "(12,)", "y", "(12,)"), "", "it has the arrays x, y (name the configurations with train.dataset, else they must be alone)"},
		{"x.npz", npzOf(t, "x", "(12,)"), "z", `it has no array "z"`},
		{"x.npz", npzOf(t, "x", "(11,)"), "", `it has the array "x", which has 96 bytes of numbers, and the shape (11,) in <f8 needs 88`},
		{"x.npz", strings.Replace(npzOf(t, "x", "(12,)"), "x.npy", "x.txt", 2), "", "it has no arrays"},
		{"x.h5", "1,2\n", "", "x.h5"},
	} {
		path := write(t, c.name, c.text)
		_, err := Load(path, c.dataset)
		if core.KindOf(err) != core.Invalid || !strings.Contains(fmt.Sprint(err), c.want) || !strings.Contains(fmt.Sprint(err), path) {
			t.Errorf("%s: %v error %v, want %q", c.name, core.KindOf(err), err, c.want)
		}
	}
}

// Memory is asked for before it is taken, whatever the format.
func TestLoadAsksForMemory(t *testing.T) {
	x := make([]float64, 1000)
	files := map[string]string{
		"idx": write(t, "x", idx(0x08, x, 1000)), "npy": write(t, "x.npy", npyOf(x, "(1000,)")), "csv": write(t, "x.csv", strings.Repeat("0\n", 1000)),
		"HDF5": array(t, "x", x, 1000, 1),
	}
	t.Setenv(core.MemoryVariable, "5000")
	for format, path := range files {
		if _, err := Load(path, ""); core.KindOf(err) != core.Invalid || !strings.Contains(fmt.Sprint(err), "of memory, and the limit is") || !strings.Contains(fmt.Sprint(err), path) {
			t.Errorf("%s: error %v", format, err)
		}
	}
}

// A file that was cut anywhere, or has another byte anywhere, is read or refused, and never
// read as more than it has.
func TestLoadOfDamagedFiles(t *testing.T) {
	t.Setenv(core.MemoryVariable, "1e6") // less to look up, and not to be taken
	path := filepath.Join(t.TempDir(), "x")
	load := func(text []byte) (*Array, error) {
		if err := os.WriteFile(path, text, 0o666); err != nil {
			t.Fatal(err)
		}
		return Load(path, "")
	}
	for _, sound := range []string{idx(0x0b, twelve, 2, 2, 3), gz(t, idx(0x08, twelve, 12)), npzOf(t, "x", "(2, 6)"), npyOf(twelve, "(3, 4)")} {
		text := []byte(sound)
		for at := range text {
			if a, err := load(text[:at]); err == nil && len(a.X) >= len(twelve) {
				t.Errorf("%.4q cut to %d bytes: %v", sound, at, a)
			}
			text[at] ^= 0xff
			if a, err := load(text); err == nil && len(a.X) > 2*len(twelve) {
				t.Errorf("%.4q with another byte %d: %v", sound, at, a)
			}
			text[at] ^= 0xff
		}
	}
}
