package discreteflow

import (
	"math"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/nn"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// relabel is the last layer. Of a site with the logits a_r of its relabellings r and c_j of
// its base, for every sample
//
//	pi = softmax(a),   b = softmax(c),   P_k = sum_r M_kr pi_r,   M_kr = b at r^-1(k),
//	y_k = ln P_k - ln P_0,   k = 1, ..., K-1,
//
// and y_k = c_k - c_0 of the sites before from, which keep their labels.
type relabel struct {
	relabellings
	base   *grad.Param[float64] // sites x K
	a, y   nn.Map[float64]
	from   int
	pi, p  []float64 // of all samples, kept for Backward
	m, b   []float64 // M and b of the site in work
	bounds []int
	dbase  []float64 // of each segment, made by Backward
	dp, dm []float64
	dpi    []float64
}

var (
	_ nn.Causal[float64]     = (*relabel)(nil)
	_ grad.Weighted[float64] = (*relabel)(nil)
)

// least is added to each P_k, so that its logarithm is finite where it underflows.
const least = 1e-300

func newRelabel(r relabellings, base *grad.Param[float64], from int, a, y nn.Map[float64]) *relabel {
	n, count := a.N, len(r.inverse)
	return &relabel{relabellings: r, base: base, a: a, y: y, from: from,
		pi: make([]float64, len(a.Val)), p: make([]float64, a.Sites*r.levels*n),
		m: make([]float64, r.levels*count), b: make([]float64, r.levels),
		dp: make([]float64, r.levels*n), dm: make([]float64, r.levels*count), dpi: make([]float64, count*n)}
}

// kept is how many numbers the layer keeps of a chunk.
func (o *relabel) kept() int {
	return len(o.pi) + len(o.p) + len(o.dp) + len(o.dpi) + len(o.m) + len(o.dm)
}

func (o *relabel) Inputs() []*grad.Var[float64] { return []*grad.Var[float64]{o.a.Var} }

func (o *relabel) Forward() {
	for i := range o.y.Sites {
		o.Site(i)
	}
}

func (o *relabel) Begin(lo, hi int) {}

// rows are the rows of a site in a matrix with so many rows for each.
func (o *relabel) rows(all []float64, i, rows int) []float64 {
	size := rows * o.y.N
	return all[i*size : (i+1)*size]
}

func (o *relabel) Site(i int) {
	n, y := o.y.N, o.rows(o.y.Val, i, o.levels-1)
	c := o.base.Val[i*o.levels : (i+1)*o.levels]
	if i < o.from {
		for k := 1; k < o.levels; k++ {
			tensor.FillRows(y[(k-1)*n:k*n], 1, n, n, []float64{c[k] - c[0]})
		}
		return
	}
	o.matrix(c)
	count := len(o.inverse)
	pi, p := o.rows(o.pi, i, count), o.rows(o.p, i, o.levels)
	softmax(pi, o.rows(o.a.Val, i, count), n)
	tensor.MulSet(false, o.levels, n, count, o.m, count, pi, n, p, n, []float64{least})
	for s := range n {
		first := math.Log(p[s])
		for k := 1; k < o.levels; k++ {
			y[(k-1)*n+s] = math.Log(p[k*n+s]) - first
		}
	}
}

// matrix computes b and M.
func (o *relabel) matrix(c []float64) {
	softmax(o.b, c, 1)
	count := len(o.inverse)
	for r, inverse := range o.inverse {
		for k, x := range inverse {
			o.m[k*count+r] = o.b[x]
		}
	}
}

// softmax normalises the columns of a matrix of n columns.
func softmax(dst, a []float64, n int) {
	rows := len(a) / n
	for s := range n {
		most, sum := math.Inf(-1), 0.0
		for r := range rows {
			most = max(most, a[r*n+s])
		}
		for r := range rows {
			e := math.Exp(a[r*n+s] - most)
			dst[r*n+s] = e
			sum += e
		}
		for r := range rows {
			dst[r*n+s] /= sum
		}
	}
}

// Backward is, with dP_k = dy_k/P_k and dP_0 = -sum_k dy_k/P_0,
//
//	dpi = M^T dP,   da_r = pi_r (dpi_r - sum_s pi_s dpi_s),
//	dM  = dP pi^T,  db_j = sum of dM_kr over r^-1(k) = j,   dc_j = b_j (db_j - sum_k b_k db_k),
//
// where the derivatives of the base are sums over a segment's samples.
func (o *relabel) Backward() {
	segments := max(1, len(o.bounds)-1)
	o.dbase = resize(o.dbase, segments*len(o.base.Val))
	clear(o.dbase)
	for i := range o.y.Sites {
		if i < o.from {
			o.backKept(i, segments)
			continue
		}
		o.backSite(i)
		count := len(o.inverse)
		for k := range segments {
			from, to := o.segment(k)
			tensor.Gemm(false, true, o.levels, count, to-from, 1, o.dp[from:], o.y.N, o.rows(o.pi, i, count)[from:], o.y.N, 0, o.dm, count)
			db := o.dbase[k*len(o.base.Val)+i*o.levels:][:o.levels]
			for r, inverse := range o.inverse {
				for k, x := range inverse {
					db[x] += o.dm[k*count+r]
				}
			}
			mean := dot(db, o.b)
			for j, b := range o.b {
				db[j] = b * (db[j] - mean)
			}
		}
	}
}

// backSite computes dP, and the adjoints of the logits.
func (o *relabel) backSite(i int) {
	n, count := o.y.N, len(o.inverse)
	dy, pi, p := o.rows(o.y.Adj, i, o.levels-1), o.rows(o.pi, i, count), o.rows(o.p, i, o.levels)
	for s := range n {
		sum := 0.0
		for k := 1; k < o.levels; k++ {
			d := dy[(k-1)*n+s]
			o.dp[k*n+s] = d / p[k*n+s]
			sum += d
		}
		o.dp[s] = -sum / p[s]
	}
	o.matrix(o.base.Val[i*o.levels : (i+1)*o.levels])
	tensor.MulSet(true, count, n, o.levels, o.m, count, o.dp, n, o.dpi, n, []float64{0})
	da := o.rows(o.a.Adj, i, count)
	for s := range n {
		mean := 0.0
		for r := range count {
			mean += pi[r*n+s] * o.dpi[r*n+s]
		}
		for r := range count {
			da[r*n+s] += pi[r*n+s] * (o.dpi[r*n+s] - mean)
		}
	}
}

// backKept is that of a site that keeps its label.
func (o *relabel) backKept(i, segments int) {
	n, dy := o.y.N, o.rows(o.y.Adj, i, o.levels-1)
	for segment := range segments {
		from, to := o.segment(segment)
		dc := o.dbase[segment*len(o.base.Val)+i*o.levels:][:o.levels]
		for k := 1; k < o.levels; k++ {
			for _, d := range dy[(k-1)*n+from : (k-1)*n+to] {
				dc[k] += d
			}
			dc[0] -= dc[k]
		}
	}
}

// Segment implements grad.Weighted.
func (o *relabel) Segment(bounds []int) { o.bounds = append(o.bounds[:0], bounds...) }

// segment has the samples from to to-1.
func (o *relabel) segment(k int) (from, to int) {
	if len(o.bounds) < 2 {
		return 0, o.y.N
	}
	return o.bounds[k], o.bounds[k+1]
}

// Tiles is 1: Backward has done the work.
func (o *relabel) Tiles() int { return 1 }

func (o *relabel) TileSize(int) int { return len(o.base.Val) }

func (o *relabel) Accumulate(_, segment int, sum []float64) {
	tensor.Axpy(1, o.dbase[segment*len(sum):][:len(sum)], sum)
}

func (o *relabel) AddTile(_ int, sum []float64) { tensor.Axpy(1, sum, o.base.Grad) }

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

// resize returns a slice of length n that reuses s's memory where it can.
func resize(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}
