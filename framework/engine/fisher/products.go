package fisher

import (
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/engine/par"
	"github.com/helmholtz-physics/helmholtz/framework/engine/tensor"
)

// Products multiplies vectors with a Fisher matrix that is never put together,
//
//	n F v = sum_i (O_i - o) ((O_i - o) . v),   o = 1/n sum_i O_i,
//
// o only where scores are centred. It keeps the scores of nodes of a batch ([par.Rows]); what it gives of a node is its part
// of the sum, made in shares, so that several processes can have the nodes of a batch. Node by node:
//
//	scores := p.Keep(rows)            // to be filled
//	p.Sums(sums, rows)                // which all processes add up
//	p.Multiply(y, v, rows, sums)      // any number of times
//
// [Products.Forget] comes before the next batch. A product reads the scores once; beside them there is a vector as long as v for each share.
type Products struct {
	size   int
	pieces []Piece
	nodes  []*node
	shares Shares

	// Of the call in progress.
	scores, v, sums []float64
	weights         [][]float64
	weight          float64

	weighted, summed, multiplied func(sum []float64, from, to int)
	centre                       func(i int)
}

// Piece says where some of the scores of a configuration stand in its row, and which parameters they belong to: Cols scores
// from At on, of the parameters from Param on. There may be several of the same parameters.
type Piece struct {
	At, Param, Cols int
	Centred         bool
}

// node are kept scores.
type node struct {
	par.Rows
	scores        []float64
	kept, centred bool
}

// Set says what stands in the size numbers of a configuration. It forgets what was kept.
func (p *Products) Set(size int, pieces ...Piece) { *p = Products{size: size, pieces: pieces} }

// Forget forgets the scores of all nodes, and keeps their memory.
func (p *Products) Forget() {
	for _, n := range p.nodes {
		n.kept = false
	}
}

// Keep is the memory of the scores of a node, to be filled row by row.
func (p *Products) Keep(rows par.Rows) []float64 {
	at := p.find(rows)
	if at < 0 {
		at = slices.IndexFunc(p.nodes, func(n *node) bool { return !n.kept })
	}
	if at < 0 {
		at = len(p.nodes)
		p.nodes = append(p.nodes, &node{})
	}
	n := p.nodes[at]
	n.Rows, n.kept, n.centred = rows, true, false
	n.scores = resize(n.scores, rows.N*p.size)
	return n.scores
}

// find is the place of a node, or of its memory; -1 where there is none.
func (p *Products) find(rows par.Rows) int {
	return slices.IndexFunc(p.nodes, func(n *node) bool { return n.Rows == rows })
}

// Kept are the scores of a node, nil where they are not kept.
func (p *Products) Kept(rows par.Rows) []float64 {
	if at := p.find(rows); at >= 0 && p.nodes[at].kept {
		return p.nodes[at].scores
	}
	return nil
}

// Weighted writes the sum of w_ki O_ki over a node's configurations i and the pieces k to dst, of all parameters. Pieces without weights
// are left out.
func (p *Products) Weighted(dst []float64, rows par.Rows, weights ...[]float64) {
	p.begin(p.Kept(rows))
	p.weights = append(p.weights[:0], weights...)
	p.shares.Sum(dst, rows, p.weighted)
}

func (p *Products) addWeighted(sum []float64, from, to int) {
	for k, w := range p.weights {
		if w == nil {
			continue
		}
		for i := from; i < to; i++ {
			row, of := p.row(i, p.pieces[k], sum)
			tensor.Axpy(w[i], row, of)
		}
	}
}

// Sums writes the sums of a node's first len(dst) scores. They come before the products, which centre scores.
func (p *Products) Sums(dst []float64, rows par.Rows) {
	p.begin(p.Kept(rows))
	p.shares.Sum(dst, rows, p.summed)
}

func (p *Products) addScores(sum []float64, from, to int) {
	for i := from; i < to; i++ {
		tensor.Add(sum, sum, p.scores[i*p.size:][:len(sum)])
	}
}

// Multiply writes a node's part of n F v, with the sums of all configurations of the batch. It tells whether the node is kept.
func (p *Products) Multiply(dst, v []float64, rows par.Rows, sums []float64) bool {
	at := p.find(rows)
	if at < 0 || !p.nodes[at].kept {
		return false
	}
	n := p.nodes[at]
	p.begin(n.scores)
	if p.sums, p.weight = sums, -1/float64(n.Total); !n.centred {
		par.For(n.N, p.centre)
		n.centred = true
	}
	p.v = v
	p.shares.Sum(dst, rows, p.multiplied)
	p.v, p.sums = nil, nil
	return true
}

func (p *Products) addProduct(sum []float64, from, to int) {
	for _, piece := range p.pieces {
		along := p.v[piece.Param:][:piece.Cols]
		if zero(along) { // of a factor that is solved
			continue
		}
		for i := from; i < to; i++ {
			row, of := p.row(i, piece, sum)
			tensor.Axpy(dot(row, along), row, of)
		}
	}
}

// subtractMeans centres the scores of configuration i.
func (p *Products) subtractMeans(i int) {
	for _, piece := range p.pieces {
		if piece.Centred {
			tensor.Axpy(p.weight, p.sums[piece.At:], p.scores[i*p.size+piece.At:][:piece.Cols])
		}
	}
}

// begin makes ready for a call about scores. Functions are made once, so that calls do not allocate.
func (p *Products) begin(scores []float64) {
	p.scores = scores
	if p.weighted == nil {
		p.weighted, p.summed, p.multiplied, p.centre = p.addWeighted, p.addScores, p.addProduct, p.subtractMeans
	}
}

// row are the scores of a piece of configuration i, and their parameters.
func (p *Products) row(i int, piece Piece, of []float64) (row, parameters []float64) {
	return p.scores[i*p.size+piece.At:][:piece.Cols], of[piece.Param:][:piece.Cols]
}

func zero(v []float64) bool { return !slices.ContainsFunc(v, func(x float64) bool { return x != 0 }) }

// dot is the scalar product in four sums: one alone would wait for each addition.
func dot(a, b []float64) float64 {
	var s0, s1, s2, s3 float64
	b = b[:len(a)]
	k := 0
	for ; k+4 <= len(a); k += 4 {
		s0 += a[k] * b[k]
		s1 += a[k+1] * b[k+1]
		s2 += a[k+2] * b[k+2]
		s3 += a[k+3] * b[k+3]
	}
	for ; k < len(a); k++ {
		s0 += a[k] * b[k]
	}
	return (s0 + s1) + (s2 + s3)
}

// Shares makes sums of vectors over the rows of a node, its shares in parallel. The zero value is ready.
type Shares struct {
	layout par.Layout
	sums   []float64
	size   int
	open   []int
	add    func(sum []float64, from, to int)
	task   func(share int)
}

// Sum writes to dst what add adds to sums, which begin with 0, for the rows from to to-1 of each share.
func (s *Shares) Sum(dst []float64, rows par.Rows, add func(sum []float64, from, to int)) {
	par.Cut{Rows: rows, Width: max(rows.N, 1), Full: true}.Lay(&s.layout)
	shares := len(s.layout.Chunks)
	s.size, s.add, s.sums = len(dst), add, resize(s.sums, shares*len(dst))
	if s.task == nil {
		s.task = s.addShare
	}
	par.For(shares, s.task)
	s.add, s.open = nil, s.open[:0]
	for k, segment := range s.layout.Segments {
		s.open = append(s.open, k)
		for range segment.Merges {
			last := len(s.open) - 1
			left := s.of(s.open[last-1])
			tensor.Add(left, left, s.of(s.open[last]))
			s.open = s.open[:last]
		}
	}
	clear(dst)
	if shares > 0 {
		copy(dst, s.of(0))
	}
}

func (s *Shares) addShare(share int) {
	sum, rows := s.of(share), s.layout.Chunks[share]
	clear(sum)
	s.add(sum, rows.From, rows.From+rows.N)
}

// of is the sum of a share, and of the nodes that begin with it.
func (s *Shares) of(share int) []float64 { return s.sums[share*s.size : (share+1)*s.size] }
