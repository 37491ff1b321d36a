package nn_test

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
)

// A masked 3 x 3 convolution sees what comes before a site in raster order: the three
// sites of the row above and the one to the left, and the site itself unless it is
// exclusive. With 2 channels in and 5 out a tap is a matrix of 10 weights.
func ExampleConvShape() {
	first := nn.ConvShape{In: 2, Out: 5, Ly: 4, Lx: 4, Half: 1, Exclusive: true}
	later := first
	later.Exclusive = false
	fmt.Println(first.Taps(), first.Weights())
	fmt.Println(later.Taps(), later.Weights())
	// Output:
	// 4 40
	// 5 50
}

// A unit of 4 inputs starts with weights in (-1/2, 1/2). Where a mask leaves 1 in 4 of a
// layer's weights, the bound is doubled, and the variance of the output stays.
func ExampleUniform() {
	fmt.Println(nn.Uniform(4, 16, 16), nn.Uniform(4, 16, 4))
	// Output:
	// 0.5 1
}
