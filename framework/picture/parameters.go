package picture

import (
	"fmt"
	"math"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Parameters draws the block of a model's parameters of this name, where it has a number for each component of
// a configuration, or rows or columns of them, as images: the weights of a hidden unit with
// all sites are what it looks for.
func Parameters(r *core.Results, c *core.Checkpoint, block string) (Picture, error) {
	space, at, names := r.SamplesSpace, 0, []string(nil)
	for _, b := range c.Blocks {
		x, ok := filters(c.Theta[at:at+b.Size()], b.Shape, space)
		at += b.Size()
		if ok && b.Name == block {
			return Picture{Name: "parameters-" + strings.ReplaceAll(block, "/", "-"), Plot: images(r.Run.Name+": "+block, space, x, evenScale(x))}, nil
		}
		if ok {
			names = append(names, b.Name)
		}
	}
	return Picture{}, &core.Error{Kind: core.Invalid, Op: "plot", Subject: r.Run.Name, Err: fmt.Errorf("no parameters %q are images of %v", block, space),
		Hint: "the blocks that are: " + strings.Join(names, ", ")}
}

// filters are the rows of a block as long as a configuration, or else its columns; false where
// it has neither, or where the sites are not in a row or a plane.
func filters(theta []float64, shape []int, space core.Space) (x []float64, ok bool) {
	d := space.Size()
	switch n := len(shape); {
	case n == 0 || len(theta) == 0 || space.Kind == core.Mixed || space.Kind == core.Sphere || len(space.Shape) > 2:
		return nil, false
	case shape[n-1] == d:
		return theta, true
	case shape[0] != d:
		return nil, false
	}
	n := len(theta) / d
	x = make([]float64, len(theta))
	for i := range d {
		for k := range n {
			x[k*d+i] = theta[i*n+k]
		}
	}
	return x, true
}

// evenScale has zero in the middle.
func evenScale(x []float64) Scale {
	most := 0.0
	for _, v := range x {
		if drawable(v) {
			most = max(most, math.Abs(v))
		}
	}
	lo, hi := widen(-most, most, 0)
	return Scale{lo, hi, greys(256)}
}
