package patterns

// set is a set of strings of zeros and ones. A one is written as 1, a zero as a number
// that is not.
type set interface {
	sites() int
	count() int
	// even tells whether it has the complement of each of its strings.
	even() bool
	has(x []float64) bool
	// write writes the ones of string k = 0, ..., count() - 1 to x, which has zeros.
	write(x []float64, k int)
}

// stripes are pictures whose columns are of one colour, and then those whose rows are and
// which are not among them: all but the two of one colour.
type stripes struct{ rows, cols int }

func (s stripes) sites() int { return s.rows * s.cols }
func (stripes) even() bool   { return true }

func (s stripes) count() int {
	if s.rows == 1 || s.cols == 1 {
		return 1 << max(s.rows, s.cols)
	}
	return 1<<s.cols + 1<<s.rows - 2
}

func (s stripes) has(x []float64) bool {
	columns, rows := true, true
	for i, v := range x {
		columns = columns && v == x[i%s.cols]
		rows = rows && v == x[i-i%s.cols]
	}
	return columns || rows
}

func (s stripes) write(x []float64, k int) {
	byRow := s.cols == 1 || k >= 1<<s.cols
	if byRow && s.cols > 1 {
		k -= 1<<s.cols - 1
	}
	for i := range x {
		bit := i % s.cols
		if byRow {
			bit = i / s.cols
		}
		if k>>bit&1 == 1 {
			x[i] = 1
		}
	}
}

// parity is the strings with an even number of ones: the bits of k, and the last.
type parity struct{ n int }

func (s parity) sites() int { return s.n }
func (s parity) count() int { return 1 << (s.n - 1) }
func (s parity) even() bool { return s.n%2 == 0 }

func (parity) has(x []float64) bool { return ones(x)%2 == 0 }

func (s parity) write(x []float64, k int) {
	for i := range s.n - 1 {
		if k>>i&1 == 1 {
			x[i] = 1
		}
	}
	if ones(x)%2 == 1 {
		x[s.n-1] = 1
	}
}

// dicke is the strings with k ones, in the order of the places of the last one, then of
// the one before it: string number r has the last at the largest p with (p choose k) <= r.
type dicke struct{ n, k int }

func (s dicke) sites() int { return s.n }
func (s dicke) count() int { return choose(s.n, s.k) }
func (s dicke) even() bool { return 2*s.k == s.n }

func (s dicke) has(x []float64) bool { return ones(x) == s.k }

func (s dicke) write(x []float64, r int) {
	for k, p := s.k, s.n-1; k > 0; p-- {
		if c := choose(p, k); c <= r {
			r -= c
			x[p] = 1
			k--
		}
	}
}

func ones(x []float64) (n int) {
	for _, v := range x {
		if v == 1 {
			n++
		}
	}
	return n
}

// choose is the number of ways to choose k of n.
func choose(n, k int) int {
	c := 1
	for i := range min(k, n-k) {
		c = c * (n - i) / (i + 1)
	}
	if k > n {
		return 0
	}
	return c
}
