package data

import (
	"bytes"
	"compress/gzip"
	_ "embed"
)

// digits are E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI
// Machine Learning Repository (1998), doi:10.24432/C50P49, licence CC BY 4.0: its test set,
// in the file that scikit-learn 1.9.1 distributes (sklearn/datasets/data/digits.csv.gz,
// unchanged): 1797 lines of 8 x 8 pixels, row by row, and the digit.
var digits = Set{
	Name:     "digits",
	Summary:  "1797 handwritten digits, 8 x 8 pixels from 0 to 16",
	Source:   "E. Alpaydin and C. Kaynak, doi:10.24432/C50P49",
	Licence:  "CC BY 4.0",
	Datasets: []string{"images", "labels"},
	read:     readDigits,
}

//go:embed digits.csv.gz
var digitsFile []byte

func readDigits(dataset string) (*Array, error) {
	const pixels, side = 64, 8
	s := source{name: "digits"}
	z, err := gzip.NewReader(bytes.NewReader(digitsFile))
	if err != nil {
		return nil, s.bad("%v", err)
	}
	all, shape, err := s.csv(z)
	if err != nil {
		return nil, err
	}
	n := shape[0]
	images, labels := make([]float64, 0, n*pixels), make([]float64, 0, n)
	for at := 0; at < len(all); at += pixels + 1 {
		images, labels = append(images, all[at:at+pixels]...), append(labels, all[at+pixels])
	}
	if dataset == "labels" {
		return newArray(s.name, labels, []int{n})
	}
	return newArray(s.name, images, []int{n, side, side})
}
