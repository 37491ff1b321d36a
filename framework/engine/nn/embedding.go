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
type Embedding struct {
	State *grad.Param // states x channels; each site's own: sites-1 x states x channels, the last having none after it
	Place *grad.Param // sites x channels

	Low, Step float64

	states, sites, channels int
	own                     bool // each site has its own table of states
}

// NewEmbedding returns a layer with all parameters zero; own tells that the vectors of the
// states are each site's own.
func NewEmbedding(name string, states, sites, channels int, own bool, low, step float64) *Embedding {
	l := &Embedding{Place: grad.NewParam(name+".place", sites, channels), Low: low, Step: step, states: states, sites: sites, channels: channels, own: own}
	if own {
		l.State = grad.NewParam(name+".state", max(1, sites-1), states, channels)
	} else {
		l.State = grad.NewParam(name+".state", states, channels)
	}
	return l
}

// table is where the vectors of the states of a site begin.
func (l *Embedding) table(site int) int {
	if !l.own {
		return 0
	}
	return site * l.states * l.channels
}

// On binds the layer to one chunk. x and y have Width 1, and x one channel.
func (l *Embedding) On(x, y Map) Causal {
	if x.Width != 1 || y.Width != 1 || x.Channels != 1 || x.Sites != l.sites || y.Sites != l.sites || y.Channels != l.channels || x.N != y.N {
		panic(fmt.Sprintf("nn: Embedding of %d sites from %dx%d to %dx%d", l.sites, x.Rows, x.Cols, y.Rows, y.Cols))
	}
	return &embedding{Embedding: l, x: x, y: y, k: make([]int, x.N)}
}

type embedding struct {
	*Embedding
	segments
	x, y Map
	k    []int // states before the site in work
}

func (o *embedding) Inputs() []*grad.Var { return []*grad.Var{o.x.Var} }

func (o *embedding) Forward() {
	for i := range o.sites {
		o.Site(i)
	}
}

func (o *embedding) Begin(lo, hi int) {}

func (o *embedding) Site(i int) {
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
func (o *embedding) before(i int) {
	for s, v := range o.x.site(i - 1) {
		o.k[s] = int((v - o.Low) / o.Step)
	}
}

// Backward does nothing: states have no adjoint.
func (o *embedding) Backward() {}

func (o *embedding) Tiles() int { return 1 }

func (o *embedding) TileSize(int) int { return len(o.State.Val) + len(o.Place.Val) }

func (o *embedding) Accumulate(_, segment int, sum []float64) {
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
			o.add(table[int((v-o.Low)/o.Step)*o.channels:][:o.channels], dy[s:], n)
		}
	}
}

// add adds a column of dy.
func (o *embedding) add(sum, dy []float64, n int) {
	for c := range sum {
		sum[c] += dy[c*n]
	}
}

func (o *embedding) AddTile(_ int, sum []float64) {
	at := len(o.State.Val)
	tensor.Axpy(1, sum[:at], o.State.Grad)
	tensor.Axpy(1, sum[at:], o.Place.Grad)
}
