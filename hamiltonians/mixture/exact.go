package mixture

import (
	"math"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/energy/exact"
)

// The density p is normalised and has simple moments,
//
//	ln Z = 0,   <x_i> = sum_k w_k mu_ki,   <|x|^2> = sum_k w_k (|mu_k|^2 + d sigma_k^2),
//	<(sum_i x_i)^2> = sum_k w_k [(sum_i mu_ki)^2 + d sigma_k^2],
//
// at beta = 1 alone. The mean of ln p is an integral: on a line it is done, at any
// temperature that the panels resolve.

// Quadrature is by panels of a 32nd of sigma_k around each mu_k. At mostBeta the peaks
// of p^beta are three panels wide, and at leastBeta it takes a second at most for a dozen
// components.
const (
	leastBeta = 0.01
	mostBeta  = 100
)

// far is how many widths around mu_k matter: exp(-far^2/2) = 3e-43.
const far = 14

func (p density) solve(beta float64) (core.Exact, error) {
	line := p.d == 1 && beta >= leastBeta && beta <= mostBeta
	switch {
	case line:
		x := p.integrate(beta)
		if beta == 1 {
			p.addMoments(x.Values)
		}
		return x, nil
	case beta == 1:
		x := core.Exact{Values: map[string]float64{"log_z": 0, "free_energy": 0}, Source: "normalised density, closed form"}
		p.addMoments(x.Values)
		return x, nil
	}
	return core.Exact{}, core.Errorf(core.Unsupported, "exact values", name, "a mixture in %d dimensions is solved at beta = 1 and not at %v", p.d, beta)
}

// integrate sums p^beta and its moments of E over the line. Between two neighbours of
// all the points mu_k + j sigma_k, p is as smooth as its narrowest component nearby.
func (p density) integrate(beta float64) core.Exact {
	reach := math.Ceil(far / math.Sqrt(min(1, beta)))
	var points []float64
	for k, mean := range p.mean {
		for j := -reach; j <= reach; j++ {
			points = append(points, mean+j*p.width[k])
		}
	}
	slices.Sort(points)
	var a exact.Accumulator
	e, x := make([]float64, 1), make([]float64, 1)
	for i, from := range points[1:] {
		a.Integrate(points[i], from, func(at float64) (lnw, reduced float64) {
			x[0] = at
			p.evaluate(e, nil, x)
			return -beta * e[0], beta * e[0]
		})
	}
	var sum exact.Partition
	sum.Add(&a, beta)
	found := sum.Values(beta, "quadrature")
	if beta == 1 {
		exact.Normalise(found)
	}
	return found
}

// addMoments adds those of the field at beta = 1.
func (p density) addMoments(values map[string]float64) {
	d := float64(p.d)
	var first, total, square float64
	for k, w := range p.weight {
		sum := 0.0
		for _, mu := range p.mean[k*p.d : (k+1)*p.d] {
			sum += mu
			square += w * mu * mu
		}
		variance := d * p.width[k] * p.width[k]
		first += w * sum
		total += w * (sum*sum + variance)
		square += w * variance
	}
	values["magnetization"] = first / d
	values["magnetization_squared"] = total / (d * d)
	values["field_squared"] = square / d
}
