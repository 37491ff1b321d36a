package core

import (
	"iter"
	"math"
	"math/rand/v2"
)

// SpaceKind says what the numbers of a configuration mean. What follows from it
// is in the table of kinds, and nowhere else.
type SpaceKind string

const (
	// Spins are +1 or -1, one per site.
	Spins SpaceKind = "spins"
	// Levels are 0, 1, ..., Space.Levels - 1, one per site.
	Levels SpaceKind = "levels"
	// Field is one real number per site.
	Field SpaceKind = "field"
	// Particles are coordinates: Shape is [particles, dimension].
	Particles SpaceKind = "particles"
	// Angles are in [-pi, pi), one per site, and go round.
	Angles SpaceKind = "angles"
	// Sphere is one unit vector per site: the last length of Shape is how many
	// components it has.
	Sphere SpaceKind = "sphere"
	// Mixed is several fields side by side, each of a kind of its own.
	Mixed SpaceKind = "mixed"
)

// kind is a row of the table: what the numbers of one field mean. Functions are
// given the field as s and numbers of it as x; what is nil, a kind does not have.
type kind struct {
	name SpaceKind
	// dataset names the configurations in a file.
	dataset string
	// each names what extensive observables are divided by the number of.
	each string
	// vector tells that the last axis of Shape holds the numbers of one entry;
	// else each number is one.
	vector bool
	// constraints is how many equations the numbers of an entry obey.
	constraints int
	// measure is what densities are relative to.
	measure string
	// legal words the numbers allowed, and illegal finds the first of x that is not
	// one of them, -1 if there is none. Both take any number of entries.
	legal   string
	illegal func(s *Space, x []float64) int
	// values are all numbers allowed; nil where they are not finite in number.
	values func(s *Space) []float64
	// logVolume is ln of the measure of all states of an entry; nil where it is
	// infinite. uniform draws x evenly from them.
	logVolume func(s *Space) float64
	uniform   func(s *Space, r *rand.Rand, x []float64)
	// move takes x along the geodesic that has the velocity v at x for a time t, and
	// carries v along. Nil where there are no small steps.
	move func(s *Space, x, v []float64, t float64)
	// project takes from v what does not lie in the tangent space at x; nil where
	// there is nothing to take.
	project func(s *Space, x, v []float64)
	// wrap brings numbers that have come round, as angles do and levels that are counted on, to those that are
	// legal; nil where nothing does. Angles are between -period/2 and period/2.
	wrap   func(s *Space, x []float64)
	period float64
}

// kinds is the table. A further kind is a row here and a constant above.
var kinds = []*kind{
	{name: Spins, dataset: "spins", each: "site", measure: "counting", legal: "+1 or -1",
		illegal:   func(_ *Space, x []float64) int { return firstNot(x, func(v float64) bool { return v == 1 || v == -1 }) },
		values:    func(*Space) []float64 { return []float64{-1, 1} },
		logVolume: func(*Space) float64 { return math.Ln2 },
		uniform: func(_ *Space, r *rand.Rand, x []float64) {
			for j := range x {
				x[j] = float64(2*r.IntN(2) - 1)
			}
		}},
	{name: Levels, dataset: "levels", each: "site", measure: "counting", legal: "whole numbers from 0 to the number of levels less 1",
		illegal: func(s *Space, x []float64) int {
			top := float64(s.Levels)
			return firstNot(x, func(v float64) bool { return v >= 0 && v < top && v == math.Trunc(v) })
		},
		values: func(s *Space) (all []float64) {
			for v := range s.Levels {
				all = append(all, float64(v))
			}
			return all
		},
		logVolume: func(s *Space) float64 { return math.Log(float64(s.Levels)) },
		uniform: func(s *Space, r *rand.Rand, x []float64) {
			for j := range x {
				x[j] = float64(r.IntN(s.Levels))
			}
		},
		wrap: func(s *Space, x []float64) {
			q := float64(s.Levels)
			for j, v := range x {
				x[j] = v - q*math.Floor(v/q)
			}
		}},
	{name: Field, dataset: "field", each: "site", measure: "Lebesgue", legal: "finite", illegal: firstInfinite, move: straight},
	{name: Particles, dataset: "positions", each: "particle", vector: true, measure: "Lebesgue", legal: "finite", illegal: firstInfinite,
		move: straight},
	{name: Angles, dataset: "angles", each: "site", measure: "length of arc", legal: "in [-pi, pi)",
		illegal: func(_ *Space, x []float64) int {
			return firstNot(x, func(v float64) bool { return v >= -math.Pi && v < math.Pi })
		},
		logVolume: func(*Space) float64 { return math.Log(2 * math.Pi) },
		uniform: func(_ *Space, r *rand.Rand, x []float64) {
			for j := range x {
				x[j] = math.Pi * (2*r.Float64() - 1)
			}
		},
		move: func(s *Space, x, v []float64, t float64) {
			straight(s, x, v, t)
			wrapAngles(s, x)
		},
		wrap: wrapAngles, period: 2 * math.Pi},
	{name: Sphere, dataset: "directions", each: "site", vector: true, constraints: 1, measure: "area of the sphere", legal: "unit vectors",
		illegal: illegalDirection, logVolume: logArea, uniform: uniformDirection, move: alongCircle, project: toTangent},
}

// kindOf finds a row of the table, nil for Mixed and for what nobody knows.
func kindOf(name SpaceKind) *kind {
	for _, k := range kinds {
		if k.name == name {
			return k
		}
	}
	return nil
}

// SpaceKinds lists all kinds.
func SpaceKinds() (all []SpaceKind) {
	for _, k := range kinds {
		all = append(all, k.name)
	}
	return append(all, Mixed)
}

func firstNot(x []float64, legal func(v float64) bool) int {
	for i, v := range x {
		if !legal(v) {
			return i
		}
	}
	return -1
}

func firstInfinite(_ *Space, x []float64) int {
	for i, v := range x {
		if v-v != 0 {
			return i
		}
	}
	return -1
}

// straight is the motion of real numbers.
func straight(_ *Space, x, v []float64, t float64) {
	for j := range x {
		x[j] += t * v[j]
	}
}

func wrapAngles(_ *Space, x []float64) {
	for j, v := range x {
		if v >= -math.Pi && v < math.Pi {
			continue
		}
		if x[j] = math.Remainder(v, 2*math.Pi); x[j] == math.Pi {
			x[j] = -math.Pi
		}
	}
}

// unitLength is how far the square of a unit vector may be from 1. Rounding leaves
// 1e-15, a plugin in single precision 1e-7; what is above was not normalised.
const unitLength = 1e-6

func illegalDirection(s *Space, x []float64) int {
	for from, n := range s.vectors(x) {
		if !(math.Abs(inner(n, n)-1) <= unitLength) {
			return from
		}
	}
	return -1
}

// logArea is ln of the area of the sphere of unit vectors with d components,
//
//	2 pi^(d/2) / Gamma(d/2).
func logArea(s *Space) float64 {
	d := float64(s.Shape[len(s.Shape)-1])
	gamma, _ := math.Lgamma(d / 2)
	return math.Ln2 + d/2*math.Log(math.Pi) - gamma
}

// uniformDirection normalises normal vectors.
func uniformDirection(s *Space, r *rand.Rand, x []float64) {
	for _, n := range s.vectors(x) {
		square := 0.0
		for square == 0 {
			for a := range n {
				n[a] = r.NormFloat64()
			}
			square = inner(n, n)
		}
		scaleBy(n, 1/math.Sqrt(square))
	}
}

// alongCircle is the motion along great circles, with w = |v|:
//
//	n(t) = n cos wt + v/w sin wt,   v(t) = v cos wt - w n sin wt.
//
// Lengths are kept but for rounding, which must not pile up: n is normalised again.
func alongCircle(s *Space, x, v []float64, t float64) {
	for from, n := range s.vectors(x) {
		v := v[from : from+len(n)]
		w := math.Sqrt(inner(v, v))
		if w == 0 {
			continue
		}
		sin, cos := math.Sincos(w * t)
		for a := range n {
			n[a], v[a] = n[a]*cos+v[a]/w*sin, v[a]*cos-w*n[a]*sin
		}
		scaleBy(n, 1/math.Sqrt(inner(n, n)))
	}
}

// toTangent is v - n (n . v) of every unit vector n.
func toTangent(s *Space, x, v []float64) {
	for from, n := range s.vectors(x) {
		v := v[from : from+len(n)]
		along := inner(n, v)
		for a := range v {
			v[a] -= along * n[a]
		}
	}
}

// vectors yields the vectors of x, with the place of their first number.
func (s *Space) vectors(x []float64) iter.Seq2[int, []float64] {
	each := s.Shape[len(s.Shape)-1]
	return func(yield func(from int, n []float64) bool) {
		for from := 0; from < len(x); from += each {
			if !yield(from, x[from:from+each]) {
				return
			}
		}
	}
}

func inner(a, b []float64) float64 {
	sum := 0.0
	for j, v := range a {
		sum += v * b[j]
	}
	return sum
}

func scaleBy(x []float64, by float64) {
	for j := range x {
		x[j] *= by
	}
}
