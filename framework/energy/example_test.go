package energy_test

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// springs couple neighbours along a chain, E = k/2 sum_j (x_j+1 - x_j)^2.
type springs struct {
	K float64 `key:"k" above:"0" help:"stiffness of the springs"`
}

func (s springs) Add(e, slope, x []float64) {
	energy.Each(e, slope, x, func(slope, x []float64) float64 {
		sum := 0.0
		for j := range len(x) - 1 {
			u := x[j+1] - x[j]
			sum += s.K / 2 * u * u
			if slope != nil {
				slope[j] -= s.K * u
				slope[j+1] += s.K * u
			}
		}
		return sum
	})
}

// solve has the centre of mass, of the trap's stiffness 1, and the relative motion.
func (s springs) solve(beta float64) (core.Exact, error) {
	var z exact.Partition
	z.AddModes(1, 1, beta)
	z.AddModes(1, 1+2*s.K, beta)
	return z.Values(beta, "normal modes"), nil
}

// part is what a plugin's main serves: sdk.Serve(part).
var part = core.Part{
	Manifest: core.Manifest{Kind: core.KindEnergy, Name: "beads", Version: "0.1.0",
		Summary: "two beads in a trap, joined by a spring", Params: core.SchemaOf(springs{K: 1})},
	NewEnergy: func(s core.Settings) (core.Energy, error) {
		var c springs
		core.Decode(s, &c)
		if err := energy.Finite("beads", "k", c.K); err != nil {
			return nil, err
		}
		return energy.NewSmooth("beads", core.EnergySpec{
			Space: core.Space{Kind: core.Field, Shape: []int{2}}, Units: "1", Symmetries: []core.Symmetry{core.Z2},
		}, exact.Solution{Solve: c.solve}, energy.Sum(energy.Harmonic{Stiffness: 1}, c)), nil
	},
}

// A complete energy: two beads in a trap, joined by a spring. At x = (1, 2) it is
// (1 + 4)/2 + 1/2, and F = -ln(2 pi/sqrt 3) at beta = 1.
func Example() {
	e, err := part.NewEnergy(core.Settings{"k": 1.0})
	if err != nil {
		fmt.Println(err)
		return
	}
	value, slope := make([]float64, 1), make([]float64, 2)
	err = e.(core.EnergySloper).Slope(slope, value, &core.Batch{N: 1, X: []float64{1, 2}})
	known, _ := e.(core.Exacter).Exact(1)
	fmt.Println(value, slope, err)
	fmt.Printf("F = %.4f by %s\n", known.Values["free_energy"], known.Source)
	// Output:
	// [3] [0 3] <nil>
	// F = -1.2886 by normal modes
}

// Three spins of which each pair wants to be opposite: six of the eight states have the
// lowest energy -1, and the entropy at T = 0 is ln 6.
func ExampleNew() {
	const n = 3
	values := func(e, x []float64) {
		for i := range e {
			s := x[i*n : (i+1)*n]
			e[i] = s[0]*s[1] + s[1]*s[2] + s[2]*s[0]
		}
	}
	e := energy.New("triangle", core.EnergySpec{
		Space: core.Space{Kind: core.Spins, Shape: []int{n}}, Units: "J", Symmetries: []core.Symmetry{core.Z2},
	}, exact.Spins(n, values), values)
	dst := make([]float64, 2)
	err := e.Eval(dst, &core.Batch{N: 2, X: []float64{1, 1, 1, 1, 1, -1}})
	cold, _ := e.Exact(1e6)
	fmt.Println(dst, err)
	fmt.Printf("S = %.4f\n", cold.Values["entropy"])
	// Output:
	// [3 -1] <nil>
	// S = 1.7918
}

// Two charges at (0, 0) and (3, 4) in a trap with k = 2: 25 of the trap, and 5/5 of the
// repulsion with g = 5. The force on the second is 2 x inwards, less x/25 outwards.
func ExampleSum() {
	sum := energy.Sum(energy.Harmonic{Stiffness: 2}, energy.Coulomb{Strength: 5, Dimension: 2})
	e, slope := make([]float64, 1), make([]float64, 4)
	sum(e, slope, []float64{0, 0, 3, 4})
	fmt.Println(e, slope[2:])
	// Output:
	// [26] [5.88 7.84]
}
