package host

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

type liarConfig struct {
	Particles bool    `key:"particles" help:"the space is of particles, else a lattice"`
	Lie       string  `key:"lie" help:"what is claimed and not true"`
	Precision float64 `key:"accuracy" help:"of the spec"`
}

var gas, sheet = core.Space{Kind: core.Particles, Shape: []int{3, 2}}, core.Space{Kind: core.Field, Shape: []int{3, 2}, Periodic: true}

// symmetries are all that a space can have.
func symmetriesOf(space core.Space) []core.Symmetry {
	if space.Kind == core.Particles {
		return []core.Symmetry{core.Z2, core.Permutation, core.Rotation}
	}
	return []core.Symmetry{core.Z2, core.Translation, core.Reflection}
}

// liarEnergy is E = s + s^2 with s = |x|^2/2, which has every symmetry, and
// dE/dx = (1 + 2s) x, but for a lie.
func liarEnergy() core.Part {
	return core.Part{
		Manifest: core.Manifest{Kind: core.KindEnergy, Name: "liar", Version: "1", Summary: "lies", Params: core.SchemaOf(liarConfig{})},
		NewEnergy: func(s core.Settings) (core.Energy, error) {
			e := &liar{space: sheet}
			core.Decode(s, &e.liarConfig)
			if e.Particles {
				e.space = gas
			}
			return e, nil
		},
	}
}

type liar struct {
	liarConfig
	space core.Space
}

func (e *liar) Spec() core.EnergySpec {
	return core.EnergySpec{Space: e.space, Units: "J", Precision: e.Precision, Symmetries: symmetriesOf(e.space), Powers: []core.Power{core.PowerSlope}}
}

func (e *liar) Eval(dst []float64, b *core.Batch) error {
	return e.Slope(make([]float64, len(b.X)), dst, b)
}

func (e *liar) Slope(slope, dst []float64, b *core.Batch) error {
	for i := range dst {
		x, g := b.X[6*i:6*i+6], slope[6*i:6*i+6]
		s := 0.0
		for _, v := range x {
			s += v * v / 2
		}
		dst[i] = s + s*s
		for j, v := range x {
			g[j] = (1 + 2*s) * v
		}
		switch e.Lie {
		case "z2":
			dst[i], g[3] = dst[i]+0.01*x[3], g[3]+0.01
		case "one site": // of the lattice, or of the axes and particles
			dst[i], g[3] = dst[i]+0.01*x[3]*x[3], g[3]+0.02*x[3]
		case "one axis":
			for _, j := range []int{0, 2, 4} {
				dst[i], g[j] = dst[i]+0.01*x[j]*x[j], g[j]+0.02*x[j]
			}
		case "force": // the sign that is easily mistaken
			for j := range g {
				g[j] = -g[j]
			}
		case "forgotten":
			copy(g, x)
		case "zero":
			clear(g)
		case "stiff": // true, but bends on a length of r/12
			dst[i] = math.Pow(s, -6)
			for j, v := range x {
				g[j] = -6 * math.Pow(s, -7) * v
			}
		case "offset": // true, but hidden behind roundings of 1e-16 * 1e12
			dst[i] += 1e12
		case "wall":
			if x[3] > 0 {
				dst[i] = math.Inf(1)
			}
		case "single":
			dst[i] = float64(float32(dst[i]))
		}
	}
	return nil
}

// With x_j = sin j, j from 1 to 6, s + s^2 is 4.00425459, and 0.01 x_3 is
// 0.01 sin 4 = -0.00756802.
func TestEnergyClaims(t *testing.T) {
	h := newHost(t, Options{})
	near := make([]float64, 12) // two configurations
	for j := range near {
		near[j] = math.Sin(float64(1 + j))
	}
	for _, c := range []struct {
		lie       string
		particles bool
		scale     float64
		precision float64
		want      string // "" is no lie
	}{
		{"", false, 1, 0, ""}, {"", true, 1, 0, ""}, {"", true, 0, 0, ""}, {"stiff", true, 0.01, 0, ""}, {"stiff", true, 10, 0, ""},
		{"", true, 1e-10, 0, ""}, {"", true, 1e10, 0, ""}, {"offset", false, 1, 0, ""},
		{"single", false, 1, 1e-3, ""},
		{"single", false, 1, 0, "its slope dE/dx along a line is"},
		{"z2", false, 1, 0, "it claims the symmetry z2, under which its energy goes from 3.99668656 to 4.01182261 "},
		{"z2", false, 1, 0.1, ""}, // within what it states
		{"one site", false, 1, 0, "it claims the symmetry translation, under which its energy goes from"},
		{"one site", true, 1, 0, "it claims the symmetry permutation, under which its energy goes from"},
		{"one axis", true, 1, 0, "it claims the symmetry rotation, under which its energy goes from"},
		{"force", true, 1, 0, "its slope dE/dx along a line is"},
		{"forgotten", false, 1, 0, "its slope dE/dx along a line is"},
		{"zero", false, 1, 0, "its slope dE/dx along a line is 0, where the difference quotient of its energy is"},
		{"wall", false, 1, 0, ""}, {"wall", false, -1, 0, ""}, // an image, or all of the batch, is forbidden
	} {
		b := &core.Batch{N: 2, X: make([]float64, 12)}
		for j := range near {
			b.X[j] = c.scale * near[j]
		}
		settings := core.Settings{"lie": c.lie, "particles": c.particles, "accuracy": c.precision}
		for _, sloped := range []bool{false, true} {
			e, err := h.OpenEnergy(external(t, h, core.KindEnergy, "liar", ""), settings)
			if err != nil {
				t.Fatal(err)
			}
			first := func() error {
				if sloped {
					return e.(core.EnergySloper).Slope(make([]float64, 12), make([]float64, 2), b)
				}
				return e.Eval(make([]float64, 2), b)
			}
			if err := first(); c.want != "" {
				wantError(t, err, core.Plugin, "check claims: energy liar: "+c.want, "(the plugin is at fault; if it computes with a relative accuracy below 1e-06, its spec has to say so as its precision)")
			} else if err != nil {
				t.Errorf("%+v: %v", c, err)
			}
			if err := first(); err != nil {
				t.Errorf("%+v: looked at again: %v", c, err)
			}
		}
	}
}

// liarModel is that of independent normal variables with mean and spread
// theta = (m, s): ln p = sum_j -z_j^2/2 - s - ln(2 pi)/2, z_j = (x_j - m) e^-s.
func liarModel() core.Part {
	return core.Part{
		Manifest: core.Manifest{Kind: core.KindModel, Name: "liar", Version: "1", Summary: "lies", Params: core.SchemaOf(liarConfig{})},
		NewModel: func(s core.Settings, space core.Space) (core.Model, error) {
			m := &liarDensity{space: space}
			core.Decode(s, &m.liarConfig)
			return m, nil
		},
	}
}

type liarDensity struct {
	liarConfig
	space core.Space
	m, s  float64
	drawn bool // and nothing was loaded since
}

func (l *liarDensity) Spec() core.ModelSpec {
	spec := core.ModelSpec{Space: l.space, Parameters: 2, Symmetries: symmetriesOf(l.space)[1:], Powers: []core.Power{core.PowerSlope, core.PowerPath}}
	if l.Lie == "z2" {
		spec.Symmetries = symmetriesOf(l.space)
	}
	return spec
}

func (l *liarDensity) Init(theta []float64, _ uint64) error {
	theta[0], theta[1] = 0.1, 0.2
	return nil
}

func (l *liarDensity) Load(theta []float64) error {
	l.m, l.s, l.drawn = theta[0], theta[1], false
	return nil
}

func (l *liarDensity) Sample(dst *core.Batch, seed uint64, n int) error {
	dst.Reset(n, 6)
	r := rand.New(rand.NewPCG(seed, 1))
	for j := range dst.X {
		dst.X[j] = l.m + math.Exp(l.s)*r.NormFloat64()
	}
	l.drawn = true
	if err := l.LogProb(dst.LogP, dst.X); l.Lie != "drawn" {
		return err
	}
	for i := range dst.LogP {
		dst.LogP[i] += math.Ln2
	}
	return nil
}

func (l *liarDensity) LogProb(dst, x []float64) error {
	return l.Slope(make([]float64, len(x)), dst, x)
}

func (l *liarDensity) Slope(slope, dst, x []float64) error {
	clear(dst)
	for j, v := range x {
		z := (v - l.m) * math.Exp(-l.s)
		dst[j/6] -= z*z/2 + l.s + math.Log(2*math.Pi)/2
		if slope[j] = -z * math.Exp(-l.s); l.Lie == "slope" {
			slope[j] = -z
		}
	}
	return nil
}

func (l *liarDensity) Pull(grad []float64, b *core.Batch, w []float64) error {
	clear(grad)
	for j, v := range b.X {
		z := (v - l.m) * math.Exp(-l.s)
		grad[0] += w[j/6] * z * math.Exp(-l.s)
		if grad[1] += w[j/6] * (z*z - 1); l.Lie == "gradient" {
			grad[1] += w[j/6]
		}
	}
	return nil
}

// PathPull refuses a draw whose parameters are not loaded any more.
func (l *liarDensity) PathPull(grad []float64, _ *core.Batch, _, _ []float64) error {
	if !l.drawn {
		return core.Errorf(core.Invalid, "path_pull", "", "draw again")
	}
	clear(grad)
	return nil
}

func TestModelClaims(t *testing.T) {
	for lie, want := range map[string]string{
		"":         "",
		"z2":       "it claims the symmetry z2, under which its ln p goes from",
		"slope":    "its slope d ln p/dx along a line is",
		"gradient": "its gradient of ln p in the parameters along a line is",
		"drawn":    "ln p of its draw 0 is",
	} {
		for _, path := range []bool{false, true} {
			h := newHost(t, Options{})
			m, err := h.OpenModel(external(t, h, core.KindModel, "liar", ""), core.Settings{"lie": lie}, sheet)
			if err != nil {
				t.Fatal(err)
			}
			theta, before, after, grad := make([]float64, 2), make([]float64, 1), make([]float64, 1), make([]float64, 2)
			var b core.Batch
			step := func() error {
				if err := m.Load(theta); err != nil {
					return err
				}
				if err := m.Sample(&b, 1, 3); err != nil {
					return err
				}
				if err := m.LogProb(before, b.X[:6]); err != nil {
					return err
				}
				if path {
					err = m.(core.PathPuller).PathPull(grad, &b, make([]float64, 18), make([]float64, 3))
				} else {
					err = m.Pull(grad, &b, []float64{1, 1, 1})
				}
				if err != nil {
					return err
				}
				return m.LogProb(after, b.X[:6])
			}
			if err := m.Init(theta, 1); err != nil {
				t.Fatal(err)
			}
			if err := step(); want != "" {
				wantError(t, err, core.Plugin, "check claims: model liar: "+want)
			} else if err != nil {
				t.Error(err)
			} else if before[0] != after[0] {
				t.Errorf("ln p was %v before the check and is %v after it: other parameters are loaded", before, after)
			}
			if err := step(); err != nil {
				t.Errorf("lie %q: looked at again: %v", lie, err)
			}
		}
	}
}

// A resumed run takes parts at their word, and built-in ones are tested.
func TestTrustedParts(t *testing.T) {
	h := newHost(t, Options{})
	b := &core.Batch{N: 1, X: []float64{1, 2, 3, 4, 5, 6}}
	e, err := h.OpenEnergy(external(t, h, core.KindEnergy, "liar", ""), core.Settings{"lie": "z2"})
	if err != nil {
		t.Fatal(err)
	}
	e.(interface{ Trust() }).Trust()
	m, err := h.OpenModel(external(t, h, core.KindModel, "liar", ""), core.Settings{"lie": "z2"}, sheet)
	if err != nil {
		t.Fatal(err)
	}
	m.(interface{ Trust() }).Trust()
	for _, err := range []error{
		e.Eval(make([]float64, 1), b), openEnergy(t, h, "liar", core.Settings{"lie": "z2"}).Eval(make([]float64, 1), b),
		m.Load([]float64{1, 0}), m.Sample(&core.Batch{}, 1, 1),
	} {
		if err != nil {
			t.Error(err)
		}
	}
}

// Claims on angles and unit vectors: E = -cos(x_0 - x_1) is the same when both turn,
// E = -n.m when both vectors do, and a slope that leads off the sphere is no mistake.
func TestClaimsOnCompactSpaces(t *testing.T) {
	each := func(size int, one func(x []float64) float64) func(dst, x []float64) error {
		return func(dst, x []float64) error {
			for i := range dst {
				dst[i] = one(x[i*size : (i+1)*size])
			}
			return nil
		}
	}
	angles := core.Space{Kind: core.Angles, Shape: []int{2}}
	sphere := core.Space{Kind: core.Sphere, Shape: []int{2, 3}}
	pair := func(x []float64) float64 { return -math.Cos(x[0] - x[1]) }
	fixed := func(x []float64) float64 { return -math.Cos(x[0]) - math.Cos(x[1]) }
	dot := func(x []float64) float64 { return -x[0]*x[3] - x[1]*x[4] - x[2]*x[5] }
	torque := func(x []float64) []float64 {
		s := math.Sin(x[0] - x[1])
		return []float64{s, -s}
	}
	off := func(x []float64) []float64 { // of E continued by 0.5 (n.n - 1)
		return []float64{x[0] - x[3], x[1] - x[4], x[2] - x[5], -x[0], -x[1], -x[2]}
	}
	for name, c := range map[string]struct {
		space    core.Space
		symmetry core.Symmetry
		x        []float64
		e        func(x []float64) float64
		slope    func(x []float64) []float64
		want     string
	}{
		"true":    {angles, core.U1, []float64{3.1, -2}, pair, torque, ""},
		"field":   {angles, core.U1, []float64{3.1, -2}, fixed, torque, "it claims the symmetry u1, under which its energy goes from"},
		"sign":    {angles, core.Z2, []float64{3.1, -2}, pair, func(x []float64) []float64 { return torque([]float64{x[1], x[0]}) }, "its slope along a line is"},
		"vectors": {sphere, core.Rotation, []float64{0.6, 0.8, 0, 0, 0.8, -0.6}, dot, off, ""},
		"axis": {sphere, core.Rotation, []float64{0.6, 0.8, 0, 0, 0.8, -0.6}, func(x []float64) float64 { return dot(x) + x[2] }, off,
			"it claims the symmetry rotation"},
		"no slope": {sphere, core.Z2, []float64{0.6, 0.8, 0, 0, 0.8, -0.6}, dot, func(x []float64) []float64 { return x }, "its slope along a line is"},
	} {
		t.Run(name, func(t *testing.T) {
			err := newClaims("part", "energy", 0).values([]core.Symmetry{c.symmetry}, c.space, c.x, 1, "slope", each(c.space.Size(), c.e),
				func(dst, x []float64) error { copy(dst, c.slope(x)); return nil })
			if c.want == "" && err != nil || c.want != "" && (core.KindOf(err) != core.Plugin || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// A crystal is where E = 1e4 sum (u^2 + u^3), u = x - 1, is stationary: its slope is a rounding there, and no wrong one is told
// from it; nearby it is.
func TestSlopesAtAStationaryPoint(t *testing.T) {
	f := func(x []float64) (sum float64) {
		for _, v := range x {
			u := v - 1
			sum += 1e4 * (u*u + u*u*u)
		}
		return sum - 25
	}
	both := func(above, below []float64) (up, down float64, err error) { return f(above), f(below), nil }
	for _, c := range []struct{ x, slope, wrong float64 }{{1, 0, 1}, {1.001, 20.03, 20.04}} {
		at, right, wrong := slices.Repeat([]float64{c.x}, 30), slices.Repeat([]float64{c.slope}, 30), slices.Repeat([]float64{c.wrong}, 30)
		if err := newClaims("energy crystal", "energy", 0).gradient("slope", right, at, nil, both); err != nil {
			t.Errorf("at %v: %v", c.x, err)
		}
		if err := newClaims("energy crystal", "energy", 0).gradient("slope", wrong, at, nil, both); err == nil {
			t.Errorf("at %v a slope of %v is taken for one of %v", c.x, c.wrong, c.slope)
		}
	}
}
