package data_test

import (
	"fmt"
	"math"
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

// The way from images to what a model learns: levels become real numbers, by the training
// rows alone, and a likelihood of those is one of the pixels.
func ExamplePrepare() {
	digits, err := data.Load("digits", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(digits)
	p, err := data.Prepare(digits, data.Division{Train: "0:1437", Test: "1437:"},
		data.List{data.Dequantise{Levels: 17, Seed: 1}, data.Logit{Margin: 0.05}, data.Standardise{Globally: true}})
	if err != nil {
		fmt.Println(err)
		return
	}
	// What an even density of the pixels would have: p(x) = 17^-64.
	even := 64 * math.Log(17)
	nll := even + p.Test.Units.LnDet // of y
	fmt.Printf("%d and %d rows of %d numbers, %.4f bits per dimension\n",
		len(p.Train.Rows), len(p.Test.Rows), p.Test.Size, p.Test.Units.BitsPerDimension(nll))
	// Output:
	// [1797 8 8], whole numbers from 0 to 16
	// 1437 and 360 rows of 64 numbers, 4.0875 bits per dimension
}
