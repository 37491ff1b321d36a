package coretest

import "github.com/helmholtz-physics/helmholtz/framework/core"

// The velocity of the model Gaussian along straight lines from z to x = mu + L z:
//
//	x_t = A z + t mu,   A = (1 - t) 1 + t L,
//	v(x, t) = mu + (L - 1) y,   y = A^-1 (x - t mu).
//
// With u = vbar - t A^-T (L - 1)^T vbar its derivatives are those of
//
//	vbar . dv/d mu = u,   vbar . dv/dL_jk = u_j y_k   (k <= j).

// straight is A at a time, by its rows.
func (m *gaussian) straight(j, k int, t float64) float64 {
	a := t * m.l[j*m.d+k]
	if j == k {
		a += 1 - t
	}
	return a
}

// less is (L - 1)_jk.
func (m *gaussian) less(j, k int) float64 {
	if j == k {
		return m.l[j*m.d+k] - 1
	}
	return m.l[j*m.d+k]
}

// start writes y, where the line through x at time t began.
func (m *gaussian) start(y, x []float64, t float64) {
	for j := range y {
		y[j] = x[j] - t*m.mu[j]
		for k := range j {
			y[j] -= m.straight(j, k, t) * y[k]
		}
		y[j] /= m.straight(j, j, t)
	}
}

func (m *gaussian) Velocity(v, x, t []float64) error {
	d, y := m.d, make([]float64, m.d)
	for i := range t {
		m.start(y, x[i*d:(i+1)*d], t[i])
		for j := range d {
			v[i*d+j] = m.mu[j]
			for k := range j + 1 {
				v[i*d+j] += m.less(j, k) * y[k]
			}
		}
	}
	return nil
}

func (m *gaussian) VelocityPull(grad []float64, b *core.Batch, vbar []float64) error {
	b.Sum(grad, func(sum []float64, from, to int) { m.velocityPull(sum, b.X, core.Time.Of(b), vbar, from, to) })
	return nil
}

func (m *gaussian) velocityPull(grad, x, t, vbar []float64, from, to int) {
	d := m.d
	y, u := make([]float64, d), make([]float64, d)
	for i := from; i < to; i++ {
		bar := vbar[i*d : (i+1)*d]
		m.start(y, x[i*d:(i+1)*d], t[i])
		for j := d - 1; j >= 0; j-- { // A^-T (L - 1)^T vbar
			u[j] = 0
			for k := j; k < d; k++ {
				u[j] += m.less(k, j) * bar[k]
				if k > j {
					u[j] -= m.straight(k, j, t[i]) * u[k]
				}
			}
			u[j] /= m.straight(j, j, t[i])
		}
		for j := range u {
			u[j] = bar[j] - t[i]*u[j]
		}
		m.gradient(grad, u, y)
	}
}

// gradient adds that of parameters for which d/d mu = u and d/dL_jk = u_j y_k.
func (m *gaussian) gradient(grad, u, y []float64) {
	d := m.d
	if m.isotropic {
		for j := range d {
			grad[0] += u[j] * y[j] * m.l[j*d+j]
		}
		return
	}
	below := grad[2*d:]
	for j := range d {
		grad[j] += u[j]
		grad[d+j] += u[j] * y[j] * m.l[j*d+j]
		for k := range j {
			below[k] += u[j] * y[k]
		}
		below = below[j:]
	}
}
