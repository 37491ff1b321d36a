package app

import (
	"fmt"
	"math"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// drawParameters draws a block of a model's parameters that has a number for each component of
// a configuration, or rows or columns of them, as images: the weights of a hidden unit with
// all sites are what it looks for.
func drawParameters(dir, name string) (picture, error) {
	const op = "plot"
	results, err := store.ReadResults(dir)
	if err != nil {
		return picture{}, err
	}
	c, err := latestCheckpoint(dir)
	if err != nil {
		return picture{}, err
	}
	if c == nil {
		return picture{}, core.Errorf(core.Invalid, op, dir, "it has no checkpoint")
	}
	space, at, names := results.SamplesSpace, 0, []string(nil)
	for _, b := range c.Blocks {
		x, ok := filters(c.Theta[at:at+b.Size()], b.Shape, space)
		at += b.Size()
		if ok && b.Name == name {
			return picture{name: "parameters-" + strings.ReplaceAll(name, "/", "-"), Plot: images(results.Run.Name+": "+name, space, x, evenScale(x))}, nil
		}
		if ok {
			names = append(names, b.Name)
		}
	}
	return picture{}, &core.Error{Kind: core.Invalid, Op: op, Subject: dir, Err: fmt.Errorf("no parameters %q are images of %v", name, space),
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
func evenScale(x []float64) colorScale {
	most := 0.0
	for _, v := range x {
		if drawable(v) {
			most = max(most, math.Abs(v))
		}
	}
	lo, hi := widen(-most, most, 0)
	return colorScale{lo, hi, greys(256)}
}
