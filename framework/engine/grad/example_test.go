package grad_test

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// Two blocks of a theta of five numbers, and the gradient of half of its square in
// two shares.
func ExampleParams() {
	w, b := grad.NewParam[float64]("weight", 2, 2), grad.NewParam[float64]("bias", 1)
	theta := grad.NewParams(w, b)
	theta.Load([]float64{1, 2, 3, 4, 5})
	fmt.Println(theta.Size(), w.Val, b.Val)

	first, second := []*grad.Param[float64]{w.Share(), b.Share()}, []*grad.Param[float64]{w.Share(), b.Share()}
	copy(first[0].Grad, w.Val)
	copy(second[1].Grad, b.Val)
	theta.Add([]par.Segment{{Opens: true}, {Opens: true, Merges: 1}}, first, second)
	theta.Sum()
	gradient := make([]float64, theta.Size())
	theta.Unload(gradient)
	fmt.Println(gradient)
	// Output:
	// 5 [1 2 3 4] [5]
	// [1 2 3 4 5]
}
