//go:build !cgo || purego

package kernels

func quartic(q *Quartic, s, slope, x, _ []float64) {
	sites := q.sites()
	for c := range s {
		v := x[c*sites : (c+1)*sites]
		sum := 0.0
		for i, u := range v {
			bonds, force, square := 0.0, 0.0, u*u
			for k := range q.Degree {
				d := u - v[q.Next[i*q.Degree+k]]
				bonds += d * d
				force += d + (u - v[q.Last[i*q.Degree+k]])
			}
			sum += bonds + square*(q.A+q.B*square)
			if slope != nil {
				slope[c*sites+i] = 2 * (force + u*(q.A+2*q.B*square))
			}
		}
		s[c] = sum
	}
}
