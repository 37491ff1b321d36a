package stats

// suffixes are m chains of y, of which the variance of the mean is asked for from many draws on: sums over the
// stretches between those draws are added up from the end, so that a lag costs a product of each y, and not one for
// each of the draws to begin from.
type suffixes struct {
	y        []float64 // y[t*m+c], about a mean of late draws, so that little cancels there
	m        int
	from     []int       // the draws to begin from, ascending
	rest     []float64   // rest[t] is the sum of y from draw t on
	products [][]float64 // products[l][k] is the sum of y_t y_(t+l) from draw from[k] on
	joined   *suffixes   // means of two draws, nil until asked for
}

func newSuffixes(y []float64, m int, from []int) *suffixes {
	s := &suffixes{y: y, m: m, from: from, rest: make([]float64, len(y)/m+1)}
	for t := len(s.rest) - 2; t >= 0; t-- {
		sum := 0.0
		for _, v := range y[t*m : (t+1)*m] {
			sum += v
		}
		s.rest[t] = s.rest[t+1] + sum
	}
	return s
}

// together are the means over all chains at each draw.
func (s *suffixes) together() *suffixes {
	y := make([]float64, len(s.rest)-1)
	for t := range y {
		y[t] = (s.rest[t] - s.rest[t+1]) / float64(s.m)
	}
	return newSuffixes(y, 1, s.from)
}

// variance of the mean from draw from[k] on, as joinedVariance has it. An odd one is left out where draws
// are joined.
func (s *suffixes) variance(k int) float64 {
	variance, _, whole := varianceOfMean(func(lag int) float64 { return s.covariance(k, lag) }, s.m, len(s.rest)-1-s.from[k])
	if whole {
		return variance
	}
	if s.joined == nil {
		from := make([]int, len(s.from))
		for i, t := range s.from {
			from[i] = (t + 1) / 2
		}
		s.joined = newSuffixes(halve(s.y, s.m), s.m, from)
	}
	return s.joined.variance(k)
}

// covariance is A(lag) of the draws from from[k] on, about their mean,
//
//	sum (y_t - mean) (y_(t+lag) - mean) = sum y_t y_(t+lag) - mean (sum y_t + sum y_(t+lag)) + n mean^2.
func (s *suffixes) covariance(k, lag int) float64 {
	draws, t := len(s.rest)-1, s.from[k]
	n := float64((draws - t) * s.m)
	mean := s.rest[t] / n
	ends := s.rest[t] - s.rest[draws-lag] + s.rest[t+lag]
	return (s.product(lag)[k] - mean*ends + mean*mean*float64((draws-t-lag)*s.m)) / n
}

func (s *suffixes) product(lag int) []float64 {
	for l := len(s.products); l <= lag; l++ {
		sums, sum, end := make([]float64, len(s.from)), 0.0, (len(s.rest)-1-l)*s.m
		for k := len(s.from) - 1; k >= 0; k-- {
			if begin := s.from[k] * s.m; begin < end {
				sum += dot(s.y[begin:end], s.y[begin+l*s.m:end+l*s.m])
				end = begin
			}
			sums[k] = sum
		}
		s.products = append(s.products, sums)
	}
	return s.products[lag]
}
