// Each kernel does one part of the eight after the other: a pointer is to the first number of
// its part, and element i of what it points to stands 8 i numbers on.

INLINE lane get(const double *x, long i) { return *(const lane *)(x + 8 * i); }

INLINE void put(double *x, long i, lane y) { *(lane *)(x + 8 * i) = y; }

#define EACH_PART for (long part = 0; part < 8; part += LANES)

// x from the part on, null if x is.
INLINE double *from_part(const double *x, long part) { return x ? (double *)x + part : 0; }

typedef int64_t bits __attribute__((vector_size(LANES * 8), aligned(8)));
#define SELECT(mask, a, b) ((lane)(((mask) & (bits)(a)) | (~(mask) & (bits)(b))))
