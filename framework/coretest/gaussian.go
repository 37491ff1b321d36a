package coretest

import (
	"errors"
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Gaussian is the model of normal variables with any mean and covariance,
//
//	x = mu + L z,   z_j ~ N(0, 1),   L lower triangular, L_jj = exp(s_j) > 0,
//	ln p(x) = sum_j [ -z_j^2/2 - ln(2 pi)/2 - s_j ],   z = L^-1 (x - mu),
//
// with every power. With y = L^-T z its derivatives are
//
//	d ln p/dx = -y,   d ln p/d mu = y,   d ln p/dL_jk = y_j z_k - delta_jk/L_jj   (k <= j).
//
// theta is mu, s, and the rows of L below its diagonal. With isotropic it is
// one number s, mu = 0 and L = e^s 1, and p has every symmetry there is.
func Gaussian() core.Part {
	type config struct {
		Scale     float64 `key:"scale" above:"0" help:"starting parameters are uniform in [-scale, scale)"`
		Isotropic bool    `key:"isotropic" help:"zero mean and one width for all components"`
	}
	m := core.Manifest{Kind: core.KindModel, Name: "gaussian", Version: "1", Summary: "normal variables",
		Spaces: []core.SpaceKind{core.Field, core.Particles}, Powers: gaussianPowers, Params: core.SchemaOf(config{Scale: 0.5})}
	return core.Part{Manifest: m, NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
		var c config
		core.Decode(s, &c)
		if !space.Continuous() {
			return nil, core.Errorf(core.Mismatch, "open model", "gaussian", "it needs real numbers, the energy has %v", space)
		}
		return newGaussian(space, c.Scale, c.Isotropic), nil
	}}
}

var gaussianPowers = []core.Power{core.PowerPath, core.PowerSlope, core.PowerMap, core.PowerMapGradient, core.PowerVelocity}

type gaussian struct {
	space     core.Space
	scale     float64
	isotropic bool

	d      int
	mu     []float64
	l      []float64 // L, d x d, row-major
	logDet float64   // sum_j s_j

	drawn uint64
	noise []float64 // z of the batch drawn last, nil if parameters were loaded since
	first int       // number of the first of them
}

var (
	_ core.Model         = (*gaussian)(nil)
	_ core.PathPuller    = (*gaussian)(nil)
	_ core.ModelSloper   = (*gaussian)(nil)
	_ core.Mapper        = (*gaussian)(nil)
	_ core.MapGradienter = (*gaussian)(nil)
	_ core.VelocityField = (*gaussian)(nil)
)

func newGaussian(space core.Space, scale float64, isotropic bool) *gaussian {
	d := space.Size()
	return &gaussian{space: space, scale: scale, isotropic: isotropic, d: d, mu: make([]float64, d), l: make([]float64, d*d)}
}

func (m *gaussian) Spec() core.ModelSpec {
	spec := core.ModelSpec{Space: m.space, Powers: gaussianPowers}
	if !m.isotropic {
		spec.Blocks = []core.Block{{Name: "mean", Shape: []int{m.d}}, {Name: "log_diagonal", Shape: []int{m.d}},
			{Name: "below_diagonal", Shape: []int{m.d * (m.d - 1) / 2}}}
		spec.Parameters = m.d * (m.d + 3) / 2
		return spec
	}
	spec.Blocks, spec.Parameters = []core.Block{{Name: "log_width"}}, 1
	spec.Symmetries = []core.Symmetry{core.Z2}
	switch {
	case m.space.Kind == core.Particles:
		spec.Symmetries = append(spec.Symmetries, core.Permutation, core.Rotation)
	case m.space.Periodic:
		spec.Symmetries = append(spec.Symmetries, core.Translation, core.Reflection)
	}
	return spec
}

func (m *gaussian) Init(theta []float64, seed uint64) error {
	r := rand.New(rand.NewPCG(core.Derive(seed, 1), core.Derive(seed, 2)))
	for k := range theta {
		theta[k] = m.scale * (2*r.Float64() - 1)
	}
	return nil
}

func (m *gaussian) Load(theta []float64) error {
	d := m.d
	m.logDet, m.noise = 0, nil
	if m.isotropic {
		for j := range d {
			m.l[j*d+j] = math.Exp(theta[0])
		}
		m.logDet = float64(d) * theta[0]
		return nil
	}
	copy(m.mu, theta)
	below := theta[2*d:]
	for j, s := range theta[d : 2*d] {
		m.l[j*d+j] = math.Exp(s)
		m.logDet += s
		below = below[copy(m.l[j*d:j*d+j], below):]
	}
	return nil
}

func (m *gaussian) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, m.d)
	m.drawn++
	dst.ID = m.drawn
	z := make([]float64, n*m.d)
	var source rand.PCG
	for i := range n {
		core.SeedStream(&source, seed, uint64(dst.From+i))
		r := rand.New(&source)
		for j := range m.d {
			z[i*m.d+j] = r.NormFloat64()
		}
	}
	m.noise, m.first = z, dst.From
	if err := m.Map(dst.X, dst.LogP, z); err != nil {
		return err
	}
	m.toLogP(dst.LogP, z)
	return nil
}

func (m *gaussian) LogProb(dst []float64, x []float64) error {
	z := make([]float64, len(x))
	if err := m.Inverse(z, dst, x); err != nil {
		return err
	}
	m.toLogP(dst, z)
	return nil
}

// toLogP turns ln|det dx/dz| at z into ln p.
func (m *gaussian) toLogP(v, z []float64) {
	for i, lnDet := range v {
		v[i] = logNormal(z[i*m.d:(i+1)*m.d]) - lnDet
	}
}

// logNormal is the log-density of independent standard normal variables.
func logNormal(z []float64) float64 {
	sum := -float64(len(z)) / 2 * math.Log(2*math.Pi)
	for _, v := range z {
		sum -= v * v / 2
	}
	return sum
}

// Pull is PathPull with the cotangent w_i y_i of x_i, which at fixed x is that
// of mu + L z, and w_i of ln p.
func (m *gaussian) Pull(grad []float64, b *core.Batch, w []float64) error {
	y, z := make([]float64, len(b.X)), make([]float64, len(b.X))
	m.solve(y, z, b.X)
	for k := range y {
		y[k] *= w[k/m.d]
	}
	m.pull(grad, b, z, y, w)
	return nil
}

// MapGradient has the cotangent of ln|det dx/dz| = const - ln p.
func (m *gaussian) MapGradient(grad []float64, b *core.Batch, xbar, lbar []float64) error {
	w := make([]float64, len(lbar))
	for i, v := range lbar {
		w[i] = -v
	}
	m.pull(grad, b, core.Z.Of(b), xbar, w)
	return nil
}

func (m *gaussian) PathPull(grad []float64, b *core.Batch, xbar, lbar []float64) error {
	if b.ID == 0 || b.ID != m.drawn || m.noise == nil {
		return &core.Error{Kind: core.Invalid, Op: "path_pull", Subject: "gaussian",
			Err: errors.New("the batch is not the last one drawn with these parameters"), Hint: "draw again"}
	}
	from := 0
	if b.Total > 0 {
		from = b.From - m.first
	}
	m.pull(grad, b, m.noise[from*m.d:][:b.N*m.d], xbar, lbar)
	return nil
}

// pull adds up, over the batch, what a cotangent of x = mu + L z and one of
// ln p = const - sum_j ln L_jj give at fixed z, and carries it on to theta.
func (m *gaussian) pull(grad []float64, b *core.Batch, z, xbar, lbar []float64) {
	d := m.d
	b.Sum(grad, func(sum []float64, from, to int) {
		m.pullSome(sum, z[from*d:to*d], xbar[from*d:to*d], lbar[from:to])
	})
}

// pullSome is pull of configurations in order.
func (m *gaussian) pullSome(grad, z, xbar, lbar []float64) {
	d := m.d
	mu, l := make([]float64, d), make([]float64, d*d)
	for i, w := range lbar {
		for j, a := range xbar[i*d : (i+1)*d] {
			mu[j] += a
			for k := range j + 1 {
				l[j*d+k] += a * z[i*d+k]
			}
			l[j*d+j] -= w / m.l[j*d+j]
		}
	}
	clear(grad)
	if m.isotropic {
		for j := range d {
			grad[0] += l[j*d+j] * m.l[j*d+j]
		}
		return
	}
	copy(grad, mu)
	below := 2 * d
	for j := range d {
		grad[d+j] = l[j*d+j] * m.l[j*d+j]
		below += copy(grad[below:], l[j*d:j*d+j])
	}
}

func (m *gaussian) Slope(slope, logP, x []float64) error {
	z := make([]float64, len(x))
	m.solve(slope, z, x)
	for k := range slope {
		slope[k] = -slope[k]
	}
	return m.LogProb(logP, x)
}

func (m *gaussian) Map(x, lnDet, z []float64) error {
	d := m.d
	for i := range lnDet {
		lnDet[i] = m.logDet
		for j := range d {
			x[i*d+j] = m.mu[j]
			for k := range j + 1 {
				x[i*d+j] += m.l[j*d+k] * z[i*d+k]
			}
		}
	}
	return nil
}

func (m *gaussian) Inverse(z, lnDet, x []float64) error {
	d := m.d
	for i := range lnDet {
		lnDet[i] = m.logDet
		for j := range d {
			rest := x[i*d+j] - m.mu[j]
			for k := range j {
				rest -= m.l[j*d+k] * z[i*d+k]
			}
			z[i*d+j] = rest / m.l[j*d+j]
		}
	}
	return nil
}

// MapPull has nothing from lbar: the determinant is the same everywhere.
func (m *gaussian) MapPull(zbar, _, xbar, lbar []float64) error {
	d := m.d
	clear(zbar)
	for i := range lbar {
		for j := range d {
			for k := range j + 1 {
				zbar[i*d+k] += m.l[j*d+k] * xbar[i*d+j]
			}
		}
	}
	return nil
}

// solve writes z = L^-1 (x - mu) and y = L^-T z.
func (m *gaussian) solve(y, z, x []float64) {
	d := m.d
	m.Inverse(z, make([]float64, len(x)/d), x)
	for i := 0; i < len(x); i += d {
		for k := d - 1; k >= 0; k-- {
			rest := z[i+k]
			for j := k + 1; j < d; j++ {
				rest -= m.l[j*d+k] * y[i+j]
			}
			y[i+k] = rest / m.l[k*d+k]
		}
	}
}
