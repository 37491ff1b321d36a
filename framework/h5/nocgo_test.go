//go:build !cgo

package h5

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

func TestSaysThatTheLibraryIsMissing(t *testing.T) {
	if err := Available(); core.KindOf(err) != core.Unsupported || !strings.Contains(err.Error(), "build with CGO_ENABLED=1") {
		t.Error(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "a.h5")
	never := func(*Group) error { t.Error("was called"); return nil }
	err := WriteFile(path, never)
	if core.KindOf(err) != core.Unsupported || !strings.Contains(err.Error(), "without cgo") {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
	os.WriteFile(path, nil, 0o666)
	if err := ReadFile(path, never); core.KindOf(err) != core.Unsupported {
		t.Error(err)
	}
}
