package boltzmann

import (
	"math"
	"sort"

	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Half of the spins are the columns of a matrix that has all states, and the others its
// rows: s = (r, c), and
//
//	ln P_rc = u_r + r.K c + v_c,
//
// u and v of the spins of one half among themselves. Products with the matrices R and C of
// the states of the halves then give all logarithms, and of P all means:
//
//	< r_i c_j > = (R^T P C)_ij/Z,   < r_i r_j > = sum_r r_i r_j P_r/Z,   P_r = sum_c P_rc.
type states struct {
	rows, columns half
	p             []float64 // P
	logZ          float64
	cumulative    []float64 // of P_r, up to and with r
	means         []float64 // < s_i >
	products      []float64 // < s_i s_j >
	couplings     []float64 // of a spin of the rows and one of the columns

	// Of each strip of rows.
	most, marginals []float64 // the largest logarithm; sum_r P_rc
	cross           []float64 // R^T P C
	weigh, sum      func(int)
}

// half has the states of some spins, from the first on.
type half struct {
	first, spins int
	s            []float64 // a row for each state
	log          []float64 // u or v
	weight       []float64 // P_r or P_c
}

func newHalf(first, spins int) half {
	n := 1 << spins
	h := half{first: first, spins: spins, s: make([]float64, n*spins), log: make([]float64, n), weight: make([]float64, n)}
	for code := range n {
		for j := range spins {
			h.s[code*spins+j] = float64(2*(code>>j&1) - 1)
		}
	}
	return h
}

// strip is how many rows of P a task makes.
const strip = 32

func newStates(spins int) *states {
	t := &states{columns: newHalf(0, spins/2), rows: newHalf(spins/2, spins-spins/2), means: make([]float64, spins), products: make([]float64, spins*spins)}
	r, c := len(t.rows.log), len(t.columns.log)
	strips := (r + strip - 1) / strip
	t.p, t.cumulative, t.couplings = make([]float64, r*c), make([]float64, r), make([]float64, t.rows.spins*t.columns.spins)
	t.most, t.marginals, t.cross = make([]float64, strips), make([]float64, strips*c), make([]float64, strips*len(t.couplings))
	t.weigh, t.sum = t.weighStrip, t.sumStrip
	return t
}

// of makes the weights of all states and the means, of fields and of a symmetric matrix of
// couplings with zeros on the diagonal.
func (t *states) of(h, k []float64) {
	n := len(h)
	for _, half := range []half{t.rows, t.columns} {
		for code := range half.log {
			s, sum := half.s[code*half.spins:(code+1)*half.spins], 0.0
			for i, a := range s {
				sum += a * h[half.first+i]
				for j, b := range s[:i] {
					sum += a * b * k[(half.first+i)*n+half.first+j]
				}
			}
			half.log[code] = sum
		}
	}
	for i := range t.rows.spins {
		copy(t.couplings[i*t.columns.spins:(i+1)*t.columns.spins], k[(t.rows.first+i)*n:])
	}
	par.For(len(t.most), t.weigh)
	most := math.Inf(-1)
	for _, v := range t.most {
		most = max(most, v)
	}
	t.most[0] = most
	par.For(len(t.most), t.sum)
	z := 0.0
	for r, w := range t.rows.weight {
		z += w
		t.cumulative[r] = z
	}
	t.logZ = most + math.Log(z)
	t.average(z, n)
}

// weighStrip makes the logarithms of P of some rows.
func (t *states) weighStrip(k int) {
	rows, c := t.strip(k)
	spins := t.rows.spins
	r := t.rows.s[k*strip*spins : (k*strip+rows)*spins]
	p, fields := t.p[k*strip*c:(k*strip+rows)*c], make([]float64, rows*t.columns.spins)
	tensor.Gemm(false, false, rows, t.columns.spins, spins, 1, r, spins, t.couplings, t.columns.spins, 0, fields, t.columns.spins)
	for i := range rows {
		for j, v := range t.columns.log {
			p[i*c+j] = v + t.rows.log[k*strip+i]
		}
	}
	tensor.Gemm(false, true, rows, c, t.columns.spins, 1, fields, t.columns.spins, t.columns.s, t.columns.spins, 1, p, c)
	t.most[k] = math.Inf(-1)
	for _, v := range p {
		t.most[k] = max(t.most[k], v)
	}
}

// sumStrip makes P, relative to its largest element, and its sums.
func (t *states) sumStrip(k int) {
	rows, c := t.strip(k)
	most, spins := t.most[0], t.columns.spins
	p, marginals := t.p[k*strip*c:(k*strip+rows)*c], t.marginals[k*c:(k+1)*c]
	clear(marginals)
	for i := range rows {
		row, sum := p[i*c:(i+1)*c], 0.0
		for j, v := range row {
			row[j] = math.Exp(v - most)
			sum += row[j]
		}
		tensor.Add(marginals, marginals, row)
		t.rows.weight[k*strip+i] = sum
	}
	pc := make([]float64, rows*spins)
	tensor.Gemm(false, false, rows, spins, c, 1, p, c, t.columns.s, spins, 0, pc, spins)
	tensor.Gemm(true, false, t.rows.spins, spins, rows, 1, t.rows.s[k*strip*t.rows.spins:], t.rows.spins, pc, spins, 0, t.cross[k*len(t.couplings):], spins)
}

// strip is how many rows strip k has, and their length.
func (t *states) strip(k int) (rows, columns int) {
	return min(strip, len(t.rows.log)-k*strip), len(t.columns.log)
}

// average makes the means of n spins.
func (t *states) average(z float64, n int) {
	clear(t.columns.weight)
	c := len(t.columns.weight)
	for k := range t.most {
		tensor.Add(t.columns.weight, t.columns.weight, t.marginals[k*c:(k+1)*c])
	}
	clear(t.means)
	clear(t.products)
	for _, half := range []half{t.rows, t.columns} {
		for code, w := range half.weight {
			s := half.s[code*half.spins : (code+1)*half.spins]
			for i, a := range s {
				t.means[half.first+i] += a * w / z
				for j, b := range s[:i] {
					t.products[(half.first+j)*n+half.first+i] += a * b * w / z
				}
			}
		}
	}
	for k := range t.most {
		for i := range t.rows.spins {
			for j := range t.columns.spins {
				t.products[j*n+t.rows.first+i] += t.cross[k*len(t.couplings)+i*t.columns.spins+j] / z
			}
		}
	}
}

// draw makes the spins of a state of which two uniform numbers decide.
func (t *states) draw(s []float64, u, v float64) {
	c := len(t.columns.weight)
	r := min(sort.SearchFloat64s(t.cumulative, u*t.cumulative[len(t.cumulative)-1]), len(t.cumulative)-1)
	rest, at := v*t.rows.weight[r], 0
	for row := t.p[r*c : (r+1)*c]; at < c-1 && rest >= row[at]; at++ {
		rest -= row[at]
	}
	copy(s, t.columns.s[at*t.columns.spins:(at+1)*t.columns.spins])
	copy(s[t.rows.first:], t.rows.s[r*t.rows.spins:(r+1)*t.rows.spins])
}
