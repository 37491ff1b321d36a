package nn

// ConvShape is the geometry of a masked convolution on an Ly x Lx lattice
// whose sites are ordered row by row (van den Oord, Kalchbrenner and
// Kavukcuoglu 2016, arXiv:1601.06759). With k = 2*Half+1 and zero padding,
//
//	Y[y,x,o] = b[o] + sum_{(dy,dx) live} sum_c W[dy,dx,c,o] X[y+dy,x+dx,c]
//
// where (dy, dx) is live when dy < 0, or dy = 0 and dx < 0, or dy = dx = 0 and
// the convolution is inclusive: output site i sees no input site after i.
type ConvShape struct {
	In, Out   int  // channels
	Ly, Lx    int  // lattice
	Half      int  // half the kernel; 0 is a 1 x 1 convolution
	Exclusive bool // output site i does not see input site i either
}

// reach returns the farthest offsets that a tap can have on this lattice: a
// kernel that is larger than the lattice has taps that only ever meet padding,
// and those are not stored.
func (s ConvShape) reach() (hy, hx int) { return min(s.Half, s.Ly-1), min(s.Half, s.Lx-1) }

// ownRow counts the live taps with dy = 0; they have dx = -hx, -hx+1, ...
func (s ConvShape) ownRow() int {
	_, hx := s.reach()
	if s.Exclusive {
		return hx
	}
	return hx + 1
}

// depth counts the live taps in the kernel's column j = dx + hx. They have
// dy = -hy, -hy+1, ...
func (s ConvShape) depth(j int) int {
	hy, _ := s.reach()
	if j < s.ownRow() {
		return hy + 1
	}
	return hy
}

// firstTap is the place of column j's first tap among the live taps, which are
// ordered by dx, then dy: taps of one column meet consecutive rows of the
// lattice, which a feature-major input stores one after the other, so that the
// column is one matrix product.
func (s ConvShape) firstTap(j int) int {
	hy, _ := s.reach()
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
	hy, hx := s.reach()
	pairs := 0
	for j := range 2*hx + 1 {
		dx := j - hx
		for t := range s.depth(j) {
			dy := t - hy
			pairs += (s.Ly + dy) * (s.Lx - max(dx, -dx))
		}
	}
	return pairs * s.In * s.Out
}
