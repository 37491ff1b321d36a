package replace

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func text(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Not every file system has files without a name.
func TestFileIsWholeOrUntouched(t *testing.T) {
	t.Run("nameless", func(t *testing.T) { wholeOrUntouched(t, nameless) })
	t.Run("named", func(t *testing.T) { wholeOrUntouched(t, func(string) *os.File { return nil }) })
}

func wholeOrUntouched(t *testing.T, temporary func(dir string) *os.File) {
	dir := filepath.Join(t.TempDir(), "a[b]*")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "file")
	put := func(text string, err error) error {
		return file(path, temporary(dir), func(w *os.File) error {
			_, werr := w.WriteString(text)
			return errors.Join(werr, err)
		})
	}
	if err := put("old", nil); err != nil {
		t.Fatal(err)
	}
	cause := errors.New("on purpose")
	if err := put("new", cause); !errors.Is(err, cause) || core.KindOf(err) != core.Storage || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v", err)
	}
	if got := text(t, path); got != "old" {
		t.Errorf("after a failure the file holds %q", got)
	}
	// What a kill would leave, and files that only look like it.
	for _, name := range []string{".file.partial-123", "file.partial-123", ".file"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(put("new", nil), RemoveStale(dir)); err != nil {
		t.Fatal(err)
	}
	var left []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if got := strings.Join(left, " "); got != ".file file file.partial-123" || text(t, path) != "new" {
		t.Errorf("left: %s; the file holds %q", got, text(t, path))
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o666&^umask {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// Where files have names from the beginning, what a killed process left goes
// when the next one writes the same file, but not under a writer that is slow.
func TestNamedRemovesWhatIsAbandoned(t *testing.T) {
	dir := t.TempDir()
	for name, age := range map[string]time.Duration{".a*.partial-1": 2 * time.Hour, ".a*.partial-2": time.Minute, ".ab.partial-3": 2 * time.Hour} {
		file, then := filepath.Join(dir, name), time.Now().Add(-age)
		if err := errors.Join(os.WriteFile(file, nil, 0o666), os.Chtimes(file, then, then)); err != nil {
			t.Fatal(err)
		}
	}
	if err := file(filepath.Join(dir, "a*"), nil, func(*os.File) error { return nil }); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 3 || entries[0].Name() != ".a*.partial-2" || entries[1].Name() != ".ab.partial-3" || entries[2].Name() != "a*" {
		t.Errorf("left %v, %v", entries, err)
	}
}

// TestMain lets the test binary be a process that is killed while it writes.
func TestMain(m *testing.M) {
	if path := os.Getenv("REPLACE_TEST_WRITE"); path != "" {
		File(path, func(w *os.File) error {
			w.WriteString("half")
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		})
	}
	os.Exit(m.Run())
}

func TestKilledWriterLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	if w := nameless(dir); w == nil {
		t.Skip("the file system has no files without a name")
	} else {
		w.Close()
	}
	path := filepath.Join(dir, "file")
	if err := os.WriteFile(path, []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(os.Args[0])
	command.Env = append(os.Environ(), "REPLACE_TEST_WRITE="+path)
	if err := command.Run(); err == nil || err.Error() != "signal: killed" {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || text(t, path) != "old" {
		t.Errorf("left %v, %v; the file holds %q", entries, err, text(t, path))
	}
}

// /proc is a file system that cannot flush a folder.
func TestFolderThatCannotBeFlushed(t *testing.T) {
	const dir = "/proc/self"
	d, err := os.Open(dir)
	if err != nil {
		t.Skip(err)
	}
	defer d.Close()
	if d.Sync() == nil {
		t.Skip(dir, "can be flushed here")
	}
	if err := syncDir(dir); err != nil {
		t.Error(err)
	}
	if err := syncDir(filepath.Join(dir, "absent")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}
