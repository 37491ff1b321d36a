//go:build cgo && !purego

package tensor

/*
#cgo pkg-config: openblas
#cgo noescape cblas_dgemm
#cgo nocallback cblas_dgemm
#include <cblas.h>

// One thread per call. OpenBLAS has started its own threads by now, which would
// spin for some tenths of a second before they sleep: end them, where the
// library is built with such threads.
int blas_thread_shutdown_(void) __attribute__((weak));
static void single_thread(void) {
	openblas_set_num_threads(1);
	if (blas_thread_shutdown_) blas_thread_shutdown_();
}
*/
import "C"

func init() { C.single_thread() }

func gemm(transA, transB bool, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	C.cblas_dgemm(C.CblasRowMajor, cblasTrans(transA), cblasTrans(transB), C.blasint(m), C.blasint(n), C.blasint(k),
		C.double(alpha), (*C.double)(&a[0]), C.blasint(lda), (*C.double)(&b[0]), C.blasint(ldb),
		C.double(beta), (*C.double)(&c[0]), C.blasint(ldc))
}

func cblasTrans(t bool) C.enum_CBLAS_TRANSPOSE {
	if t {
		return C.CblasTrans
	}
	return C.CblasNoTrans
}
