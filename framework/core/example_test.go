package core_test

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// spring is the energy E(x) = x^2/2 of one number, as its author writes it.
type spring struct{}

func (spring) Spec() core.EnergySpec {
	return core.EnergySpec{Space: core.Space{Kind: core.Field, Shape: []int{1}}, Units: "k", Powers: []core.Power{core.PowerSlope}}
}

func (spring) Eval(dst []float64, b *core.Batch) error {
	for i, x := range b.X {
		dst[i] = x * x / 2
	}
	return nil
}

func (s spring) Slope(slope, e []float64, b *core.Batch) error {
	copy(slope, b.X) // dE/dx = x
	return s.Eval(e, b)
}

// A row is a call by the table: who makes it needs to know neither the part nor
// its interface, only the columns.
func ExampleRow() {
	has, lacking := core.RowsOf(core.KindEnergy, spring{}.Spec().Powers)
	fmt.Println(len(has), "rows,", len(lacking), "lacking")

	b := &core.Batch{N: 2, X: []float64{1, -2}}
	for _, c := range core.RowSlope.Out {
		c.Make(b, c.Info().Length(b.N, spring{}.Spec().Sizes()))
	}
	err := core.Local{Part: spring{}}.Call(core.RowSlope, &core.Call{In: b, Out: b})
	fmt.Println(b.E, b.Slope, err)
	// Output:
	// 2 rows, 5 lacking
	// [0.5 2] [1 -2] <nil>
}

// A view gives a part that is called by the table its typed methods back.
func ExampleEnergyView() {
	var anywhere core.Instance = core.Local{Part: spring{}} // or one in another process
	e := core.ViewEnergy(anywhere, spring{}.Spec())
	energies := make([]float64, 1)
	err := e.Eval(energies, &core.Batch{N: 1, X: []float64{3}})
	fmt.Println(energies, err)
	// Output: [4.5] <nil>
}

// Columns in different roles are different columns of one batch.
func ExampleQuantity_As() {
	b := &core.Batch{N: 1}
	core.E.As("cold").Room(b, 1)[0] = 1
	core.E.As("hot").Room(b, 1)[0] = 2
	fmt.Println(core.E.As("cold").Info().Name, core.E.As("cold").Of(b), core.E.As("hot").Of(b))
	// Output: energy@cold [1] [2]
}

// The first illegal number of a column is what a guard reports. An energy may be
// +Inf, which forbids a configuration, and not -Inf.
func ExampleLegal() {
	fmt.Println(core.LegalEnergy.Has(1e308), core.LegalLog.Has(0), core.LegalFraction.Has(1.5))
	// Output: true true false
}

// Two fields stand in x one after the other.
func ExampleSpace_View() {
	s := core.Space{Kind: core.Mixed, Fields: []core.NamedSpace{
		{Name: "nuclei", Space: core.Space{Kind: core.Particles, Shape: []int{1, 3}}},
		{Name: "electrons", Space: core.Space{Kind: core.Particles, Shape: []int{2, 3}}},
	}}
	electrons, _ := s.View("electrons")
	x := make([]float64, 4*s.Size()) // four configurations
	fmt.Println(s.Size(), electrons.From, len(electrons.Of(x, 3, s.Size())))
	// Output: 9 3 6
}

// A step on a circle comes round.
func ExampleSpace_Move() {
	s := core.Space{Kind: core.Angles, Shape: []int{2}}
	x := []float64{3, 0}
	s.Move(x, []float64{1, 1}, 0.5)
	fmt.Printf("%.4f\n", x)
	// Output: [-2.7832 0.5000]
}

// The group of a square of spins that translations and the sign generate.
func ExampleImages() {
	s := core.Space{Kind: core.Spins, Shape: []int{3, 3}, Periodic: true}
	images, err := core.Images(s, 100, core.Translation, core.Z2)
	fmt.Println(len(images), images[1].From, err)
	// Output: 18 [3 4 5 6 7 8 0 1 2] <nil>
}
