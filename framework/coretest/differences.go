package coretest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// differences compare derivatives with central differences.
type differences struct {
	tolerance  float64 // relative to the largest component
	step       float64
	directions int
}

// check takes the derivatives of n functions, one row of slope for each, with
// respect to as many numbers as a row is long. f moves these numbers by step
// in a direction, from where the slope was taken, and returns the n values.
func (o differences) check(t *testing.T, what string, n int, slope []float64, f func(direction []float64, step float64) []float64) {
	t.Helper()
	scale := 0.0
	for _, v := range slope {
		scale = math.Max(scale, math.Abs(v))
	}
	if scale == 0 {
		t.Fatalf("%s is zero in every component", what)
	}
	r := rand.New(rand.NewPCG(17, 18))
	failed := wrong{tested: map[int]bool{}}
	worst, most := "", 0.0
	for trial := range o.directions {
		direction := make([]float64, len(slope)/n)
		along := r.IntN(len(direction))
		alone := trial >= 4
		if direction[along] = 1; !alone {
			for j := range direction {
				direction[j] = r.NormFloat64() / math.Sqrt(float64(len(direction)))
			}
		}
		off := false
		above, below := f(direction, o.step), f(direction, -o.step)
		for i := range n {
			got, want, size := (above[i]-below[i])/(2*o.step), 0.0, 0.0
			for j, v := range direction {
				term := v * slope[i*len(direction)+j]
				want += term
				size += math.Abs(term)
			}
			if alone {
				failed.got, failed.want = append(failed.got, want), append(failed.want, got)
			}
			limit := o.tolerance * math.Max(scale, size)
			if miss := math.Abs(got - want); !(miss <= limit) {
				off = true
				if worst == "" || miss > most || math.IsNaN(miss) {
					where := fmt.Sprintf("component %d", along)
					if !alone {
						where = "a random direction"
					}
					worst, most = fmt.Sprintf("%s of function %d: %.12g by differences, %.12g claimed, limit %.2g", where, i, got, want, limit), miss
				}
			}
		}
		if off {
			failed.trials++
		}
		if alone && off && !failed.tested[along] {
			failed.components = append(failed.components, along)
		}
		failed.tested[along] = failed.tested[along] || alone
	}
	if failed.trials > 0 {
		failed.say(t, what, o.directions, worst)
	}
}

// moved returns v + step direction. A direction shorter than v repeats: it
// moves each of several configurations.
func moved(v, direction []float64, step float64) []float64 {
	w := make([]float64, len(v))
	for i := range v {
		w[i] = v[i] + step*direction[i%len(direction)]
	}
	return w
}

// movedIn is moved along geodesics of a space, with the directions' parts in it. Where
// there are none, a slope is one between the legal numbers.
func movedIn(space core.Space, x, direction []float64, step float64) []float64 {
	if !space.Continuous() {
		return moved(x, direction, step)
	}
	y := slices.Clone(x)
	for i := 0; i < len(x); i += len(direction) {
		one, v := y[i:i+len(direction)], slices.Clone(direction)
		space.Project(one, v)
		space.Move(one, v, step)
	}
	return y
}

// tangent is the part of the slopes at x that lies in the space.
func tangent(space core.Space, x, slope []float64) []float64 {
	v, d := slices.Clone(slope), space.Size()
	for i := 0; i < len(x); i += d {
		space.Project(x[i:i+d], v[i:i+d])
	}
	return v
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}
