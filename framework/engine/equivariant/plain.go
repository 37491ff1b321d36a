package equivariant

import "math"

// plain is the map of one configuration, in loops over particles: what the
// kernels compute for eight of them. Blocks of a particle are row-major.
type plain[T number] struct {
	*Map
	p        weights
	kappa, l []float64 // k_a; l has one element

	half       []T // angles k_a x_ia/2
	f          []T // f_ij, features of each ordered pair
	q, t       []T // q_ij and s'(q_ij), pair width of each ordered pair
	m, g       []T // m_i, and 1/N sum_j g_ij
	h, tp      []T // h_i, s'(p_i)
	mean       []T // 1/N sum_k h_k
	sa, ta     []T // s(a_i), s'(a_i)
	u, a, b, c []T // U_i, A_i, B_i, C_i: d rows each
	aw         []T // A_i W/N
	s          []T // S_i, width x d
}

func newPlain[T number](m *Map) *plain[T] {
	n, d, f, w, g, classes := m.Particles, m.Dim, m.features(), m.Width, m.PairWidth, m.classes()
	r := &plain[T]{Map: m, l: []float64{m.Length()}}
	for _, edge := range m.Box {
		r.kappa = append(r.kappa, 2*math.Pi/edge)
	}
	for _, s := range []struct {
		to   *[]T
		size int
	}{
		{&r.half, n * d}, {&r.f, n * n * f}, {&r.q, n * n * g}, {&r.t, n * n * g}, {&r.m, n * classes * f}, {&r.g, n * classes * g},
		{&r.h, n * w}, {&r.tp, n * w}, {&r.mean, w}, {&r.sa, n * w}, {&r.ta, n * w},
		{&r.u, n * d * w}, {&r.a, n * d * w}, {&r.b, n * d * w}, {&r.c, n * d * classes * g}, {&r.aw, n * d * classes * f}, {&r.s, n * w * d},
	} {
		*s.to = make([]T, s.size)
	}
	return r
}

// row is row i of rows of length n.
func row[T any](x []T, i, n int) []T { return x[i*n : (i+1)*n : (i+1)*n] }

// slopes writes f' of an ordered pair: for each a, the derivatives of the cosine,
// the sine and the distance in r_a, all others being zero.
func (p *plain[T]) slopes(df [][3]T, i, j int) {
	f, d := p.pair(p.f, i, j), p.Dim
	inverse := f[2*d]
	inverse = compose(inverse, 1/inverse[0], -1/(inverse[0]*inverse[0]), 2/(inverse[0]*inverse[0]*inverse[0]))
	for a, k := range p.kappa {
		var x [3]T
		add(&x[0], -k, f[d+a])
		add(&x[1], k, f[a])
		add(&x[2], k/4, times(f[d+a], inverse))
		df[a] = x
	}
}

// pair is the row of an ordered pair.
func (p *plain[T]) pair(x []T, i, j int) []T {
	return row(x, i*p.Particles+j, len(x)/(p.Particles*p.Particles))
}

// ofElectrons and ofPairs are the rows of W and V for unit u and a class of pairs.
func (p *plain[T]) ofElectrons(w []float64, u, class int) []float64 {
	return row(w, u*p.classes()+class, p.features())
}

func (p *plain[T]) ofPairs(v []float64, u, class int) []float64 {
	return row(v, class*p.PairWidth+u, p.features())
}

// through is column a of weights times f': W f'_a, w the row of a unit.
func (p *plain[T]) through(w []float64, a int, df [3]T) (r T) {
	add(&r, w[a], df[0])
	add(&r, w[p.Dim+a], df[1])
	add(&r, w[2*p.Dim], df[2])
	return r
}

// forward writes z and dz/dx.
func (p *plain[T]) forward(z, jac, x []T, theta []float64) {
	p.p = p.weights(theta)
	p.features1(x)
	p.electrons()
	copy(z, x)
	for i := range p.Particles {
		for a := range p.Dim {
			for u, o := range row(p.p.o, a, p.Width) {
				add(&z[i*p.Dim+a], p.l[0]*o, p.h[i*p.Width+u])
				add(&z[i*p.Dim+a], p.l[0]*o, p.sa[i*p.Width+u])
			}
		}
	}
	p.collapse()
	p.sums()
	p.jacobian(jac)
}

// features1 fills in f, q, t and their means.
func (p *plain[T]) features1(x []T) {
	n, d := p.Particles, p.Dim
	for i, v := range x {
		var half T
		add(&half, p.kappa[i%d]/2, v)
		p.half[i] = half
	}
	clear(p.m)
	clear(p.g)
	for i := range n {
		for j := range n {
			if i == j {
				continue
			}
			f, class := p.pair(p.f, i, j), p.class(i, j)
			at := i*p.classes() + class
			var square T
			for a := range d {
				angle := p.half[i*d+a]
				add(&angle, -1, p.half[j*d+a])
				sin, cos := math.Sincos(angle[0])
				s, c := compose(angle, sin, cos, -sin), compose(angle, cos, -sin, -cos)
				add(&square, 1, times(s, s))
				f[a] = constant[T](1)
				add(&f[a], -2, times(s, s))
				f[d+a] = times(s, c)
				add(&f[d+a], 1, f[d+a])
			}
			root := math.Sqrt(max(square[0], coincident))
			f[2*d] = compose(square, root, 0.5/root, -0.25/(root*root*root))
			for k, v := range f {
				add(&p.m[at*len(f)+k], 1/float64(n), v)
			}
			q, t := p.pair(p.q, i, j), p.pair(p.t, i, j)
			for u := range q {
				q[u] = affine(p.ofPairs(p.p.v, u, class), f, p.p.c[class*len(q)+u])
				var g T
				g, t[u] = activate(q[u])
				add(&p.g[at*len(q)+u], 1/float64(n), g)
			}
		}
	}
}

// coincident is the least square of a distance in units of the box: far below
// those that rounding leaves, so that particles at the same place divide by no
// zero.
const coincident = 1e-60

func affine[T number](w []float64, x []T, b float64) T {
	r := constant[T](b)
	for k, v := range x {
		add(&r, w[k], v)
	}
	return r
}

// electrons fills in h, a and what belongs to them.
func (p *plain[T]) electrons() {
	n, w := p.Particles, p.Width
	f, g := p.classes()*p.features(), p.classes()*p.PairWidth
	clear(p.mean)
	for i := range n {
		for u := range w {
			h, t := activate(affine(row(p.p.w, u, f), row(p.m, i, f), p.p.b[u]))
			p.h[i*w+u], p.tp[i*w+u] = h, t
			add(&p.mean[u], 1/float64(n), h)
		}
	}
	for i := range n {
		for u := range w {
			a := affine(row(p.p.w1, u, w), row(p.h, i, w), p.p.e[u])
			add(&a, 1, affine(row(p.p.w2, u, w), p.mean, 0))
			add(&a, 1, affine(row(p.p.w3, u, g), row(p.g, i, g), 0))
			p.sa[i*w+u], p.ta[i*w+u] = activate(a)
		}
	}
}

// collapse fills in U_i, A_i, B_i, C_i and A_i W/N.
func (p *plain[T]) collapse() {
	n, d, w, g, m := p.Particles, p.Dim, p.Width, p.classes()*p.PairWidth, p.classes()*p.features()
	for i := range n {
		for a := range d {
			at := i*d + a
			u, big, b, c, aw := row(p.u, at, w), row(p.a, at, w), row(p.b, at, w), row(p.c, at, g), row(p.aw, at, m)
			clear(u)
			clear(b)
			clear(c)
			clear(aw)
			for k, o := range row(p.p.o, a, w) {
				add(&u[k], p.l[0]*o, p.ta[i*w+k])
				big[k] = constant[T](p.l[0] * o)
			}
			for v, x := range u {
				for k := range w {
					add(&big[k], p.p.w1[v*w+k], x)
					add(&b[k], p.p.w2[v*w+k]/float64(n), x)
				}
				for k := range g {
					add(&c[k], p.p.w3[v*g+k]/float64(n), x)
				}
			}
			for k := range w {
				big[k] = times(big[k], p.tp[i*w+k])
				for f := range m {
					add(&aw[f], p.p.w[k*m+f]/float64(n), big[k])
				}
			}
		}
	}
}

// sums fills in S_j.
func (p *plain[T]) sums() {
	n, d, w := p.Particles, p.Dim, p.Width
	clear(p.s)
	df := make([][3]T, d)
	for i := range n {
		for j := range n {
			if i == j {
				continue
			}
			p.slopes(df, i, j)
			for u := range w {
				for a := range d {
					x := times(p.tp[i*w+u], p.through(p.ofElectrons(p.p.w, u, p.class(i, j)), a, df[a]))
					add(&p.s[(i*w+u)*d+a], 1/float64(n), x)
					add(&p.s[(j*w+u)*d+a], -1/float64(n), x)
				}
			}
		}
	}
}

// jacobian fills in dz/dx.
func (p *plain[T]) jacobian(jac []T) {
	n, d, w, g := p.Particles, p.Dim, p.Width, p.PairWidth
	size := n * d
	df := make([][3]T, d)
	clear(jac)
	for i := range n {
		for a := range d {
			jac[(i*d+a)*size+i*d+a] = constant[T](1)
		}
		for j := range n {
			if i != j {
				p.slopes(df, i, j)
			}
			for a := range d {
				r, own := row(jac, i*d+a, size)[j*d:], row(jac, i*d+a, size)[i*d:]
				for k, b := range row(p.b, i*d+a, w) {
					for c := range d {
						add(&r[c], 1, times(b, p.s[(j*w+k)*d+c]))
					}
				}
				if i == j {
					continue
				}
				class := p.class(i, j)
				at := (i*d+a)*p.classes() + class
				aw, cc, t := row(p.aw, at, p.features()), row(p.c, at, g), p.pair(p.t, i, j)
				for c := range d {
					var f T
					for k, at := range [...]int{c, d + c, 2 * d} {
						add(&f, 1, times(aw[at], df[c][k]))
					}
					for k := range g {
						add(&f, 1, times(times(cc[k], t[k]), p.through(p.ofPairs(p.p.v, k, class), c, df[c])))
					}
					add(&own[c], 1, f)
					add(&r[c], -1, f)
				}
			}
		}
	}
}
