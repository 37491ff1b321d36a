package electronflow

import (
	"fmt"
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/kernels/lanes"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// newton finds the places x that the map takes to given z, of eight configurations, by
// Newton's method with steps that are shortened until the distance falls:
//
//	x <- x + a (dz/dx)^-1 (z - z(x)),   a = 1, 1/2, 1/4, ...
//
// There is such an x: the map is the identity and a periodic shift, which cannot leave
// out a part of the torus; and there is one only where the map does not fold.
type newton struct {
	z    []float64 // where x should go
	at   []float64 // x so far
	step []float64 // (dz/dx)^-1 (z - z(at))
	lane [width]search
}

// search is what is known of one configuration.
type search struct {
	left   float64 // |z - z(at)|
	share  float64 // a of the step that is tried
	moved  bool    // at is new, and step is that of the place before
	found  bool
	starts int
}

const (
	// near is how close z(x) has to be to z, in units of the distance of electrons. Steps are
	// quadratic at the end: the last one leaves rounding, 1e-15.
	near = 1e-11
	// short is the share of a step below which a search begins anew: it has come to a fold.
	short = 1e-5
	// mostStarts and mostSteps bound the search. From z itself a map without folds asks for 4
	// to 8 steps.
	mostStarts, mostSteps = 50, 2000
)

func newNewton(size int) newton {
	return newton{z: make([]float64, size*width), at: make([]float64, size*width), step: make([]float64, size*width)}
}

// invert leaves x in at, and in the wave the sign of det dz/dx there. n.z has numbers in
// all lanes.
func (n *newton) invert(w *wave, at par.Span) error {
	tolerance := near * w.m.net.Length()
	n.lane = [width]search{}
	copy(w.x, n.z)
	for c := range n.lane {
		n.lane[c].left = math.Inf(1)
	}
	for range mostSteps {
		w.net.Set(w.m.flow, w.x)
		w.net.Forward(w.z, w.jac)
		if n.judge(w, tolerance) {
			lanes.LogDet(w.logJac, w.sign, w.size, w.jac)
			return nil
		}
		copy(w.scratch, w.jac)
		lanes.Invert(w.inverse, w.logJac, w.sign, w.size, w.scratch)
		if !n.propose(w) {
			break
		}
	}
	for c := range at.N {
		if !n.lane[c].found {
			return fmt.Errorf("configuration %d: no place is found that the flow takes to that of free electrons, as where the flow folds; with draws = \"chains\" that is a notice, and F no bound", at.From+c)
		}
	}
	return nil
}

// judge keeps the places that were tried if they are nearer, and tells whether all are found.
func (n *newton) judge(w *wave, tolerance float64) (all bool) {
	var squares [width]float64
	for i := range w.size {
		for c := range width {
			d := n.z[i*width+c] - w.z[i*width+c]
			squares[c] += d * d
		}
	}
	all = true
	for c := range n.lane {
		s := &n.lane[c]
		if s.found {
			continue
		}
		// Armijo's rule: a share of what the step promises.
		if left := math.Sqrt(squares[c]); left <= (1-1e-4*s.share)*s.left || left < tolerance {
			s.left, s.moved, s.found = left, true, left < tolerance
			for i := c; i < len(n.at); i += width {
				n.at[i] = w.x[i]
			}
		} else {
			s.moved = false
		}
		all = all && s.found
	}
	return all
}

// propose sets x to the places to try next; false if nothing is left to try.
func (n *newton) propose(w *wave) bool {
	for c := range n.lane {
		s := &n.lane[c]
		switch {
		case s.found:
			n.try(w, c, 0)
			continue
		case s.moved:
			n.direct(w, c)
			s.share = 1
		default:
			s.share /= 2
		}
		if s.share < short || !(s.left < math.Inf(1)) {
			if s.starts++; s.starts == mostStarts {
				return false
			}
			s.left, s.share = math.Inf(1), 0
			length := 0.3 * w.m.net.Length() * float64(s.starts)
			for i := c; i < len(n.at); i += width {
				w.x[i] = n.z[i] + length*(2*w.random[c].Float64()-1)
			}
			continue
		}
		n.try(w, c, s.share)
	}
	return true
}

// direct writes the step of lane c.
func (n *newton) direct(w *wave, c int) {
	size := w.size
	for i := range size {
		sum := 0.0
		for j := range size {
			sum += w.inverse[(i*size+j)*width+c] * (n.z[j*width+c] - w.z[j*width+c])
		}
		n.step[i*width+c] = sum
	}
}

// try sets x of lane c to a share of the step.
func (n *newton) try(w *wave, c int, share float64) {
	for i := c; i < len(n.at); i += width {
		w.x[i] = n.at[i] + share*n.step[i]
	}
}
