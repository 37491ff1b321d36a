package par_test

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
)

// The sum of squares of 0 to 9: chunks of four, each with a workspace that keeps its
// part of the sum until all are added in order.
func ExamplePool() {
	type workspace struct{ sum int }
	p := par.Pool[*workspace]{Slab: 64, Open: func(n int) *workspace { return &workspace{} }}
	square := func(w *workspace, at par.Span) error {
		for i := at.From; i < at.From+at.N; i++ {
			w.sum += i * i
		}
		return nil
	}
	if err := p.Each(par.CutBy(10, 4), square); err != nil {
		panic(err)
	}
	total := 0
	for _, w := range p.All() {
		fmt.Println(w.sum)
		total += w.sum
	}
	fmt.Println(total)
	// Output:
	// 14
	// 126
	// 145
	// 285
}
