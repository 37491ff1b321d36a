//go:build !cgo || purego

package tensor

import (
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"
)

// work is the memory that a routine asks for when it is called with a length of -1.
func work(query func(work []float64, length int)) (room []float64) {
	var size [1]float64
	query(size[:], -1)
	return make([]float64, max(1, int(size[0])))
}

func gelqf(m, n int, a []float64, lda int, tau []float64) {
	run := func(w []float64, length int) { gonum.Implementation{}.Dgelqf(m, n, a, lda, tau, w, length) }
	w := work(run)
	run(w, len(w))
}

func orglq(m, n int, a []float64, lda int, tau []float64) {
	run := func(w []float64, length int) { gonum.Implementation{}.Dorglq(m, n, m, a, lda, tau, w, length) }
	w := work(run)
	run(w, len(w))
}

func gesvd(m, n int, a, s, u, vt []float64) (ok bool) {
	run := func(w []float64, length int) {
		ok = gonum.Implementation{}.Dgesvd(lapack.SVDStore, lapack.SVDStore, m, n, a, n, s, u, min(m, n), vt, n, w, length)
	}
	w := work(run)
	for _, v := range a { // which it would not end with
		if v-v != 0 {
			return false
		}
	}
	run(w, len(w))
	return ok
}
