package equivariant

import "math"

// number is a value, or a value and its first two derivatives along a line.
type number interface{ [1]float64 | [3]float64 }

func constant[T number](x float64) (r T) {
	r[0] = x
	return r
}

// add is y += w a.
func add[T number](y *T, w float64, a T) {
	for k := range len(a) {
		(*y)[k] += w * a[k]
	}
}

func times[T number](a, b T) (r T) {
	for k := range len(a) {
		switch k {
		case 0:
			r[0] = a[0] * b[0]
		case 1:
			r[k] = a[k]*b[0] + a[0]*b[k]
		case 2:
			r[k] = a[k]*b[0] + 2*a[1%len(a)]*b[1%len(a)] + a[0]*b[k]
		}
	}
	return r
}

// compose is F(a) from F, F' and F” at a[0].
func compose[T number](a T, f, df, ddf float64) (r T) {
	for k := range len(a) {
		switch k {
		case 0:
			r[0] = f
		case 1:
			r[k] = df * a[k]
		case 2:
			r[k] = df*a[k] + ddf*a[1%len(a)]*a[1%len(a)]
		}
	}
	return r
}

// logistic returns s'(q) = 1/(1 + exp(-q)).
func logistic(q float64) float64 { return 1 / (1 + math.Exp(-q)) }

// softplus returns s(q).
func softplus(q float64) float64 { return max(q, 0) + math.Log1p(math.Exp(-math.Abs(q))) }

// activate returns s(q) and s'(q).
func activate[T number](q T) (s, t T) {
	t0 := logistic(q[0])
	t1 := t0 * (1 - t0)
	return compose(q, softplus(q[0]), t0, t1), compose(q, t0, t1, t1*(1-2*t0))
}
