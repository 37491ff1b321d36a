package nn

// ConvShape is the geometry of a masked convolution on an Ly x Lx lattice
// whose sites are ordered row by row (van den Oord, Kalchbrenner and
// Kavukcuoglu 2016, arXiv:1601.06759). With k = 2*Half+1 and zero padding,
//
//	Y[y,x,o] = b[o] + sum_{(dy,dx) live} sum_c W[dy,dx,c,o] X[y+dy,x+dx,c]
//
// where (dy, dx) is live when dy < 0, or dy = 0 and dx < 0, or dy = dx = 0 and
// the convolution is inclusive: output site i sees no input site after i.
//
// On a periodic lattice y+dy and x+dx wrap round instead, all taps but an
// exclusive centre are live, and each joins the pairs of sites whose input
// comes first: taps with dy > 0 are those by which the last rows see the first.
type ConvShape struct {
	In, Out   int  // channels
	Ly, Lx    int  // lattice
	Half      int  // half the kernel; 0 is a 1 x 1 convolution
	Exclusive bool // output site i does not see input site i either
	Periodic  bool // the lattice closes on itself
}

// reach returns the farthest offsets that a tap can have on this lattice: a
// kernel that is larger than the lattice has taps that only ever meet padding,
// or the sites of other taps, and those are not stored.
func (s ConvShape) reach() (hy, hx int) {
	if s.Periodic {
		return min(s.Half, s.Ly/2), min(s.Half, s.Lx/2)
	}
	return min(s.Half, s.Ly-1), min(s.Half, s.Lx-1)
}

// ownRow counts the taps with dy = 0 that need not wrap; they have dx = -hx, -hx+1, ...
func (s ConvShape) ownRow() int {
	_, hx := s.reach()
	if s.Exclusive {
		return hx
	}
	return hx + 1
}

// above counts the taps in the kernel's column j = dx + hx that need not wrap.
// They have dy = -hy, -hy+1, ...
func (s ConvShape) above(j int) int {
	hy, hx := s.reach()
	if j < s.ownRow() || s.Periodic && j > hx {
		return hy + 1
	}
	return hy
}

// depth counts the live taps in column j: behind those above come dy = 1, 2, ...
// of a periodic lattice.
func (s ConvShape) depth(j int) int {
	if hy, _ := s.reach(); s.Periodic {
		return s.above(j) + hy
	}
	return s.above(j)
}

// firstTap is the place of column j's first tap among the live taps, which are
// ordered by dx, then dy: taps of one column meet consecutive rows of the
// lattice, which a feature-major input stores one after the other, so that the
// column is one matrix product.
func (s ConvShape) firstTap(j int) int {
	hy, hx := s.reach()
	if s.Periodic {
		return j*2*hy + min(j, s.ownRow()) + max(0, j-hx-1)
	}
	return j*hy + min(j, s.ownRow())
}

// Taps counts the live taps.
func (s ConvShape) Taps() int {
	_, hx := s.reach()
	return s.firstTap(2*hx + 1)
}

// Weights is the number of stored weights: an In x Out matrix for every live
// tap, in the order of dx, then dy.
func (s ConvShape) Weights() int { return s.Taps() * s.In * s.Out }

// Products counts the multiplications that one forward pass of one sample
// needs: live taps that meet a site of the lattice.
func (s ConvShape) Products() int {
	_, hx := s.reach()
	pairs := 0
	for j := range 2*hx + 1 {
		for y := range s.Ly {
			s.eachColumn(j, y, true, func(k column) { pairs += k.taps * k.sites })
		}
	}
	return pairs * s.In * s.Out
}

// column is a run of taps of one column of the kernel, which joins consecutive
// rows of inputs, some sites of each, with one row of outputs.
type column struct {
	tap, taps int // the first tap, counted in its column, and how many
	row, x    int // the first input: its lattice row, and its place there
	y         int // the place of the first output in its row
	sites     int // how many outputs
}

// eachColumn calls f for the runs of kernel column j that feed row y of the
// outputs; taps with dy = 0 are left out unless own is true.
func (s ConvShape) eachColumn(j, y int, own bool, f func(column)) {
	hy, hx := s.reach()
	top := max(0, hy-y)
	ordinary, wrapped := s.strips(j - hx)
	reach := func(strip column, end int) {
		if strip.tap, strip.taps, strip.row = top, end-top, y-hy+top; strip.taps > 0 {
			f(strip)
		}
	}
	end := hy
	if own && j < s.ownRow() {
		end++
	}
	reach(ordinary, end)
	if !s.Periodic {
		return
	}
	if end = hy; own && j > hx {
		end++
	}
	below := column{tap: s.above(j) + s.Ly - y - 1, taps: hy - (s.Ly - y) + 1} // dy = Ly-y ... hy
	if wrapped.sites > 0 {
		reach(wrapped, end)
	}
	for _, strip := range [...]column{ordinary, wrapped} {
		if strip.tap, strip.taps = below.tap, below.taps; strip.taps > 0 && strip.sites > 0 {
			f(strip)
		}
	}
}

// strips are the sites of a row that a shift by dx joins, those that need not
// wrap and those that do.
func (s ConvShape) strips(dx int) (ordinary, wrapped column) {
	n := s.Lx - max(dx, -dx)
	ordinary = column{x: max(dx, 0), y: max(-dx, 0), sites: n}
	if dx > 0 {
		return ordinary, column{y: n, sites: dx}
	}
	return ordinary, column{x: n, sites: -dx}
}
