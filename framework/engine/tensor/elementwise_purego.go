//go:build !cgo || purego

package tensor

import "math"

// logistic is 1/(1 + exp(-z)).
func logistic[T Real](z T) T { return T(1 / (1 + math.Exp(-float64(z)))) }

func prelu[T Real](y, x []T, rows, cols, ld int, slope []T) {
	for r := range rows {
		a := slope[r%len(slope)]
		for j := r * ld; j < r*ld+cols; j++ {
			y[j] = max(x[j], 0) + a*min(x[j], 0)
		}
	}
}

func preluBackward[T Real](set bool, dx, dslope, dy, x []T, rows, cols, ld int, slope []T) {
	for r := range rows {
		a, sum := slope[r%len(slope)], T(0)
		if set {
			clear(dx[r*ld : r*ld+cols])
		}
		for j := r * ld; j < r*ld+cols; j++ {
			if x[j] > 0 {
				dx[j] += dy[j]
			} else {
				dx[j] += a * dy[j]
				sum += dy[j] * x[j]
			}
		}
		dslope[r%len(slope)] += sum
	}
}

func addRowSums[T Real](dst, y []T, rows, cols, ld int) {
	for r := range rows {
		sum := T(0)
		for _, v := range y[r*ld : r*ld+cols] {
			sum += v
		}
		dst[r%len(dst)] += sum
	}
}

func axpy[T Real](alpha T, x, y []T) {
	for i := range y {
		y[i] += alpha * x[i]
	}
}

func add[T Real](dst, a, b []T) {
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

func gelu[T Real](y, x []T) {
	for i, v := range x[:len(y)] {
		y[i] = v * logistic(geluSlope*(v+geluCube*v*v*v))
	}
}

func geluBackward[T Real](set bool, dx, dy, x []T) {
	for i, v := range x[:len(dx)] {
		if set {
			dx[i] = 0
		}
		p := logistic(geluSlope * (v + geluCube*v*v*v))
		dx[i] += dy[i] * (p + v*p*(1-p)*geluSlope*(1+3*geluCube*v*v))
	}
}

func sigmoid[T Real](p []float64, a []T) {
	for i := range p {
		p[i] = 1 / (1 + math.Exp(-float64(a[i])))
	}
}

func logSigmoid[T Real](lp []float64, a, s []T, rows int) {
	n := len(lp)
	for r := range rows {
		for j := range n {
			z := float64(s[r*n+j]) * float64(a[r*n+j])
			lp[j] += min(z, 0) - math.Log1p(math.Exp(-math.Abs(z)))
		}
	}
}

func logSigmoidBackward[T Real](da, a, s []T, w []float64, rows int) {
	n := len(w)
	for r := range rows {
		for j := range n {
			i := r*n + j
			da[i] = T(w[j]) * s[i] * logistic(-s[i]*a[i])
		}
	}
}

func fillRows[T Real](y []T, rows, cols, ld int, v []T) {
	for r := range rows {
		row, a := y[r*ld:r*ld+cols], v[r%len(v)]
		for j := range row {
			row[j] = a
		}
	}
}

func reflect[T Real](y, x []T, rows, cols, ld int, v []T) {
	for r := range rows {
		twice := 2 * v[r%len(v)]
		for j := r * ld; j < r*ld+cols; j++ {
			y[j] = twice - x[j]
		}
	}
}

func transpose[T Real](y []T, ldy int, x []T, rows, cols, ldx int) {
	for r := range rows {
		for j, v := range x[r*ldx : r*ldx+cols] {
			y[j*ldy+r] = v
		}
	}
}
