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
type MaskedDense[T tensor.Real] struct {
	W *grad.Param[T] // rows of sites*out, columns of sites*in; the causal part is live
	B *grad.Param[T] // sites*out; nil without bias

	sites, in, out int
	exclusive      bool
	tiles          []denseTile
}

// NewMaskedDense returns a layer with in channels to out channels, all
// parameters zero.
func NewMaskedDense[T tensor.Real](name string, sites, in, out int, exclusive, bias bool) *MaskedDense[T] {
	l := &MaskedDense[T]{sites: sites, in: in, out: out, exclusive: exclusive}
	var live []grad.Run
	for i := range sites {
		for c := range out {
			live = append(live, grad.Run{Off: (i*out + c) * l.stride(), Len: l.seen(i) * in})
		}
	}
	l.W = grad.NewMaskedParam[T](name+".weight", sites*out*l.stride(), live)
	if bias {
		l.B = grad.NewParam[T](name+".bias", sites, out)
	}
	l.tiles = l.tilesOf()
	return l
}

// seen is the number of sites that output site i sees.
func (l *MaskedDense[T]) seen(i int) int {
	if l.exclusive {
		return i
	}
	return i + 1
}

// stride is the distance of rows of length sites*in: not a power of two, so
// that consecutive rows do not fall on the same lines of the cache.
func (l *MaskedDense[T]) stride() int { return (l.sites*l.in+7)/8*8 + 8 }

// On binds the layer to one chunk. x and y have Width 1.
func (l *MaskedDense[T]) On(x, y Map[T]) Affine[T] {
	if x.Width != 1 || y.Width != 1 || x.Sites != l.sites || y.Sites != l.sites || x.Channels != l.in || y.Channels != l.out || x.N != y.N {
		panic(fmt.Sprintf("nn: MaskedDense %dx%d on %d sites: from %dx%d to %dx%d", l.in, l.out, l.sites, x.Rows, x.Cols, y.Rows, y.Cols))
	}
	return &maskedDense[T]{MaskedDense: l, x: x, y: y, xT: make([]T, (x.Rows+panel[T]()-1)/panel[T]()*panel[T]()*x.N)}
}

type maskedDense[T tensor.Real] struct {
	*MaskedDense[T]
	segments
	apart[T]
	x, y Map[T]
	lo   int // first site of the block that Begin prepared
	xT   []T // x^T in panels, for Accumulate; made by Backward
}

// The triangle of weights is cut into blocks of tileSites sites, and the
// blocks on its diagonal into pieces of pieceSites, so that little is
// multiplied in vain.
const (
	tileSites  = 32
	pieceSites = 8
)

// panel is the number of columns that MulAdd takes at a time, three vectors of 512 bits or
// six of 256: x^T is stored as panels of as many columns, each contiguous.
func panel[T tensor.Real]() int { return 3 * 64 / grad.Bytes[T]() }

func (o *maskedDense[T]) keep() Map[T] { return o.keepOf(o.y) }

func (o *maskedDense[T]) output() (Map[T], *grad.Param[T]) { return o.y, o.B }

// product adds W[sites lo..hi-1, sites from..to-1] x.
func (o *maskedDense[T]) product(lo, hi, from, to int) {
	n, ld := o.y.N, o.stride()
	tensor.MulAdd(false, (hi-lo)*o.out, n, (to-from)*o.in, o.W.Val[lo*o.out*ld+from*o.in:], ld, o.x.Val[from*o.in*n:], n, o.sumsOf(o.y)[lo*o.out*n:], n)
}

func (o *maskedDense[T]) Inputs() []*grad.Var[T] { return []*grad.Var[T]{o.x.Var} }

func (o *maskedDense[T]) Forward() {
	for lo := 0; lo < o.sites; lo += tileSites {
		hi := min(lo+tileSites, o.sites)
		o.Begin(lo, hi)
		for a := lo; a < hi; a += pieceSites {
			b := min(a+pieceSites, hi)
			o.product(a, b, lo, o.seen(b-1))
		}
	}
	o.shift(0, o.sites)
}

// shift completes y at sites lo..hi-1.
func (o *maskedDense[T]) shift(lo, hi int) {
	if n := o.y.N; o.kept() {
		shift(1, o.y, o.wx, o.B.Val, lo*o.out, lo*o.out*n, (hi-lo)*o.out, n)
	}
}

func (o *maskedDense[T]) Begin(lo, hi int) {
	b := zero[T]()
	if o.B != nil && !o.kept() {
		b = o.B.Val[lo*o.out : hi*o.out]
	}
	n, ld := o.y.N, o.stride()
	tensor.MulSet(false, (hi-lo)*o.out, n, lo*o.in, o.W.Val[lo*o.out*ld:], ld, o.x.Val, n, o.sumsOf(o.y)[lo*o.out*n:], n, b)
	o.lo = lo
}

func (o *maskedDense[T]) Site(i int) {
	o.product(i, i+1, o.lo, o.seen(i))
	o.shift(i, i+1)
}

// backProduct adds W[sites from..to-1, sites lo..hi-1]^T dy to dx, or sets dx.
func (o *maskedDense[T]) backProduct(set bool, lo, hi, from, to int) {
	n, ld := o.y.N, o.stride()
	w, dy, dx := o.W.Val[from*o.out*ld+lo*o.in:], o.y.Adj[from*o.out*n:], o.x.Adj[lo*o.in*n:]
	if set {
		tensor.MulSet(true, (hi-lo)*o.in, n, (to-from)*o.out, w, ld, dy, n, dx, n, zero[T]())
	} else {
		tensor.MulAdd(true, (hi-lo)*o.in, n, (to-from)*o.out, w, ld, dy, n, dx, n)
	}
}

func (o *maskedDense[T]) Backward() { o.backward(false) }

func (o *maskedDense[T]) BackwardSet() { o.backward(true) }

func (o *maskedDense[T]) backward(set bool) {
	n, panel := o.y.N, panel[T]()
	for r := 0; r < o.x.Rows; r += panel {
		tensor.Transpose(o.xT[r*n:], panel, o.x.Val[r*n:], min(panel, o.x.Rows-r), n, n)
	}
	if o.x.Adj == nil {
		return
	}
	for lo := 0; lo < o.sites; lo += tileSites {
		hi := min(lo+tileSites, o.sites)
		for a := lo; a < hi; a += pieceSites {
			o.backProduct(set, a, min(a+pieceSites, hi), a, hi)
		}
		if hi < o.sites {
			o.backProduct(false, lo, hi, hi, o.sites)
		}
	}
}

// groupCols is the number of inputs in a tile of the gradient: four panels, so that
// the partial sums of a tile stay in a core's own cache.
func groupCols[T tensor.Real]() int { return 4 * panel[T]() }

// denseTile is a block of output sites lo..hi-1 with some of the inputs that they
// see, columns from..to-1 of W. Its numbers are a matrix of those columns, and below
// it in the first tile of a block the biases.
type denseTile struct{ lo, hi, from, to int }

func (t denseTile) cols() int { return t.to - t.from }

// tilesOf lists the tiles. The last block is the longest and comes first.
func (l *MaskedDense[T]) tilesOf() (all []denseTile) {
	for lo := (l.sites - 1) / tileSites * tileSites; lo >= 0; lo -= tileSites {
		hi := min(lo+tileSites, l.sites)
		end, cols := l.seen(hi-1)*l.in, groupCols[T]()
		for from := 0; from == 0 || from < end; from += cols {
			all = append(all, denseTile{lo, hi, from, min(from+cols, end)})
		}
	}
	return all
}

func (o *maskedDense[T]) Tiles() int { return len(o.tiles) }

func (o *maskedDense[T]) TileSize(tile int) int {
	t := o.tiles[tile]
	size := (t.hi - t.lo) * o.out * t.cols()
	if o.B != nil && t.from == 0 {
		size += (t.hi - t.lo) * o.out
	}
	return size
}

func (o *maskedDense[T]) biases(tile int) (from, to, at int) {
	t := o.tiles[tile]
	if o.B == nil || t.from > 0 {
		return 0, 0, 0
	}
	size := o.TileSize(tile)
	return size - (t.hi-t.lo)*o.out, size, t.lo * o.out
}

// Accumulate adds dy x^T.
func (o *maskedDense[T]) Accumulate(tile, segment int, sum []T) {
	t, s := o.tiles[tile], samples{}
	s.from, s.to = o.of(segment, o.y.N)
	own := t.lo * o.in // the columns of the block itself
	o.gradProduct(sum, t, s, t.lo, t.hi, t.from, min(own, t.to))
	for a := t.lo; a < t.hi; a += pieceSites {
		b := min(a+pieceSites, t.hi)
		o.gradProduct(sum, t, s, a, b, max(own, t.from), min(o.seen(b-1)*o.in, t.to))
	}
	if from, to, at := o.biases(tile); from < to {
		n := o.y.N
		tensor.AddRowSums(sum[from:to], o.y.Adj[at*n+s.from:], to-from, s.to-s.from, n)
	}
}

// samples are from, ..., to-1 of a chunk.
type samples struct{ from, to int }

// gradProduct adds dy x^T of some samples to the rows of sites lo..hi-1 and columns from..to-1 of
// a tile's sum, panel by panel.
func (o *maskedDense[T]) gradProduct(sum []T, t denseTile, s samples, lo, hi, from, to int) {
	n, panel := o.y.N, panel[T]()
	for c := from; c < to; {
		next := min((c/panel+1)*panel, to)
		tensor.MulAdd(false, (hi-lo)*o.out, next-c, s.to-s.from, o.y.Adj[lo*o.out*n+s.from:], n,
			o.xT[(c/panel*n+s.from)*panel+c%panel:], panel, sum[(lo-t.lo)*o.out*t.cols()+c-t.from:], t.cols())
		c = next
	}
}

// AddTile adds the rows of the sites that see a column.
func (o *maskedDense[T]) AddTile(tile int, sum []float64) {
	t := o.tiles[tile]
	for r := range (t.hi - t.lo) * o.out {
		n := min(t.to, o.seen(t.lo+r/o.out)*o.in) - t.from
		if n <= 0 {
			continue
		}
		dst := o.W.Sum[(t.lo*o.out+r)*o.stride()+t.from:][:n]
		tensor.Add(dst, dst, sum[r*t.cols():])
	}
	if from, to, at := o.biases(tile); from < to {
		tensor.Axpy(1, sum[from:to], o.B.Sum[at:at+to-from])
	}
}
