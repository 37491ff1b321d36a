// Activations of hidden units, by the numbers of Activation. Derivatives
// are functions of the value y: softplus' = 1 - exp(-y).

enum { ELU, TANH, LEAKY_RELU, SOFTPLUS };

#define LEAK ((REAL)0.01)

INLINE REAL activation1(const long kind, REAL x) {
	switch (kind) {
	case ELU: {
		REAL low = at_most(x, 0);
		return x - low + expm1_neg(low);
	}
	case TANH: return tanh1(x);
	case LEAKY_RELU: return x > 0 ? x : LEAK * x;
	default: return (x > 0 ? x : 0) + log1p_unit(exp_low(-magnitude(x)));
	}
}

INLINE REAL slope1(const long kind, REAL y) {
	switch (kind) {
	case ELU: return 1 + (y > 0 ? 0 : y);
	case TANH: return 1 - y * y;
	case LEAKY_RELU: return y > 0 ? 1 : LEAK;
	default: return -expm1_neg(-y);
	}
}

// y = activation(y), a loop for each kind.
INLINE void activate(const long kind, REAL *restrict y, long n) {
	for (long i = 0; i < n; i++) y[i] = activation1(kind, y[i]);
}

// dy *= activation', for y the value of the activation.
INLINE void activate_backward(const long kind, REAL *restrict dy, const REAL *restrict y, long n) {
	for (long i = 0; i < n; i++) dy[i] *= slope1(kind, y[i]);
}

#define EACH_KIND(f, ...) \
	switch (kind) { \
	case ELU: f(ELU, __VA_ARGS__); break; \
	case TANH: f(TANH, __VA_ARGS__); break; \
	case LEAKY_RELU: f(LEAKY_RELU, __VA_ARGS__); break; \
	default: f(SOFTPLUS, __VA_ARGS__); \
	}
