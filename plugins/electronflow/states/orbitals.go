package states

import (
	"cmp"
	"math"
	"slices"
)

// PlaneWaves lists the orbitals exp(2 pi i (n + twist).x/L) of a square or cubic
// box with |n|^2 <= eMax, as the vectors n + twist. Those of the highest energy
// |n + twist|^2 come first, those of equal energy in the order of their components,
// the first of them counting most. A nil twist is zero.
func PlaneWaves(dimension, eMax int, twist []float64) [][]float64 {
	top := int(math.Sqrt(float64(eMax)))
	waves := [][]float64{nil}
	for range dimension {
		var longer [][]float64
		for _, w := range waves {
			for n := -top; n <= top; n++ {
				longer = append(longer, append(slices.Clip(w), float64(n)))
			}
		}
		waves = longer
	}
	waves = slices.DeleteFunc(waves, func(n []float64) bool { return norm2(n) > float64(eMax) })
	for _, w := range waves {
		for a, t := range twist {
			w[a] += t
		}
	}
	slices.SortStableFunc(waves, func(a, b []float64) int { return cmp.Compare(norm2(b), norm2(a)) })
	return waves
}

func norm2(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return sum
}

// fermiUnit is the energy of |n + twist| = 1 in units of the Fermi energy of n
// electrons of that spin, (2 pi/(L k_F))^2: whatever L, (k_F L)^2 = 4 pi N in two
// dimensions, (k_F L)^3 = 6 pi^2 N in three, and k_F L = pi N in one.
func fermiUnit(n, dimension int) float64 {
	N := float64(n)
	var kL float64
	switch dimension {
	case 1:
		kL = math.Pi * N
	case 2:
		kL = math.Sqrt(4 * math.Pi * N)
	default:
		kL = math.Cbrt(6 * math.Pi * math.Pi * N)
	}
	return 4 * math.Pi * math.Pi / (kL * kL)
}
