package optim_test

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/optim"
)

// Two steps down theta^2/2 from 1, with the rate 0.1 and the momentum 0.5: the
// velocities are 1 and 0.5 + 0.9.
func ExampleSGD() {
	o := &optim.SGD{Momentum: 0.5}
	theta := []float64{1}
	for range 2 {
		gradient := []float64{theta[0]}
		o.Step(theta, gradient, 0.1)
		fmt.Printf("%.2f\n", theta[0])
	}
	// Output:
	// 0.90
	// 0.76
}

// Adam's first step is the rate along the sign of the gradient, however steep.
func ExampleAdam() {
	o := &optim.Adam{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}
	theta := []float64{1, 1}
	o.Step(theta, []float64{100, -0.01}, 0.1)
	fmt.Printf("%.3f\n", theta)
	// Output:
	// [0.900 1.100]
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
