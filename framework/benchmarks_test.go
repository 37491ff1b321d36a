package framework

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The number of threads that a benchmark is labelled with is that which it ran on: see
// enginetest.Loop.
func TestBenchmarksLoopOnTheirThreads(t *testing.T) {
	call := []byte("b." + "Loop()")
	files := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		if bytes.Contains(text, call) {
			t.Errorf("%s calls %s, whose first run may be on other threads than -cpu says: range over enginetest.Loop", path, call)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 100 {
		t.Errorf("%d files of tests found", files)
	}
}
