//go:build !cgo || purego

package tensor

import "math"

func prelu(y, x []float64, rows, cols, ld int, slope []float64) {
	for r := range rows {
		a := slope[r%len(slope)]
		for j := r * ld; j < r*ld+cols; j++ {
			y[j] = max(x[j], 0) + a*min(x[j], 0)
		}
	}
}

func preluBackward(set bool, dx, dslope, dy, x []float64, rows, cols, ld int, slope []float64) {
	for r := range rows {
		a, sum := slope[r%len(slope)], 0.0
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

func addRowSums(dst, y []float64, rows, cols, ld int) {
	for r := range rows {
		sum := 0.0
		for _, v := range y[r*ld : r*ld+cols] {
			sum += v
		}
		dst[r%len(dst)] += sum
	}
}

func axpy(alpha float64, x, y []float64) {
	for i := range y {
		y[i] += alpha * x[i]
	}
}

func add(dst, a, b []float64) {
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

func gelu(y, x []float64) {
	for i, v := range x[:len(y)] {
		y[i] = v / (1 + math.Exp(-geluSlope*(v+geluCube*v*v*v)))
	}
}

func geluBackward(set bool, dx, dy, x []float64) {
	for i, v := range x[:len(dx)] {
		if set {
			dx[i] = 0
		}
		p := 1 / (1 + math.Exp(-geluSlope*(v+geluCube*v*v*v)))
		dx[i] += dy[i] * (p + v*p*(1-p)*geluSlope*(1+3*geluCube*v*v))
	}
}

func sigmoid(p, a []float64) {
	for i := range p {
		p[i] = 1 / (1 + math.Exp(-a[i]))
	}
}

func logSigmoid(lp, a, s []float64, rows int) {
	n := len(lp)
	for r := range rows {
		for j := range n {
			z := s[r*n+j] * a[r*n+j]
			lp[j] += min(z, 0) - math.Log1p(math.Exp(-math.Abs(z)))
		}
	}
}

func logSigmoidBackward(da, a, s, w []float64, rows int) {
	n := len(w)
	for r := range rows {
		for j := range n {
			i := r*n + j
			da[i] = w[j] * s[i] / (1 + math.Exp(s[i]*a[i]))
		}
	}
}

func fillRows(y []float64, rows, cols, ld int, v []float64) {
	for r := range rows {
		row, a := y[r*ld:r*ld+cols], v[r%len(v)]
		for j := range row {
			row[j] = a
		}
	}
}

func reflect(y, x []float64, rows, cols, ld int, v []float64) {
	for r := range rows {
		twice := 2 * v[r%len(v)]
		for j := r * ld; j < r*ld+cols; j++ {
			y[j] = twice - x[j]
		}
	}
}

func transpose(y []float64, ldy int, x []float64, rows, cols, ldx int) {
	for r := range rows {
		for j, v := range x[r*ldx : r*ldx+cols] {
			y[j*ldy+r] = v
		}
	}
}
