// Package exacttest reads exact values in tests.
package exacttest

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Values are the exact values at beta of an energy that was made with err.
func Values(t *testing.T, e core.Exacter, err error, beta float64) map[string]float64 {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	x, err := e.Exact(beta)
	if err != nil {
		t.Fatal(err)
	}
	return x.Values
}
