package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The run files in docs/coming-from are complete: each passes check as it stands there, and runs.
func TestPagesForPeers(t *testing.T) {
	files := 0
	for page, text := range pages(t) {
		if !strings.HasPrefix(page, filepath.Join("docs", "coming-from")) {
			continue
		}
		for _, b := range block.FindAllStringSubmatch(text, -1) {
			if b[1] != "toml" || strings.Contains(b[2], `plugin = "ase"`) { // that is of the Python package
				continue
			}
			files++
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "run.toml"), []byte(b[2]), 0o666); err != nil {
				t.Fatal(err)
			}
			helmholtz(t, dir, []int{exitDone}, "check", "run.toml")
			helmholtz(t, dir, []int{exitDone}, append([]string{"run", "run.toml"}, tiny(b[2])...)...)
		}
	}
	if files < 2 {
		t.Errorf("%d run files were found", files)
	}
}
