package tensor

// PReLU writes y = max(x, 0) + slope min(x, 0) for a rows x cols matrix; row r
// uses slope[r mod len(slope)]. ld is the row stride of both x and y.
func PReLU[T Real](y, x []T, rows, cols, ld int, slope []T) {
	need("PReLU: y", y, rows, cols, ld)
	need("PReLU: x", x, rows, cols, ld)
	if rows > 0 && cols > 0 {
		prelu(y, x, rows, cols, ld, slope)
	}
}

// PReLUBackward adds dy * (1 where x > 0, slope elsewhere) to dx, or sets dx to
// it, and adds sum_j dy_rj min(x_rj, 0) to dslope[r mod len(slope)], rows in
// order.
func PReLUBackward[T Real](set bool, dx, dslope, dy, x []T, rows, cols, ld int, slope []T) {
	need("PReLUBackward: dx", dx, rows, cols, ld)
	need("PReLUBackward: dslope", dslope, 1, len(slope), len(slope))
	need("PReLUBackward: dy", dy, rows, cols, ld)
	need("PReLUBackward: x", x, rows, cols, ld)
	if rows > 0 && cols > 0 {
		preluBackward(set, dx, dslope, dy, x, rows, cols, ld, slope)
	}
}

// FillRows sets row r of a rows x cols matrix to v[r mod len(v)].
func FillRows[T Real](y []T, rows, cols, ld int, v []T) {
	need("FillRows", y, rows, cols, ld)
	if rows > 0 && cols > 0 {
		fillRows(y, rows, cols, ld, v)
	}
}

// Reflect writes y = 2 v - x with v[r mod len(v)] in row r of a rows x cols
// matrix. ld is the row stride of both x and y.
func Reflect[T Real](y, x []T, rows, cols, ld int, v []T) {
	need("Reflect: y", y, rows, cols, ld)
	need("Reflect: x", x, rows, cols, ld)
	if rows > 0 && cols > 0 {
		reflect(y, x, rows, cols, ld, v)
	}
}

// Transpose writes the cols x rows matrix y = x^T of a rows x cols matrix. It
// is fastest for some tens of rows, whose lines the cache holds together.
func Transpose[T Real](y []T, ldy int, x []T, rows, cols, ldx int) {
	need("Transpose: x", x, rows, cols, ldx)
	need("Transpose: y", y, cols, rows, ldy)
	if rows > 0 && cols > 0 {
		transpose(y, ldy, x, rows, cols, ldx)
	}
}

// AddRowSums adds the sum of row r to dst[r mod len(dst)], rows in order.
func AddRowSums[T Real](dst, y []T, rows, cols, ld int) {
	need("AddRowSums", y, rows, cols, ld)
	if rows > 0 && cols > 0 {
		addRowSums(dst, y, rows, cols, ld)
	}
}

// Axpy adds alpha x to y, len(y) elements.
func Axpy[T Real](alpha T, x, y []T) {
	need("Axpy", x, 1, len(y), len(y))
	if len(y) > 0 {
		axpy(alpha, x, y)
	}
}

// Add writes a + b to dst, len(dst) elements. dst may be a or b.
func Add[T Real](dst, a, b []T) {
	need("Add: a", a, 1, len(dst), len(dst))
	need("Add: b", b, 1, len(dst), len(dst))
	if len(dst) > 0 {
		add(dst, a, b)
	}
}

// GELU writes y = x sigmoid(2 u), u = sqrt(2/pi) (x + 0.044715 x^3): the Gaussian
// error linear unit in its form with a hyperbolic tangent (Hendrycks and Gimpel,
// arXiv:1606.08415).
func GELU[T Real](y, x []T) {
	need("GELU", x, 1, len(y), len(y))
	if len(y) > 0 {
		gelu(y, x)
	}
}

// GELUBackward adds dy times the derivative at x to dx, or sets dx to it.
func GELUBackward[T Real](set bool, dx, dy, x []T) {
	need("GELUBackward: dy", dy, 1, len(dx), len(dx))
	need("GELUBackward: x", x, 1, len(dx), len(dx))
	if len(dx) > 0 {
		geluBackward(set, dx, dy, x)
	}
}

const (
	geluSlope = 1.5957691216057308 // 2 sqrt(2/pi)
	geluCube  = 0.044715
)

// Sigmoid writes p = 1 / (1 + exp(-a)), computed in float64.
func Sigmoid[T Real](p []float64, a []T) {
	need("Sigmoid", a, 1, len(p), len(p))
	if len(p) > 0 {
		sigmoid(p, a)
	}
}

// LogSigmoid adds ln sigmoid(s_rj a_rj), computed in float64, over the rows r, in order,
// to lp_j.
// a and s are len(lp) columns wide and contiguous.
func LogSigmoid[T Real](lp []float64, a, s []T) {
	need("LogSigmoid", s, 1, len(a), len(a))
	if len(a) > 0 {
		logSigmoid(lp, a, s, len(a)/len(lp))
	}
}

// LogSigmoidBackward writes da_rj = w_j s_rj sigmoid(-s_rj a_rj): the
// derivative of w_j times what LogSigmoid adds.
func LogSigmoidBackward[T Real](da, a, s []T, w []float64) {
	need("LogSigmoidBackward: a", a, 1, len(da), len(da))
	need("LogSigmoidBackward: s", s, 1, len(da), len(da))
	if len(da) > 0 {
		logSigmoidBackward(da, a, s, w, len(da)/len(w))
	}
}
