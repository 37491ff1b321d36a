package host

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// claims are what a stranger's part says of a function f of n numbers: that it
// has symmetries, and that some array is its gradient. A false one would give
// wrong results without a word, so each is looked at once, at one configuration.
type claims struct {
	subject   string
	name      string // of f
	precision float64
}

// seedActions decides which elements of a continuous symmetry are tried. It may be any.
const seedActions = 81

func newClaims(subject, name string, precision float64) claims {
	if precision == 0 {
		precision = core.UsualPrecision
	}
	return claims{subject, name, precision}
}

func (c claims) refuse(format string, args ...any) error {
	return &core.Error{Kind: core.Plugin, Op: "check claims", Subject: c.subject, Err: fmt.Errorf(format, args...),
		Hint: fmt.Sprintf("the plugin is at fault; if it computes with a relative accuracy below %.g, its spec has to say so as its precision", c.precision)}
}

// symmetric compares f at x with f at the images of x. f takes configurations
// of len(x) numbers; scale is what is large for f.
func (c claims) symmetric(all []core.Symmetry, space core.Space, x []float64, scale float64, f func(dst, x []float64) error) error {
	points, of := slices.Clone(x), []core.Symmetry{""}
	for _, s := range all {
		for _, image := range s.Actions(space, seedActions) {
			points = append(points, make([]float64, len(x))...)
			image(points[len(points)-len(x):], x)
			of = append(of, s)
		}
	}
	if len(of) == 1 {
		return nil
	}
	values := make([]float64, len(of))
	if err := f(values, points); err != nil {
		return err
	}
	for k, v := range values[1:] {
		size := max(scale, math.Abs(v), math.Abs(values[0]))
		if math.Abs(v-values[0]) > c.precision*size && !math.IsInf(size, 0) { // NaN is no difference
			return c.refuse("it claims the symmetry %s, under which its %s goes from %.9g to %.9g", of[k+1], c.name, values[0], v)
		}
	}
	return nil
}

// values looks at what is claimed of f(x): its symmetries and, where slope is not
// nil, its gradient, which slope writes at one x.
func (c claims) values(symmetries []core.Symmetry, space core.Space, x []float64, scale float64, what string, f, slope func(dst, x []float64) error) error {
	if err := c.symmetric(symmetries, space, x, scale, f); err != nil || slope == nil || !space.Continuous() {
		return err
	}
	grad := make([]float64, len(x))
	if err := slope(grad, x); err != nil {
		return err
	}
	return c.gradient(what, grad, x, &space, pairs(f))
}

// gradient compares grad, named what, with central differences of f along a
// line through at, in the space of at unless it is nil: a geodesic. f gives its
// values at two points. As nobody knows the length
// on which f bends, several steps are tried; the claim is false if none agrees.
func (c claims) gradient(what string, grad, at []float64, space *core.Space, f func(above, below []float64) (up, down float64, err error)) error {
	square := 0.0
	for _, x := range at {
		square += x * x
	}
	length := math.Sqrt(square / float64(len(at))) // the typical size of a component
	if length == 0 {
		length = 1
	}
	r := rand.New(rand.NewPCG(17, 18))
	line, slope, size := make([]float64, len(at)), 0.0, 0.0
	for j := range line {
		line[j] = length * r.NormFloat64()
	}
	if space != nil {
		space.Project(at, line)
	}
	for j := range line {
		slope += line[j] * grad[j]
		size += math.Abs(line[j] * grad[j])
	}
	if size-size != 0 {
		return nil
	}
	here, _, err := f(at, at)
	if err != nil {
		return err
	}
	above, below := make([]float64, len(at)), make([]float64, len(at))
	nearest, told := math.Inf(1), false
	for _, step := range []float64{1e-4, 1e-5, 1e-3, 1e-6, 1e-2, 1e-7, 1e-8} {
		along(space, above, at, line, step)
		along(space, below, at, line, -step)
		up, down, err := f(above, below)
		if err != nil {
			return err
		}
		quotient := (up - down) / (2 * step)
		// Where f is stationary, as at a relaxed structure, what is large for a slope is the slope a step away.
		large := max(size, (math.Abs(up-here)+math.Abs(down-here))/(2*step))
		// A hundred roundings of f; what they hide is no evidence.
		noise := 1e-14 * max(math.Abs(up), math.Abs(down)) / step
		if large-large != 0 || noise > 0.01*large {
			continue
		}
		if math.Abs(quotient-slope) <= c.precision*large+noise {
			return nil
		}
		if !told || math.Abs(quotient-slope) < math.Abs(nearest-slope) {
			nearest, told = quotient, true
		}
	}
	if !told {
		return nil
	}
	return c.refuse("its %s along a line is %.9g, where the difference quotient of its %s is %.9g", what, slope, c.name, nearest)
}

// along writes the point that is at time t on the line, or the geodesic in space.
func along(space *core.Space, y, at, line []float64, t float64) {
	copy(y, at)
	if space != nil {
		space.Move(y, slices.Clone(line), t)
		return
	}
	for j, v := range line {
		y[j] += t * v
	}
}

// finiteOne returns the index of the first value that is finite, -1 if there is
// none, and the largest of those that are.
func finiteOne(values []float64) (index int, scale float64) {
	index = -1
	for i, v := range values {
		if v-v == 0 {
			if index < 0 {
				index = i
			}
			scale = max(scale, math.Abs(v))
		}
	}
	return index, scale
}
