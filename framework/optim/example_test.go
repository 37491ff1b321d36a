package optim_test

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/optim"
)

// Two steps down theta^2/2 from 1, with the rate 0.1 and the momentum 0.5: the
// velocities are 1 and 0.5 + 0.9.
func ExampleSGD() {
	o := &optim.SGD{Schedule: optim.Constant(0.1), Momentum: 0.5}
	theta := []float64{1}
	for t := range int64(2) {
		o.Step(theta, core.Derivative{Gradient: []float64{theta[0]}}, t+1)
		fmt.Printf("%.2f\n", theta[0])
	}
	// Output:
	// 0.90
	// 0.76
}

// Adam's first step is the rate along the sign of the gradient, however steep.
func ExampleAdam() {
	o := &optim.Adam{Schedule: optim.Constant(0.1), Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}
	theta := []float64{1, 1}
	rate, err := o.Step(theta, core.Derivative{Gradient: []float64{100, -0.01}}, 1)
	fmt.Printf("%.3f %v %v\n", theta, rate, err)
	// Output:
	// [0.900 1.100] 0.1 <nil>
}

// Half a cosine from 1 to 0 in four steps, reached slowly because of two steps of
// warm-up: (1 + cos(pi (t-1)/4))/2, the first halved.
func ExampleWarmup() {
	s := optim.Warmup{Steps: 2, Then: optim.Cosine{Initial: 1, Final: 0, Steps: 4}}
	for t := int64(1); t <= 4; t++ {
		fmt.Printf("%.4f\n", s.Rate(t))
	}
	// Output:
	// 0.5000
	// 0.8536
	// 0.5000
	// 0.1464
}

// A natural gradient s = 2 of the gradient g = 2 has g.s = 4; a step of at most 1 in that
// metric is half as long.
func ExampleLimit() {
	step := []float64{2}
	err := optim.Limit(step, []float64{2}, 1)
	fmt.Println(step, err)
	// Output:
	// [1] <nil>
}

// A gradient of length 5 is shortened to length 1.
func ExampleClip() {
	gradient := []float64{3, 4}
	norm, err := optim.Norm(gradient)
	optim.Clip(gradient, norm, 1)
	fmt.Printf("%.1f, was %.0f long, %v\n", gradient, norm, err)
	// Output:
	// [0.6 0.8], was 5 long, <nil>
}
