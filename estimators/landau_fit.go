package estimators

import (
	"cmp"
	"math"
	"slices"
)

// leastSquares is Landau's form as a linear model of y = -T ln p(K), the columns 1, dN_s of the
// shells that vary but for the last one of the sea, and of those that interact dN_s dN_s' for
// s < s' and then dN_s^2/2. Its normal equations are sums over blocks, so that one can be left out.
type leastSquares struct {
	of           *landauFit
	undefined    string // why there is no fit, "" where there is
	below, above int    // the Fermi level
	linear       []int  // shells with a column
	pairs        [][2]int
	rows         [][]float64 // of states that take part
	y            []float64
	weights      []float64 // draws of each
	gram         [][]float64
	right        [][]float64 // of each block
	used         []int       // columns that are not sums of others
}

// fit prepares the equations.
func (e *landauFit) fit() *leastSquares {
	f := &leastSquares{of: e}
	states := len(e.draws.logP)
	counts, deviations := make([]float64, states), make([][]float64, states)
	for _, k := range e.draws.of {
		counts[k]++
	}
	for k := range deviations {
		deviations[k] = e.deviations(k)
	}
	varying, fits := e.varying(deviations, counts)
	f.below, f.above = e.level(deviations, counts)
	if f.below < 0 || !slices.Contains(varying, f.below) || !slices.Contains(varying, f.above) {
		f.undefined = "too few states were drawn with other occupations at the Fermi level: draw more, or at a higher temperature"
		return f
	}
	f.choose(varying)
	width := 1 + len(f.linear) + len(f.pairs)
	row := make([]int, states) // of each state, -1 for those that take no part
	for k, d := range deviations {
		row[k] = -1
		if fits(d) {
			row[k] = len(f.rows)
			f.rows = append(f.rows, f.row(d))
			f.y, f.weights = append(f.y, -e.draws.logP[k]/e.beta), append(f.weights, counts[k])
		}
	}
	if len(f.rows) <= width {
		f.undefined = "there are no more states than parameters of the fit: draw more, or set shells to less"
		return f
	}
	f.gram, f.right = make([][]float64, e.draws.blocks()), make([][]float64, e.draws.blocks())
	for b := range f.gram {
		f.gram[b], f.right[b] = make([]float64, width*width), make([]float64, width)
	}
	for i, k := range e.draws.of {
		if at := row[k]; at >= 0 {
			addRow(f.gram[e.draws.block(i)], f.right[e.draws.block(i)], f.rows[at], f.y[at])
		}
	}
	f.used = independent(f.total(-1))
	return f
}

// addRow adds a row to normal equations.
func addRow(gram, right, row []float64, y float64) {
	for i, v := range row {
		right[i] += v * y
		for j, w := range row {
			gram[i*len(row)+j] += v * w
		}
	}
}

// choose sets the columns.
func (f *leastSquares) choose(varying []int) {
	for _, s := range varying {
		if s != f.below {
			f.linear = append(f.linear, s)
		}
	}
	k := f.of.shells.values
	middle := (k[f.below] + k[f.above]) / 2
	near := slices.Clone(varying)
	slices.SortStableFunc(near, func(a, b int) int { return cmp.Compare(math.Abs(k[a]-middle), math.Abs(k[b]-middle)) })
	near = near[:min(len(near), f.of.Interacting)]
	slices.Sort(near)
	for i, a := range near {
		for _, b := range near[i+1:] {
			f.pairs = append(f.pairs, [2]int{a, b})
		}
	}
	for _, a := range near {
		f.pairs = append(f.pairs, [2]int{a, a})
	}
}

// row is that of a state.
func (f *leastSquares) row(d []float64) []float64 {
	row := []float64{1}
	for _, s := range f.linear {
		row = append(row, d[s])
	}
	for _, p := range f.pairs {
		v := d[p[0]] * d[p[1]]
		if p[0] == p[1] {
			v /= 2
		}
		row = append(row, v)
	}
	return row
}

// total are the normal equations without a block, of all with -1.
func (f *leastSquares) total(without int) (gram, right []float64) {
	gram, right = make([]float64, len(f.gram[0])), make([]float64, len(f.right[0]))
	for b := range f.gram {
		if b == without {
			continue
		}
		for i, v := range f.gram[b] {
			gram[i] += v
		}
		for i, v := range f.right[b] {
			right[i] += v
		}
	}
	return gram, right
}

// dependent is the part of a column's square beside the others below which it is a sum of
// them: rounding leaves 1e-13 of sums of integers, and what varies by itself in one draw of a
// million 1e-6.
const dependent = 1e-9

// independent are the columns that are no sum of those before, by elimination.
func independent(gram, _ []float64) (used []int) {
	n := int(math.Sqrt(float64(len(gram))))
	g := slices.Clone(gram)
	for c := range n {
		pivot := g[c*n+c]
		if !(pivot > dependent*gram[c*n+c]) {
			continue
		}
		used = append(used, c)
		for i := c + 1; i < n; i++ {
			factor := g[i*n+c] / pivot
			for j := c + 1; j < n; j++ {
				g[i*n+j] -= factor * g[c*n+j]
			}
		}
	}
	return used
}

// solve is the fit of normal equations: a parameter for each column, 0 for those that are sums of
// others; nil where it is not determined, as without a block that alone has a column.
func (f *leastSquares) solve(gram, right []float64) []float64 {
	n, m := len(right), len(f.used)
	a, x := make([]float64, m*m), make([]float64, m)
	for i, c := range f.used {
		x[i] = right[c]
		for j, d := range f.used {
			a[i*m+j] = gram[c*n+d]
		}
	}
	for c := range m { // symmetric and positive: no other pivots are needed
		pivot := a[c*m+c]
		if !(pivot > dependent*gram[f.used[c]*n+f.used[c]]) {
			return nil
		}
		for i := c + 1; i < m; i++ {
			factor := a[i*m+c] / pivot
			for j := c; j < m; j++ {
				a[i*m+j] -= factor * a[c*m+j]
			}
			x[i] -= factor * x[c]
		}
	}
	for c := m - 1; c >= 0; c-- {
		for j := c + 1; j < m; j++ {
			x[c] -= a[c*m+j] * x[j]
		}
		x[c] /= a[c*m+c]
	}
	parameters := make([]float64, n)
	for i, c := range f.used {
		parameters[c] = x[i]
	}
	return parameters
}

// all is the fit to all draws, and without that to all but a block.
func (f *leastSquares) all() []float64          { return f.solve(f.total(-1)) }
func (f *leastSquares) without(b int) []float64 { return f.solve(f.total(b)) }

// energies writes eps_s where a shell has a column; that of the last shell of the sea is 0.
func (f *leastSquares) energies(dst, parameters []float64) {
	dst[f.below] = 0
	for i, s := range f.linear {
		dst[s] = parameters[1+i]
	}
}

// interactions writes f_ss'.
func (f *leastSquares) interactions(dst, parameters []float64) {
	n := len(f.of.sea)
	for i, p := range f.pairs {
		v := parameters[1+len(f.linear)+i]
		dst[p[0]*n+p[1]], dst[p[1]*n+p[0]] = v, v
	}
}

// mass is m*/m.
func (f *leastSquares) mass(parameters []float64) float64 {
	k := f.of.shells.values
	above := parameters[1+slices.Index(f.linear, f.above)]
	return f.of.c * (k[f.above]*k[f.above] - k[f.below]*k[f.below]) / above
}

// residual is the root of the mean square of what is left, in ln p.
func (f *leastSquares) residual(parameters []float64) float64 {
	sum, total := 0.0, 0.0
	for i, row := range f.rows {
		left := f.y[i] - dot(row, parameters)
		sum, total = sum+f.weights[i]*left*left, total+f.weights[i]
	}
	return f.of.beta * math.Sqrt(sum/total)
}

// errors writes the errors by the jackknife of what of writes of the parameters.
func (f *leastSquares) errors(dst []float64, left [][]float64, of func(dst, parameters []float64)) {
	values := make([][]float64, len(left))
	for b, parameters := range left {
		values[b] = nans(len(dst))
		of(values[b], parameters)
	}
	one := make([]float64, len(left))
	for k := range dst {
		for b := range values {
			one[b] = values[b][k]
		}
		dst[k] = leaveOut(one)
	}
}
