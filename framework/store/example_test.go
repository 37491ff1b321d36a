package store_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// A run folder belongs to one process at a time, and its progress is one line per step,
// in which what is not finite becomes null.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	run := filepath.Join(dir, "run")
	folder, err := store.Open(run)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer folder.Close()
	_, err = store.Open(run)
	fmt.Println("a second time:", core.KindOf(err) == core.Busy)

	err = folder.AppendProgress(map[string]any{"step": 1, "free_energy": -0.5})
	text, _ := os.ReadFile(folder.Path("progress.jsonl"))
	fmt.Print(string(text), err, "\n")
	// Output:
	// a second time: true
	// {"free_energy":-0.5,"step":1}
	// <nil>
}
