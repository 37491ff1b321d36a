package par_test

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// The sum of squares of 0 to 9 in two shares: chunks of three, each with a workspace
// for its part, which are added as the chunks say.
func ExamplePool() {
	type workspace struct{ sum int }
	p := par.Pool[*workspace]{Slab: 64, Open: func(n int) *workspace { return &workspace{} }}
	square := func(w *workspace, at par.Span) error {
		for i := at.From; i < at.From+at.N; i++ {
			w.sum += i * i
		}
		return nil
	}
	if err := p.Each(par.CutBy(par.Rows{N: 10, Total: 10, Shares: 2}, 3), square); err != nil {
		panic(err)
	}
	var stack []int
	_, segments := p.Of(0)
	for _, s := range segments {
		if s.Opens {
			stack = append(stack, 0)
		}
		top := len(stack) - 1
		stack[top] += p.Work(s.Chunk).sum
		fmt.Println(p.Work(s.Chunk).sum)
		for range s.Merges {
			stack[top-1] += stack[top]
			stack, top = stack[:top], top-1
		}
	}
	fmt.Println(stack[0])
	// Output:
	// 5
	// 25
	// 110
	// 145
	// 285
}
