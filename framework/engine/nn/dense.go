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
	return &maskedDense[T]{MaskedDense: l, x: x, y: y}
}

type maskedDense[T tensor.Real] struct {
	*MaskedDense[T]
	segments
	apart[T]
	x, y Map[T]
	lo   int // first site of the block that Begin prepared
}

// The triangle of weights is cut into blocks of tileSites sites, and the
// blocks on its diagonal into pieces of pieceSites, so that little is
// multiplied in vain.
const (
	tileSites  = 32
	pieceSites = 8
)

// panel is the number of inputs of which a product of the gradient has columns, three vectors
// of 512 bits or six of 256.
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

// gradSites is the number of sites in a block of the gradient, whose tiles have the fewer inputs
// the more it is: of two transposes of the inputs one is saved, which in float32 take half as long
// as a product, and in float64 a quarter.
func gradSites[T tensor.Real]() int { return tileSites * 8 / grad.Bytes[T]() }

// denseTile is a block of output sites lo..hi-1 with some of the inputs that they
// see, columns from..to-1 of W. Its numbers are a matrix of those columns, and below
// it in the first tile of a block the biases.
type denseTile struct{ lo, hi, from, to int }

func (t denseTile) cols() int { return t.to - t.from }

// tilesOf lists the tiles. The last block is the longest and comes first.
func (l *MaskedDense[T]) tilesOf() (all []denseTile) {
	height := gradSites[T]()
	for lo := (l.sites - 1) / height * height; lo >= 0; lo -= height {
		hi := min(lo+height, l.sites)
		end, cols := l.seen(hi-1)*l.in, groupCols[T]()*tileSites/height
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

// Accumulate adds dy x^T, some columns at a time: those of inputs before the block to all of its rows,
// and of half as many inputs in the block to the rows of the sites that see the first of them.
func (o *maskedDense[T]) Accumulate(tile, segment int, sum []T) {
	t := o.tiles[tile]
	from, to := o.of(segment, o.y.N)
	own := min(t.lo*o.in, t.to) // the columns of the block itself
	for c, next := t.from, 0; c < t.to; c = next {
		first := t.lo
		if next = min(c+panel[T](), own); c >= own {
			next, first = min(c+panel[T]()/2, t.to), max(t.lo, c/o.in+1-o.seen(0))
		}
		o.gradProduct(sum, t, first, c, next, from, to)
	}
	if first, last, at := o.biases(tile); first < last {
		n := o.y.N
		tensor.AddRowSums(sum[first:last], o.y.Adj[at*n+from:], last-first, to-from, n)
	}
}

// gradProduct adds dy x^T of samples from..to-1 to columns c..next-1 of a tile's sum, in the rows of
// sites first..t.hi-1.
func (o *maskedDense[T]) gradProduct(sum []T, t denseTile, first, c, next, from, to int) {
	if n := o.y.N; first < t.hi {
		tensor.MulAddTurned((t.hi-first)*o.out, next-c, to-from, o.y.Adj[first*o.out*n+from:], n,
			o.x.Val[c*n+from:], n, sum[(first-t.lo)*o.out*t.cols()+c-t.from:], t.cols())
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
