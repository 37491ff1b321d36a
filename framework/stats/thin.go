package stats

// Thinned is every k-th draw of each chain, the least odd k that leaves at most so many values, or
// 32 to 96 draws of each chain where that is more. What compares chains, as R-hat does, is as good from
// those as from all if k is below the autocorrelation time, and takes 1/k of the time. k is odd because draws may
// alternate, as those of clusters that are all of a lattice do: every other one of these stays where it is.
func (s *Chains) Thinned(most int) *Chains {
	const least = 32
	draws := len(s.x) / max(1, s.m)
	k := max(1, (len(s.x)+most-1)/most)
	if k = min(k|1, max(1, draws/least)); k%2 == 0 {
		k--
	}
	if k == 1 {
		return s
	}
	y := &Chains{m: s.m}
	for t := (draws - 1) % k; t < draws; t += k { // the last draw is one of them
		y.x = append(y.x, s.x[t*s.m:(t+1)*s.m]...)
	}
	return y
}

// Joined are means of successive draws, a power of two in each, so many that at most so many values are left, or
// less than 256 of each chain. Sums over draws are those of all, but for some at the end.
func (s *Chains) Joined(most int) (means *Chains, draws int) {
	const least = 128
	y, draws := s.x, 1
	for len(y) > most && len(y)/s.m >= 2*least {
		y, draws = halve(y, s.m), 2*draws
	}
	return &Chains{m: s.m, x: y}, draws
}

// From are the chains from a draw on.
func (s *Chains) From(draw int) *Chains { return &Chains{m: s.m, x: s.x[draw*s.m:]} }
