package nn

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/engine/grad"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Embedding is the first layer of a transformer that predicts the state of a site from
// the states before it:
//
//	y_i = T_(k_(i-1)) + P_i,   y_0 = P_0,
//
// with a vector T of each of the states k, the same at all sites or each site's own, and a
// vector P of each site. State k is the number Low + k Step in the input.
type Embedding[T tensor.Real] struct {
	State *grad.Param[T] // states x channels; each site's own: sites-1 x states x channels, the last having none after it
	Place *grad.Param[T] // sites x channels

	Low, Step float64

	states, sites, channels int
	own                     bool // each site has its own table of states
}

// NewEmbedding returns a layer with all parameters zero; own tells that the vectors of the
// states are each site's own.
func NewEmbedding[T tensor.Real](name string, states, sites, channels int, own bool, low, step float64) *Embedding[T] {
	l := &Embedding[T]{Place: grad.NewParam[T](name+".place", sites, channels), Low: low, Step: step, states: states, sites: sites, channels: channels, own: own}
	if own {
		l.State = grad.NewParam[T](name+".state", max(1, sites-1), states, channels)
	} else {
		l.State = grad.NewParam[T](name+".state", states, channels)
	}
	return l
}

// table is where the vectors of the states of a site begin.
func (l *Embedding[T]) table(site int) int {
	if !l.own {
		return 0
	}
	return site * l.states * l.channels
}

// state is the number of the state that a number stands for.
func (l *Embedding[T]) state(v T) int { return int((float64(v) - l.Low) / l.Step) }

// On binds the layer to one chunk. x and y have Width 1, and x one channel.
func (l *Embedding[T]) On(x, y Map[T]) Causal[T] {
	if x.Width != 1 || y.Width != 1 || x.Channels != 1 || x.Sites != l.sites || y.Sites != l.sites || y.Channels != l.channels || x.N != y.N {
		panic(fmt.Sprintf("nn: Embedding of %d sites from %dx%d to %dx%d", l.sites, x.Rows, x.Cols, y.Rows, y.Cols))
	}
	return &embedding[T]{Embedding: l, x: x, y: y, k: make([]int, x.N)}
}

type embedding[T tensor.Real] struct {
	*Embedding[T]
	segments
	x, y Map[T]
	k    []int // states before the site in work
}

func (o *embedding[T]) Inputs() []*grad.Var[T] { return []*grad.Var[T]{o.x.Var} }

func (o *embedding[T]) Forward() {
	for i := range o.sites {
		o.Site(i)
	}
}

func (o *embedding[T]) Begin(lo, hi int) {}

func (o *embedding[T]) Site(i int) {
	n, y := o.y.N, o.y.site(i)
	place := o.Place.Val[i*o.channels:][:o.channels]
	if i == 0 {
		tensor.FillRows(y, o.channels, n, n, place)
		return
	}
	o.before(i)
	table := o.State.Val[o.table(i-1):]
	for c, p := range place {
		row := y[c*n : (c+1)*n]
		for s, k := range o.k {
			row[s] = p + table[k*o.channels+c]
		}
	}
}

// before reads the states of the site before site i.
func (o *embedding[T]) before(i int) {
	for s, v := range o.x.site(i - 1) {
		o.k[s] = o.state(v)
	}
}

// Backward does nothing: states have no adjoint.
func (o *embedding[T]) Backward() {}

func (o *embedding[T]) Tiles() int { return 1 }

func (o *embedding[T]) TileSize(int) int { return len(o.State.Val) + len(o.Place.Val) }

func (o *embedding[T]) Accumulate(_, segment int, sum []T) {
	n := o.y.N
	from, to := o.of(segment, n)
	places := sum[len(o.State.Val):]
	for i := range o.sites {
		dy := o.y.siteAdj(i)[from:]
		tensor.AddRowSums(places[i*o.channels:(i+1)*o.channels], dy, o.channels, to-from, n)
		if i == 0 {
			continue
		}
		table := sum[o.table(i-1):]
		for s, v := range o.x.site(i - 1)[from:to] {
			o.add(table[o.state(v)*o.channels:][:o.channels], dy[s:], n)
		}
	}
}

// add adds a column of dy.
func (o *embedding[T]) add(sum, dy []T, n int) {
	for c := range sum {
		sum[c] += dy[c*n]
	}
}

func (o *embedding[T]) AddTile(_ int, sum []float64) {
	at := len(o.State.Val)
	tensor.Axpy(1, sum[:at], o.State.Sum)
	tensor.Axpy(1, sum[at:], o.Place.Sum)
}
