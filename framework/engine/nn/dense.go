package nn

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// MaskedDense is the causal dense layer of MADE (Germain, Gregor, Murray and
// Larochelle, arXiv:1502.03509) on sites with channels:
//
//	y_(i,c) = b_(i,c) + sum_(j<=i, d) W_(i,c),(j,d) x_(j,d)
//
// with j < i instead where the layer is exclusive. Masked weights are not
// parameters, and all but those inside a block of sites are never multiplied:
// block after block, the products grow with the triangle.
type MaskedDense struct {
	W *grad.Param // stored (sites*out) x (sites*in); the causal part is live
	B *grad.Param // sites*out; nil without bias

	sites, in, out int
	exclusive      bool
}

// NewMaskedDense returns a layer with in channels to out channels, all
// parameters zero.
func NewMaskedDense(name string, sites, in, out int, exclusive, bias bool) *MaskedDense {
	l := &MaskedDense{sites: sites, in: in, out: out, exclusive: exclusive}
	var live []grad.Run
	for i := range sites {
		for c := range out {
			live = append(live, grad.Run{Off: (i*out + c) * sites * in, Len: l.seen(i) * in})
		}
	}
	l.W = grad.NewMaskedParam(name+".weight", sites*out*sites*in, live)
	if bias {
		l.B = grad.NewParam(name+".bias", sites, out)
	}
	return l
}

// seen is the number of sites that output site i sees.
func (l *MaskedDense) seen(i int) int {
	if l.exclusive {
		return i
	}
	return i + 1
}

// On binds the layer to one chunk. x and y have Width 1.
func (l *MaskedDense) On(x, y Map) Causal {
	if x.Width != 1 || y.Width != 1 || x.Sites != l.sites || y.Sites != l.sites || x.Channels != l.in || y.Channels != l.out || x.N != y.N {
		panic(fmt.Sprintf("nn: MaskedDense %dx%d on %d sites: from %dx%d to %dx%d", l.in, l.out, l.sites, x.Rows, x.Cols, y.Rows, y.Cols))
	}
	return &maskedDense{MaskedDense: l, x: x, y: y}
}

type maskedDense struct {
	*MaskedDense
	x, y Map
	lo   int // first site of the block that Begin prepared
}

var (
	_ Causal        = (*maskedDense)(nil)
	_ grad.Weighted = (*maskedDense)(nil)
)

// siteTile is the number of sites whose rows one matrix product takes
// together: enough to run at full speed, few enough to waste little of the
// triangle.
const siteTile = 16

func (o *maskedDense) bias(lo, hi int) {
	y := o.y.Val[lo*o.out*o.y.N : hi*o.out*o.y.N]
	if o.B == nil {
		clear(y)
		return
	}
	tensor.FillRows(y, (hi-lo)*o.out, o.y.N, o.y.N, o.B.Val[lo*o.out:hi*o.out])
}

// product adds W[sites lo..hi-1, sites 0..seen-1] x to y.
func (o *maskedDense) product(lo, hi, seen int) {
	n, ld := o.y.N, o.sites*o.in
	tensor.Gemm(false, false, (hi-lo)*o.out, n, seen*o.in, 1, o.W.Val[lo*o.out*ld:], ld, o.x.Val, n, 1, o.y.Val[lo*o.out*n:], n)
}

func (o *maskedDense) Forward() {
	for lo := 0; lo < o.sites; lo += siteTile {
		hi := min(lo+siteTile, o.sites)
		o.bias(lo, hi)
		o.product(lo, hi, o.seen(hi-1))
	}
}

func (o *maskedDense) Begin(lo, hi int) {
	o.bias(lo, hi)
	o.product(lo, hi, lo)
	o.lo = lo
}

func (o *maskedDense) Site(i int) {
	n, ld := o.y.N, o.sites*o.in
	from := o.lo * o.in
	k := o.seen(i)*o.in - from
	tensor.MulAdd(o.out, n, k, o.W.Val[i*o.out*ld+from:], ld, o.x.Val[from*n:], n, o.y.Val[i*o.out*n:], n)
}

func (o *maskedDense) Backward() {
	if o.x.Adj == nil {
		return
	}
	n, ld := o.y.N, o.sites*o.in
	for lo := 0; lo < o.sites; lo += siteTile {
		hi := min(lo+siteTile, o.sites)
		tensor.Gemm(true, false, (hi-lo)*o.in, n, (o.sites-lo)*o.out, 1, o.W.Val[lo*o.out*ld+lo*o.in:], ld,
			o.y.Adj[lo*o.out*n:], n, 1, o.x.Adj[lo*o.in*n:], n)
	}
}

func (o *maskedDense) Tiles() int { return (o.sites + siteTile - 1) / siteTile }

// Accumulate takes the blocks of sites from the last, the longest, to the first.
func (o *maskedDense) Accumulate(tile int) {
	lo := (o.Tiles() - 1 - tile) * siteTile
	hi := min(lo+siteTile, o.sites)
	n, ld := o.y.N, o.sites*o.in
	dy := o.y.Adj[lo*o.out*n : hi*o.out*n]
	tensor.Gemm(false, true, (hi-lo)*o.out, o.seen(hi-1)*o.in, n, 1, dy, n, o.x.Val, n, 1, o.W.Grad[lo*o.out*ld:], ld)
	if o.B != nil {
		tensor.AddRowSums(o.B.Grad[lo*o.out:hi*o.out], dy, (hi-lo)*o.out, n, n)
	}
}
