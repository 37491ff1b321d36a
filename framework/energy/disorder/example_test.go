package disorder_test

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
)

// The first output of splitmix64 with seed 0 is 0xe220a8397b1dcdaf in every language;
// equal seeds give equal couplings.
func ExampleStream() {
	s := disorder.Stream(0)
	fmt.Printf("%#x\n", s.Uint64())
	a, b := disorder.Stream(7), disorder.Stream(7)
	fmt.Println(a.Normal() == b.Normal(), a.Sign() == b.Sign())
	// Output:
	// 0xe220a8397b1dcdaf
	// true true
}
