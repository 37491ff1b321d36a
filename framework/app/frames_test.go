package app

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// spiral carries noise by dx/dt = (1 + t) x, along with which the plane turns once about its
// middle: x(1) = exp(3/2) z.
type spiral struct{}

func (spiral) Velocity(v, x, t []float64) error {
	const turn = 2 * math.Pi
	for i, t := range t {
		v[2*i], v[2*i+1] = (1+t)*x[2*i]-turn*x[2*i+1], turn*x[2*i]+(1+t)*x[2*i+1]
	}
	return nil
}

func (spiral) VelocityPull([]float64, *core.Batch, []float64) error { return errors.ErrUnsupported }

// Following samples back in pieces leads to the noise that they come from: the step's error of
// the fourth order, (2 pi / 96)^4 / 120 a radian or so, is not seen in pictures.
func TestFollow(t *testing.T) {
	sample := []float64{1, 0, -0.5, 2}
	way := newPath(spiral{}, slices.Clone(sample), 2)
	for _, piece := range [][2]float64{{1, 0.75}, {0.75, 0.74}, {0.74, 0}} {
		if err := way.move(piece[0], piece[1]); err != nil {
			t.Fatal(err)
		}
	}
	for i, x := range way.x {
		if want := sample[i] * math.Exp(-1.5); math.Abs(x-want) > 1e-5 {
			t.Errorf("noise %d is %v, want %v", i, x, want)
		}
	}
}
