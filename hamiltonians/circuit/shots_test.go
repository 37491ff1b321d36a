package circuit

import (
	"math"
	"slices"
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/disorder"
)

// rows asks for rows 0 to n-1, as the numbers of their bit strings.
func rows(t *testing.T, d *Device, n int) []int {
	t.Helper()
	size := d.Spec().Space.Size()
	x, number := make([]float64, n*size), make([]int32, n)
	for k := range number {
		number[k] = int32(k)
	}
	if err := d.Rows(x, number); err != nil {
		t.Fatal(err)
	}
	all := make([]int, n)
	for j, bit := range x {
		all[j/size] = 2*all[j/size] + int(bit)
	}
	return all
}

// Pearson's chi^2 of the rows' frequencies, with and without noise; bit strings of which
// fewer than five are due are counted together. It has the mean f and the variance 2 f for
// f degrees of freedom; the rows are those of shot seed 4.
func TestShotsFollowTheDensity(t *testing.T) {
	const n = 40_000
	for _, fidelity := range []float64{1, 0.391} {
		c := grid(2, 3, 8, 1)
		c.Fidelity, c.Shots, c.ShotSeed = fidelity, n, 4
		seen := make([]float64, 64)
		for _, x := range rows(t, open(t, c), n) {
			seen[x]++
		}
		chi2, free, rareSeen, rare := 0.0, -1.0, 0.0, 0.0
		count := func(seen, due float64) {
			chi2 += (seen - due) * (seen - due) / due
			free++
		}
		for x, p := range c.density(c.run()) {
			if due := n * p; due >= 5 {
				count(seen[x], due)
			} else {
				rareSeen, rare = rareSeen+seen[x], rare+due
			}
		}
		if rare > 0 {
			count(rareSeen, rare)
		}
		if free < 50 || math.Abs(chi2-free) > 4*math.Sqrt(2*free) {
			t.Errorf("fidelity %v: chi^2 %v of %v degrees of freedom", fidelity, chi2, free)
		}
	}
}

// The definition, step by step: a stream that is read from its start, and probabilities
// that are taken from u one after the other.
func TestShotsAnybodyCanDraw(t *testing.T) {
	c := grid(2, 3, 8, 5)
	c.Shots, c.ShotSeed = 200, 3
	p := c.density(c.run())
	stream := disorder.Stream(core.Derive(5, 3))
	for k, x := range rows(t, open(t, c), c.Shots) {
		u, want := float64(stream.Uint64()>>11)/(1<<53), 0
		for u >= p[want] {
			u -= p[want]
			want++
		}
		if x != want {
			t.Errorf("shot %d is %06b, want %06b", k, x, want)
		}
	}
}

// The first shots of an instance, with and without noise, as a program in Python draws
// them that has its own splitmix64, circuit and cumulative sum.
func TestFirstShots(t *testing.T) {
	for fidelity, want := range map[float64][]int{
		1:     {0b01110100, 0b11001101, 0b00110111, 0b11011100, 0b00010101, 0b11000010, 0b00000000, 0b11001000},
		0.391: {0b01110011, 0b11010000, 0b00111000, 0b11011100, 0b00011001, 0b11000000, 0b00000000, 0b11001000},
	} {
		c := grid(2, 4, 10, 1)
		c.Fidelity, c.Shots, c.ShotSeed = fidelity, len(want), 1
		if got := rows(t, open(t, c), len(want)); !slices.Equal(got, want) {
			t.Errorf("fidelity %v: %08b, want %08b", fidelity, got, want)
		}
	}
}

// More rows, of any range, leave the others as they are; another seed does not.
func TestShotsStay(t *testing.T) {
	c := grid(2, 3, 8, 1)
	c.Shots = 100
	some := rows(t, open(t, c), 100)
	c.Shots, c.Validation = 90, 1000
	for k, x := range rows(t, open(t, c), 100) {
		if x != some[k] {
			t.Fatalf("shot %d was %06b and is %06b", k, some[k], x)
		}
	}
	c.ShotSeed++
	equal := 0
	for k, x := range rows(t, open(t, c), 100) {
		if x == some[k] {
			equal++
		}
	}
	if equal > 20 { // 100 sum p^2 = 3 are due
		t.Errorf("%d of 100 shots are those of another seed", equal)
	}
}
