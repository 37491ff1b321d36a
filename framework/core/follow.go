package core

import (
	"fmt"
	"math"
)

// An energy of spins or levels can say what the change of one number costs without a look at all of
// x, in one of two ways. Neither needs a power, nor does it cross a process border: chains that make
// use of it walk where the energy is. Both are asked for by AbilityOf.

// Followed is an energy of spins or levels that knows what the change of a single number costs.
type Followed interface {
	// Follow returns a new follower, nil where there is none. Several may be in use at once, each by
	// a goroutine of its own.
	Follow() Follower
}

// Follower knows the energy of one configuration relative to those that differ in one number.
type Follower interface {
	// Start takes up the configuration x. Until the next Start only Set changes x.
	Start(x []float64)
	// Change is E of x with x_i = to, less E(x).
	Change(i int, to float64) float64
	// Set makes x_i = to, in x itself.
	Set(i int, to float64)
}

// PowerClusters declares that the energy is Bonded, and that no bond is frustrated: some
// configuration satisfies all, s_i s_j = sign J_ij. Fields may contradict them.
const PowerClusters Power = "clusters"

// Bonded is an energy of spins that are coupled in pairs,
//
//	E(s) = -sum_<ij> J_ij s_i s_j - sum_i h_i s_i + constant.
type Bonded interface {
	// Bonds are all couplings and fields. The caller does not change them.
	Bonds() (Bonds, error)
}

// Bonds are couplings and fields by site: site i is coupled to Site[b] by J[b] for
// Start[i] <= b < Start[i+1]. A bond stands at both of its ends, so that there are twice as many
// numbers as bonds, and bonds of the same pair add up.
type Bonds struct {
	Start []int     // length number of sites + 1
	Site  []int32   // the other end
	J     []float64 // as long as Site
	H     []float64 // field of each site; nil: none
}

// NewBonds makes them of a list of pairs, which each calls yield with, in the same order whenever
// it is called. A pair of a site with itself is a constant, and left out. subject is whose bonds
// they are.
func NewBonds(subject string, sites int, each func(yield func(i, j int, coupling float64)), h []float64) (Bonds, error) {
	b := Bonds{Start: make([]int, sites+1), H: h}
	each(func(i, j int, _ float64) {
		if i != j {
			b.Start[i+1]++
			b.Start[j+1]++
		}
	})
	for i := range sites {
		b.Start[i+1] += b.Start[i]
	}
	ends := b.Start[sites]
	if err := Afford(12*float64(ends)+8*float64(sites), "energy "+subject, fmt.Sprintf("%d bonds of %d sites", ends/2, sites), "a smaller system"); err != nil {
		return Bonds{}, err
	}
	b.Site, b.J = make([]int32, ends), make([]float64, ends)
	next := append([]int(nil), b.Start[:sites]...)
	put := func(i, j int, v float64) {
		b.Site[next[i]], b.J[next[i]] = int32(j), v
		next[i]++
	}
	each(func(i, j int, v float64) {
		if i != j {
			put(i, j, v)
			put(j, i, v)
		}
	})
	return b, nil
}

// Sites is their number.
func (b *Bonds) Sites() int { return len(b.Start) - 1 }

// Frustrated tells whether no configuration satisfies all bonds. It walks through the sites that
// hang together, and gives each spin the sign that its bonds to those before it want.
func (b *Bonds) Frustrated() bool {
	sign := make([]int8, b.Sites())
	var open []int32
	for first := range sign {
		if sign[first] != 0 {
			continue
		}
		sign[first] = 1
		for open = append(open, int32(first)); len(open) > 0; {
			i := open[len(open)-1]
			open = open[:len(open)-1]
			for k := b.Start[i]; k < b.Start[i+1]; k++ {
				j, want := b.Site[k], sign[i]
				if b.J[k] == 0 {
					continue
				}
				if math.Signbit(b.J[k]) {
					want = -want
				}
				if sign[j] == 0 {
					sign[j] = want
					open = append(open, j)
				}
				if sign[j] != want {
					return true
				}
			}
		}
	}
	return false
}

// Follow is a follower by the bonds of the site that changes.
func (b *Bonds) Follow() Follower { return &bondFollower{bonds: b} }

type bondFollower struct {
	bonds *Bonds
	x     []float64
}

// Start implements Follower.
func (f *bondFollower) Start(x []float64) { f.x = x }

// Change implements Follower: -(to - s_i) (sum_j J_ij s_j + h_i).
func (f *bondFollower) Change(i int, to float64) float64 {
	b, local := f.bonds, 0.0
	if b.H != nil {
		local = b.H[i]
	}
	from, end := b.Start[i], b.Start[i+1]
	site := b.Site[from:end]
	for k, v := range b.J[from:end] {
		local += v * f.x[site[k]]
	}
	return (f.x[i] - to) * local
}

// Set implements Follower.
func (f *bondFollower) Set(i int, to float64) { f.x[i] = to }
