//go:build cgo && !purego

package tensor

/*
#cgo pkg-config: openblas
#cgo noescape cblas_dgemm
#cgo nocallback cblas_dgemm
#cgo noescape cblas_sgemm
#cgo nocallback cblas_sgemm
#include <cblas.h>
#include <stdlib.h>
#include <string.h>

// The library's kernels are those of the level, not of the library's own choice: it may be
// older than the processor and then takes those for the oldest, 4 times slower, and the
// ranks of a run, or a run and its continuation, may be on different processors. Where no
// level is known but that for any processor, only the first is corrected. What the user
// names in OPENBLAS_CORETYPE stays.
void openblas_read_env(void) __attribute__((weak));
void gotoblas_dynamic_init(void) __attribute__((weak));
void gotoblas_dynamic_quit(void) __attribute__((weak));
static void choose_kernels(long level, long best) {
#ifdef __x86_64__
	static int users = -1;
	if (users < 0) users = getenv("OPENBLAS_CORETYPE") != 0;
	if (users || !openblas_read_env || !gotoblas_dynamic_init || !gotoblas_dynamic_quit) return;
	const char *name = level == 2 ? "SkylakeX" : level == 1 ? "Haswell" : best > 0 ? "Prescott" : 0;
	if (!name && !strcmp(openblas_get_corename(), "Prescott")) {
		if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
			name = "SkylakeX";
		else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
			name = "Haswell";
	}
	if (!name || !strcmp(openblas_get_corename(), name)) return;
	setenv("OPENBLAS_CORETYPE", name, 1);
	openblas_read_env();
	gotoblas_dynamic_quit();
	gotoblas_dynamic_init();
#endif
}

// sgemm fetches ahead in the memory that the library packs matrices into. Where nobody has
// written to that memory yet, it waits for pages that do not exist, and runs at a third of its
// speed (OpenBLAS 0.3.21 on a Zen processor, matrices below some 512 x 512): write to the
// first MiB of what each thread will get.
void *blas_memory_alloc(int) __attribute__((weak));
void blas_memory_free(void *) __attribute__((weak));
static void touch_memory(long threads) {
	void *all[64];
	if (!blas_memory_alloc || !blas_memory_free) return;
	if (threads > 64) threads = 64;
	for (long i = 0; i < threads; i++) {
		all[i] = blas_memory_alloc(0);
		for (long at = 0; all[i] && at < 1 << 20; at += 4096) ((volatile char *)all[i])[at] = 0;
	}
	for (long i = 0; i < threads; i++)
		if (all[i]) blas_memory_free(all[i]);
}

// One thread per call. OpenBLAS has started its own threads by now, which would
// spin for some tenths of a second before they sleep: end them, where the
// library is built with such threads.
int blas_thread_shutdown_(void) __attribute__((weak));
static void use_blas(long level, long best, long threads) {
	choose_kernels(level, best);
	openblas_set_num_threads(1);
	if (blas_thread_shutdown_) blas_thread_shutdown_();
	touch_memory(threads);
}
*/
import "C"

import (
	"runtime"

	"github.com/helmholtz-physics/helmholtz/framework/engine/simd"
)

func init() {
	simd.Follow(func(l simd.Level) { C.use_blas(C.long(l), C.long(simd.Best()), C.long(runtime.NumCPU())) })
}

func gemm[T Real](transA, transB bool, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	if single[T]() {
		C.cblas_sgemm(C.CblasRowMajor, cblasTrans(transA), cblasTrans(transB), C.blasint(m), C.blasint(n), C.blasint(k),
			C.float(alpha), f32(a), C.blasint(lda), f32(b), C.blasint(ldb), C.float(beta), f32(c), C.blasint(ldc))
	} else {
		C.cblas_dgemm(C.CblasRowMajor, cblasTrans(transA), cblasTrans(transB), C.blasint(m), C.blasint(n), C.blasint(k),
			C.double(alpha), f64(a), C.blasint(lda), f64(b), C.blasint(ldb), C.double(beta), f64(c), C.blasint(ldc))
	}
}

func cblasTrans(t bool) C.enum_CBLAS_TRANSPOSE {
	if t {
		return C.CblasTrans
	}
	return C.CblasNoTrans
}
