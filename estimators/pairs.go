package estimators

import (
	"math"
	"math/rand/v2"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/stats"
)

// With a kernel k(x, y), draws x_i and rows y_i, the means over pairs i != j of
//
//	h_ij = k(x_i, x_j) + k(y_i, y_j) - k(x_i, y_j) - k(x_j, y_i),
//	U = 1/(n (n-1)) sum_{i != j} h_ij,   < U > = < k(x, x') + k(y, y') - 2 k(x, y) >
//
// measure how far the two densities are apart (Gretton, Borgwardt, Rasch, Schoelkopf and
// Smola 2012, J. Mach. Learn. Res. 13, 723, eq. 4). U is a U-statistic of n independent
// pairs z_i = (x_i, y_i), whose variance for any n is (Hoeffding 1948, Ann. Math. Stat. 19,
// 293)
//
//	Var U = 2/(n (n-1)) [2 (n-2) zeta_1 + zeta_2],
//	zeta_1 = < h_12 h_13 > - < h_12 h_34 >,   zeta_2 = < h_12^2 > - < h_12 h_34 >,
//
// with the averages over different pairs. Sums over rows of h give them without bias:
// with r_i = sum_j h_ij, S = sum_i r_i, R = sum_i r_i^2 and Q = sum_ij h_ij^2,
//
//	< h_12^2 > = Q/(n)_2,   < h_12 h_13 > = (R - Q)/(n)_3,   < h_12 h_34 > = (S^2 - 4 R + 2 Q)/(n)_4,
//
// (n)_k = n (n-1) ... (n-k+1). zeta_1 >= 0 vanishes where the two densities are one, and
// zeta_2 alone is left. An estimate below 0 is taken for 0, which makes the error of one
// density up to 1.4 times too large.
//
// If they are one, x_i and y_i may change places in any of the pairs, which turns the signs of
// the rows and columns of h: the share of the U of random signs s,
// sum_ij s_i s_j h_ij/(n (n-1)), that are not below the U that was found, itself one of them, is the
// p-value of a test that is exact for any n (Fisher's randomisation test).

// pairs is h of n pairs, with zeros on the diagonal.
type pairs struct {
	n int
	h []float64
}

// newPairs evaluates h for a kernel that is a function of the squared distance.
func newPairs(x, y []float64, n int, kernel func(square float64) float64) *pairs {
	p := &pairs{n: n, h: make([]float64, n*n)}
	if n == 0 {
		return p
	}
	d := len(x) / n
	for i := range n {
		xi, yi := x[i*d:(i+1)*d], y[i*d:(i+1)*d]
		for j := range i {
			xj, yj := x[j*d:(j+1)*d], y[j*d:(j+1)*d]
			v := kernel(stats.SquaredDistance(xi, xj)) + kernel(stats.SquaredDistance(yi, yj)) - kernel(stats.SquaredDistance(xi, yj)) - kernel(stats.SquaredDistance(xj, yi))
			p.h[i*n+j], p.h[j*n+i] = v, v
		}
	}
	return p
}

// mean is U, and its standard error.
func (p *pairs) mean() (u, stderr float64) {
	n := float64(p.n)
	var s, r, q float64
	for i := range p.n {
		sum := 0.0
		for _, v := range p.h[i*p.n : (i+1)*p.n] {
			sum += v
			q += v * v
		}
		s += sum
		r += sum * sum
	}
	if p.n < 4 {
		return s / (n * (n - 1)), math.NaN()
	}
	two := n * (n - 1)
	three := two * (n - 2)
	apart := (s*s - 4*r + 2*q) / (three * (n - 3))
	zeta1, zeta2 := max(0, (r-q)/three-apart), max(0, q/two-apart)
	return s / two, math.Sqrt(2 / two * (2*(n-2)*zeta1 + zeta2))
}

// test is the p-value, by so many draws of signs.
func (p *pairs) test(seed uint64, draws int) (value, stderr float64) {
	random := rand.New(rand.NewPCG(core.Derive(seed, 1), core.Derive(seed, 2)))
	sign := make([]float64, p.n)
	for i := range sign {
		sign[i] = 1
	}
	found := p.form(sign)
	tolerance := 1e-12 * math.Abs(found) // the same sum in another order
	above := 1.0
	for range draws {
		for i := range sign {
			sign[i] = float64(1 - 2*random.IntN(2))
		}
		if p.form(sign) >= found-tolerance {
			above++
		}
	}
	m := float64(draws + 1)
	value = above / m
	return value, math.Sqrt(value * (1 - value) / m)
}

// form is sum_ij s_i s_j h_ij.
func (p *pairs) form(sign []float64) (sum float64) {
	for i, s := range sign {
		row := 0.0
		for j, v := range p.h[i*p.n : i*p.n+i] {
			row += sign[j] * v
		}
		sum += 2 * s * row
	}
	return sum
}

// testKeys are the keys of the randomisation test.
type testKeys struct {
	Permutations int `key:"permutations" min:"0" max:"100000" help:"exchanges of draws and rows that the p-value is made of, which is 1/(permutations + 1) at least; 0: none is reported"`
	Seed         int `key:"seed" help:"of the exchanges"`
}

// report makes the estimates of a statistic: its value, and the p-value.
func (k testKeys) report(p *pairs, name, long, units string) []core.Estimate {
	u, stderr := p.mean()
	all := []core.Estimate{core.Scalar(name, long, u, stderr, units, int64(p.n))}
	if k.Permutations > 0 {
		value, stderr := p.test(uint64(k.Seed), k.Permutations)
		all = append(all, core.Scalar(name+pValue, "probability of a value as large if draws and rows have one density", value, stderr, "1", int64(p.n)))
	}
	return all
}

const pValue = "_p_value"

// names are those of the estimates.
func (k testKeys) names(name string) []string {
	if k.Permutations == 0 {
		return []string{name}
	}
	return []string{name, name + pValue}
}
