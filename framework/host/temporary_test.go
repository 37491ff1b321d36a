package host

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func openChain(h *Host) error {
	f, err := h.Find(core.KindEnergy, "chain", "", "")
	if err != nil {
		return err
	}
	_, err = h.OpenEnergy(f, core.Settings{"N": 4})
	return err
}

func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

// A host that was killed while its plugin started leaves a folder, which the
// next start removes.
func TestStaleFolders(t *testing.T) {
	dir, temp := t.TempDir(), shortTemp(t)
	waiting(t, dir, "serve")
	host, _ := startStill(t, "serve", dir)
	plugin := pidIn(t, filepath.Join(dir, "started"))
	// Another host leaves the folder alone while this one lives.
	if err := openChain(newHost(t, Options{})); err != nil {
		t.Fatal(err)
	}
	left := names(t, temp)
	if !strings.HasPrefix(left, folderPrefix()) || strings.Contains(left, " ") {
		t.Fatalf("a host that starts a plugin has %q", left)
	}
	host.Process.Kill()
	host.Wait()
	if err := gone(plugin); err != nil {
		t.Error(err)
	}
	if got := names(t, temp); got != left {
		t.Fatalf("the killed host left %q, want %q", got, left)
	}
	if err := openChain(newHost(t, Options{})); err != nil {
		t.Fatal(err)
	}
	if got := names(t, temp); got != "" {
		t.Errorf("left behind: %q", got)
	}
}

// Only what is ours is removed: no folder in use, of others, of another machine,
// of a host that could not lock it or of another name, no file and no link.
func TestStaleFoldersOnlyOurs(t *testing.T) {
	temp := shortTemp(t)
	for _, dir := range []string{folderPrefix() + "held", folderPrefix() + "stale/below", "helmholtz-test-1", "helmholtz-1234567", "helmholtz-123456-1", "precious"} {
		if err := os.MkdirAll(filepath.Join(temp, dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(temp, folderPrefix()+"file"), "")
	if err := os.Symlink(filepath.Join(temp, "precious"), filepath.Join(temp, folderPrefix()+"link")); err != nil {
		t.Fatal(err)
	}
	want := []string{"helmholtz-123456-1", "helmholtz-1234567", "helmholtz-test-1", "precious",
		folderPrefix() + "file", folderPrefix() + "held", folderPrefix() + "link"}
	if os.Geteuid() == 0 {
		other := filepath.Join(temp, folderPrefix()+"other")
		if err := os.Mkdir(other, 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(other, 4711, 4711); err != nil {
			t.Fatal(err)
		}
		want = append(want, other[len(temp)+1:])
	}
	lock, err := lockFolder(filepath.Join(temp, folderPrefix()+"held"))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	removeStale(temp)
	slices.Sort(want)
	if got := names(t, temp); got != strings.Join(want, " ") {
		t.Errorf("left are %s, want %s", got, strings.Join(want, " "))
	}
}

func TestTemporaryDirectoryMissing(t *testing.T) {
	t.Setenv("TMPDIR", "/nowhere/tmp")
	wantError(t, openChain(newHost(t, Options{})), core.Storage,
		"start plugin: the temporary directory /nowhere/tmp (TMPDIR): there is no such folder (set TMPDIR to a folder that exists, can be written and has space)")
}

// A temporary directory with room for its own inode, our folder's, go-plugin's
// and, in the last case, not for the socket.
func TestTemporaryDirectoryFull(t *testing.T) {
	temp := shortTemp(t)
	for inodes := 1; inodes <= 3; inodes++ {
		if err := syscall.Mount("tmpfs", temp, "tmpfs", 0, fmt.Sprint("nr_inodes=", inodes)); err != nil {
			t.Skip("cannot mount:", err)
		}
		err := openChain(newHost(t, Options{}))
		if err := syscall.Unmount(temp, syscall.MNT_DETACH); err != nil {
			t.Fatal(err)
		}
		kind := core.Storage
		if inodes == 3 { // it is the plugin that fails
			kind = core.Plugin
		}
		wantError(t, err, kind, "start plugin: ", "the temporary directory "+temp+" (TMPDIR): it is full: ", "no space left on device", "set TMPDIR")
	}
}

func TestTemporaryDirectoryLong(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("long", 20))
	if err := os.Mkdir(long, 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", long)
	longBase = sync.Once{}
	var notes []string
	for range 2 {
		if err := openChain(newHost(t, Options{Note: func(text string) { notes = append(notes, text) }})); err != nil {
			t.Fatal(err)
		}
	}
	want := "the path of the temporary directory " + long + " is too long for the sockets of plugins, which are in /tmp"
	if len(notes) != 1 || notes[0] != want {
		t.Errorf("the notes are %q, want once %q", notes, want)
	}
}
