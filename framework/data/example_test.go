package data_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/data"
)

// Three configurations of two spins from a file of comma-separated values, and the error
// where a number is no spin.
func ExampleRead() {
	dir, err := os.MkdirTemp("", "data")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "spins.csv")
	space := core.Space{Kind: core.Spins, Shape: []int{2}}
	for _, text := range []string{"# left, right\n1,-1\n-1,-1\n1,1\n", "1,-1\n1,0.5\n"} {
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			fmt.Println(err)
			return
		}
		x, err := data.Read(file, "", space)
		if err != nil {
			fmt.Println(strings.TrimPrefix(err.Error(), "read data: "+file+": "))
			continue
		}
		fmt.Println(x)
	}
	// Output:
	// [1 -1 -1 -1 1 1]
	// row 2, column 2 is 0.5, and spins are +1 or -1
}
