//go:build cgo

package h5

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func second[T any](_ T, err error) error { return err }

func TestFailureKeepsTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.h5")
	write := func(x float64, err error) error {
		return WriteFile(path, func(g *Group) error {
			_, werr := WriteScalar(g, "x", x)
			return errors.Join(werr, err)
		})
	}
	must(t, write(1, nil))
	cause := errors.New("on purpose")
	if err := write(2, cause); !errors.Is(err, cause) {
		t.Error(err)
	}
	func() {
		defer func() { recover() }()
		WriteFile(path, func(*Group) error { panic("on purpose") })
	}()
	must(t, ReadFile(path, func(g *Group) error {
		x, err := ReadScalar[float64](g, "x")
		if x != 1 {
			t.Error(x)
		}
		return err
	}))
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestSealFindsEveryChangedByte(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.h5")
	must(t, WriteFile(path, func(g *Group) error { _, err := Write(g, "x", []float64{1, 2}); return err }))
	data, err := os.ReadFile(path)
	must(t, err)
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	defer file.Close()
	mark := len(data) - int(sealSize)
	for i := range data {
		if i >= mark && i < mark+len(sealMark) {
			continue // without its mark the file is like any other program's
		}
		_, err := file.WriteAt([]byte{data[i] ^ 1}, int64(i))
		must(t, err)
		if err := ReadFile(path, func(*Group) error { return nil }); !errors.Is(err, errSeal) {
			t.Fatalf("byte %d: %v", i, err)
		}
		_, err = file.WriteAt(data[i:i+1], int64(i))
		must(t, err)
	}
	must(t, ReadFile(path, func(*Group) error { return nil }))
}

// HDF5 locks a file that it writes to.
func TestFileOpenForWriting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.h5")
	must(t, WriteFile(path, func(*Group) error { return nil }))
	other, err := os.Open(path)
	must(t, err)
	defer other.Close()
	must(t, syscall.Flock(int(other.Fd()), syscall.LOCK_EX))
	err = ReadFile(path, func(*Group) error { return nil })
	if core.KindOf(err) != core.Busy || !strings.Contains(err.Error(), "open for writing by another program (h5py, HDFView) (close it there;") {
		t.Error(err)
	}
	t.Setenv("HDF5_USE_FILE_LOCKING", "FALSE")
	must(t, ReadFile(path, func(*Group) error { return nil }))
}

// The file is of h5py 3.16:
//
//	f = h5py.File("killed-writer.h5", "r+", libver="v110"); f.flush()
//	os.kill(os.getpid(), signal.SIGKILL)
//
// on a file that h5py.File(..., "w", libver="v110").close() had made.
func TestFileOfKilledWriter(t *testing.T) {
	err := ReadFile("testdata/killed-writer.h5", func(*Group) error { return nil })
	if core.KindOf(err) != core.Busy || !strings.Contains(err.Error(), "another program (h5py, HDFView), or it was killed (close it there; h5clear -s FILE") {
		t.Error(err)
	}
}

// A pipe would keep its reader waiting for ever.
func TestReadOnlyRegularFiles(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe.h5")
	must(t, syscall.Mkfifo(pipe, 0o666))
	for _, path := range []string{pipe, "/dev/zero"} {
		err := ReadFile(path, func(*Group) error { return nil })
		if core.KindOf(err) != core.Storage || !strings.Contains(err.Error(), ", not a regular file") {
			t.Error(err)
		}
	}
}
