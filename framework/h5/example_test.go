//go:build cgo

package h5_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

// An array of two rows and three columns with its units, written and read.
func Example() {
	dir, err := os.MkdirTemp("", "h5")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "energies.h5")
	err = h5.WriteFile(file, func(root *h5.Group) error {
		energies, err := h5.Write(root, "energy", []float64{1, 2, 3, 4, 5, 6}, 2, 3)
		if err != nil {
			return err
		}
		return h5.SetAttr(energies, "units", "J")
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = h5.ReadFile(file, func(root *h5.Group) error {
		values, shape, err := h5.Read[float64](root, "energy")
		fmt.Println(values, shape)
		return err
	})
	fmt.Println(err)
	// Output:
	// [1 2 3 4 5 6] [2 3]
	// <nil>
}
