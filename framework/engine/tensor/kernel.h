// What kernels share.

// One clone per instruction set, chosen when the program is loaded. (Names of
// processors instead of levels would match those processors only.)
#if defined(__x86_64__) && __GNUC__ >= 12 && !defined(__clang__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

// Long sums are kept as eight partial sums, element j in sum j mod 8, which fill
// a vector: the same order for every instruction set.
typedef double eight __attribute__((vector_size(64), aligned(8)));
#define SUM8(t) ((((t)[0] + (t)[4]) + ((t)[2] + (t)[6])) + (((t)[1] + (t)[5]) + ((t)[3] + (t)[7])))
