package exact

import "math"

// Accumulator sums weights given by their logarithms, with the first two
// moments of the reduced energy e = beta (E - E_0) and of the magnetisation
// under them; E_0 is the caller's. Weights are kept relative to the largest met
// so far and energies relative to that term's energy, so nothing overflows and
// the variance does not cancel when one level dominates. The zero value is empty.
type Accumulator struct {
	lnw0, e0       float64 // the heaviest term's ln weight and reduced energy
	w              float64 // sum of exp(lnw - lnw0); 0 only when empty
	w1, w2         float64 // the same sum with (E-e0), (E-e0)^2
	wM, wAbsM, wM2 float64 // the same sum with M, |M|, M^2
}

// AddLevel adds exp(lng) states at the energy above above E_0 with the
// magnetisation m. At beta = +Inf only those at E_0 itself count.
func (a *Accumulator) AddLevel(beta, above, lng, m float64) {
	e := 0.0
	if above != 0 {
		e = beta * above
	}
	a.Add(lng-e, e, m)
}

// Add adds a term of ln weight lnw, reduced energy e and magnetisation m.
func (a *Accumulator) Add(lnw, e, m float64) {
	if math.IsInf(lnw, -1) {
		return
	}
	if lnw > a.lnw0 || a.w == 0 {
		a.move(lnw, e)
	}
	w, x := math.Exp(lnw-a.lnw0), e-a.e0
	a.w += w
	a.w1 += w * x
	a.w2 += w * x * x
	a.wM += w * m
	a.wAbsM += w * math.Abs(m)
	a.wM2 += w * m * m
}

// Merge adds all terms of b.
func (a *Accumulator) Merge(b Accumulator) {
	if b.w == 0 {
		return
	}
	if b.lnw0 > a.lnw0 || a.w == 0 {
		*a, b = b, *a
	}
	b.move(a.lnw0, a.e0)
	a.w += b.w
	a.w1 += b.w1
	a.w2 += b.w2
	a.wM += b.wM
	a.wAbsM += b.wAbsM
	a.wM2 += b.wM2
}

// move changes the reference term to (lnw, e).
func (a *Accumulator) move(lnw, e float64) {
	if a.w == 0 {
		a.lnw0, a.e0 = lnw, e
		return
	}
	r, d := math.Exp(a.lnw0-lnw), a.e0-e
	if r == 0 { // d^2 may be infinite
		*a = Accumulator{lnw0: lnw, e0: e}
		return
	}
	a.w2 = r * (a.w2 + 2*d*a.w1 + d*d*a.w)
	a.w1 = r * (a.w1 + d*a.w)
	a.w *= r
	a.wM *= r
	a.wAbsM *= r
	a.wM2 *= r
	a.lnw0, a.e0 = lnw, e
}

// LogSum is ln sum_k w_k.
func (a *Accumulator) LogSum() float64 { return a.lnw0 + math.Log(a.w) }

// Energy is the mean and the variance of the reduced energy.
func (a *Accumulator) Energy() (mean, variance float64) {
	x := a.w1 / a.w
	return a.e0 + x, a.w2/a.w - x*x
}

// Magnetization is <M>, <|M|> and <M^2>.
func (a *Accumulator) Magnetization() (mean, abs, squared float64) {
	return a.wM / a.w, a.wAbsM / a.w, a.wM2 / a.w
}
