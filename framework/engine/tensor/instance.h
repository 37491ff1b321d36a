// What kernels share. All kernels of a package are compiled once for each precision
// and instruction set: X_Y.c includes them with
//
//	SINGLE   1 for float, 0 for double
//	LEVEL    0 for any processor, 1 for AVX2, 2 for AVX-512 (the numbers of package simd)
//	IN_USE   the variable with the level that is used, of the package
//
// and the instance for any processor has the functions that Go calls, hh_NAME_f64 or
// hh_NAME_f32, which pass on to the instance in use.

#include <stdint.h>
#include <string.h>

#if LEVEL == 0
#define INSTANCE 1
#elif defined(__x86_64__) && __GNUC__ >= 12 && !defined(__clang__)
#define INSTANCE 1
#if LEVEL == 1
#pragma GCC target("arch=x86-64-v3")
#else
#pragma GCC target("arch=x86-64-v4")
#endif
#else
#define INSTANCE 0
#endif

// Selects instead of branches; cgo has no such flags.
#pragma GCC optimize("no-trapping-math", "no-thread-jumps")

// Between these, loops are unrolled and the operations of several turns interleaved: of exponentials,
// whose chains of operations are so long that the processor does not see the next one. A quarter
// of the time with AVX2.
#if defined(__clang__)
#define LONG_CHAINS
#define END_LONG_CHAINS
#else
#define LONG_CHAINS _Pragma("GCC push_options") _Pragma("GCC optimize(\"unroll-loops\", \"schedule-insns\", \"sched-pressure\")")
#define END_LONG_CHAINS _Pragma("GCC pop_options")
#endif

#define INLINE static inline __attribute__((always_inline))

#if SINGLE
#define REAL float
#define PRECISION _f32
#define SQRT __builtin_sqrtf
#else
#define REAL double
#define PRECISION _f64
#define SQRT __builtin_sqrt
#endif

#define GLUE3(a, b, c) a##b##c
#define GLUE(a, b, c) GLUE3(a, b, c)

// KERNEL(NAME, (x, n), const REAL *x, long n) begins the function hh_NAME: its
// arguments, and its parameters.
#if LEVEL == 2
#define KERNEL(f, args, ...) void GLUE(hh_##f, PRECISION, _avx512)(__VA_ARGS__)
#elif LEVEL == 1
#define KERNEL(f, args, ...) void GLUE(hh_##f, PRECISION, _avx2)(__VA_ARGS__)
#elif defined(__x86_64__) && __GNUC__ >= 12 && !defined(__clang__)
#define KERNEL(f, args, ...) \
	void GLUE(hh_##f, PRECISION, _avx512)(__VA_ARGS__); \
	void GLUE(hh_##f, PRECISION, _avx2)(__VA_ARGS__); \
	static void f##_plain(__VA_ARGS__); \
	void GLUE(hh_##f, PRECISION, )(__VA_ARGS__) { \
		if (IN_USE == 2) \
			GLUE(hh_##f, PRECISION, _avx512) args; \
		else if (IN_USE == 1) \
			GLUE(hh_##f, PRECISION, _avx2) args; \
		else \
			f##_plain args; \
	} \
	static void f##_plain(__VA_ARGS__)
#else
#define KERNEL(f, args, ...) void GLUE(hh_##f, PRECISION, )(__VA_ARGS__)
#endif

// Long sums are kept as eight partial sums, element j in sum j mod 8, which fill
// a vector: the same order for every instruction set.
typedef REAL eight __attribute__((vector_size(8 * sizeof(REAL)), aligned(sizeof(REAL))));
#define SUM8(t) ((((t)[0] + (t)[4]) + ((t)[2] + (t)[6])) + (((t)[1] + (t)[5]) + ((t)[3] + (t)[7])))
