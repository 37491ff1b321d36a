package kernels

import "fmt"

// Quartic is a scalar field on the sites of a graph,
//
//	S(x) = sum_<ij> (x_i - x_j)^2 + sum_i x_i^2 (a + b x_i^2).
//
// Next are the neighbours to which bonds of the sites lead, Degree for each site; a pair that
// is joined twice counts twice, and a site may be its own neighbour. Last are those that
// bonds come from, likewise: site i is as often in Last of j as j is in Next of i.
type Quartic struct {
	A, B       float64
	Degree     int
	Next, Last []int32
}

// Eval writes S of the len(s) configurations in x, one after the other, and the derivatives by x
// into slope, unless that is nil. scratch has Scratch numbers. Each configuration is computed by the same
// chain of operations wherever it stands.
func (q *Quartic) Eval(s, slope, x, scratch []float64) {
	sites := q.sites()
	if len(q.Last) != len(q.Next) || len(x) != len(s)*sites || slope != nil && len(slope) != len(x) {
		panic(fmt.Sprintf("kernels: Quartic: %d and %d bonds of %d sites, %d values and %d slopes of %d configurations", len(q.Next), len(q.Last), sites, len(x), len(slope), len(s)))
	}
	need("Quartic: scratch", scratch, 1, q.Scratch(), q.Scratch())
	if len(x) > 0 {
		quartic(q, s, slope, x, scratch)
	}
}

func (q *Quartic) sites() int { return len(q.Next) / max(1, q.Degree) }

// quarticLanes are the configurations that are computed side by side.
const quarticLanes = 8

// Scratch is the length of the scratch memory of one thread.
func (q *Quartic) Scratch() int { return 8 + quarticLanes*q.sites() }
