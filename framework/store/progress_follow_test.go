package store_test

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// Each row is read once, whatever the writer is doing: in the middle of a line, after lines that are
// none, and after it went back to an earlier step.
func TestFollowProgress(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "progress.jsonl")
	follow := store.FollowProgress(dir)
	next := func(name string, anew bool, want ...int64) {
		t.Helper()
		rows, again, err := follow.Next()
		var steps []int64
		for _, row := range rows {
			steps = append(steps, row.Step)
		}
		if err != nil || again != anew || !slices.Equal(steps, want) {
			t.Errorf("%s: steps %v, anew %v, error %v; want %v, %v", name, steps, again, err, want, anew)
		}
	}
	add := func(text string) {
		t.Helper()
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
		if err == nil {
			_, err = f.WriteString(text)
			f.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	next("no file", false)
	add("{\"step\":1}\nnonsense\n{\"loss\":2}\n[\"step\"]\n{\"step\":2}\n{\"st")
	next("half a line", false, 1, 2)
	next("nothing new", false)
	add("ep\":3}\n")
	next("its other half", false, 3)
	if err := os.WriteFile(path+".new", []byte("{\"step\":1}\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	next("another file", true, 1)
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	next("emptied", true)
	os.Remove(path)
	next("removed", true)
}

// What stands in a run folder under a name of ours, and is no file, is not waited for.
func TestPipesInPlaceOfFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"progress.jsonl", ".lock", "results.h5"} {
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := store.FollowProgress(dir).Next(); err == nil {
		t.Error("a named pipe was followed")
	}
	if _, err := store.ReadProgress(dir); err == nil {
		t.Error("a named pipe was read for progress")
	}
	if _, err := store.ReadView(dir, 10); err == nil {
		t.Error("a named pipe was read for results")
	}
	if h := store.ReadHolder(dir); h != (store.Holder{}) {
		t.Errorf("a named pipe holds the folder: %+v", h)
	}
}
