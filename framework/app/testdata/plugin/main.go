// A third party's plugin: the Ising ring, a model of independent spins, an
// observable and an objective. The first two misbehave as the variable RING_FAULT says, for the scenarios of what a
// user sees then. A variable and not a setting, so that a run can be continued
// without the fault.
package main

import (
	"fmt"
	"os"

	"github.com/helmholtz-physics/helmholtz/framework/sdk"
)

func main() {
	fmt.Println("printed before serving")
	sdk.Serve(ring, coins, kinks, faulty(renyi))
}

// fault is the wanted misbehaviour and the call at which it happens.
type fault struct {
	what  string
	at    int
	calls int
}

// newFault reads "CALL:WHAT".
func newFault() fault {
	var f fault
	_, _ = fmt.Sscanf(os.Getenv("RING_FAULT"), "%d:%s", &f.at, &f.what)
	return f
}

// now counts a call and returns what is to go wrong in it.
func (f *fault) now() string {
	if f.calls++; f.calls != f.at {
		return ""
	}
	return f.what
}
