package coretest

import (
	"math"
	"testing"
)

// frequencies sum up Pearson's chi-square of counts in bins that are each
// expected 5 times or more. With k degrees of freedom the statistic has mean k
// and variance 2k; five standard deviations are allowed, and seeds are fixed.
type frequencies struct{ chi2, bins float64 }

func (f *frequencies) add(count, expected float64) {
	f.chi2 += (count - expected) * (count - expected) / expected
	f.bins++
}

// rest adds the bin of all that is rare, if it is not rare itself.
func (f *frequencies) rest(count, expected float64) {
	if expected >= 5 {
		f.add(count, expected)
	}
}

// againstDensity compares how often each state was drawn, n times in all, with its ln p.
func againstDensity(t *testing.T, counts, logP []float64, n int) {
	t.Helper()
	var f frequencies
	var rare, rareCount float64
	for i, l := range logP {
		if expected := float64(n) * math.Exp(l); expected >= 5 {
			f.add(counts[i], expected)
		} else {
			rare, rareCount = rare+expected, rareCount+counts[i]
		}
	}
	f.rest(rareCount, rare)
	f.check(t, n)
}

func (f *frequencies) check(t *testing.T, samples int) {
	t.Helper()
	if f.bins < 2 {
		t.Skip("the density sits on one state")
	}
	k := f.bins - 1
	if limit := k + 5*math.Sqrt(2*k) + 5; f.chi2 > limit {
		t.Errorf("chi-square of %d samples is %.1f for %.0f degrees of freedom, limit %.1f", samples, f.chi2, k, limit)
	}
}
