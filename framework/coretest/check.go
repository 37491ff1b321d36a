package coretest

import (
	"testing"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Check is one test of a suite.
type Check struct {
	// Name is that of the subtest, by which it is chosen.
	Name string
	// Claim is what holds of every part that passes. Where one fails it is said with the failure.
	Claim string
}

// Checks lists the suite of a kind of part, in its order. It is empty for kinds that have none.
func Checks(kind core.PartKind) []Check {
	switch kind {
	case core.KindEnergy:
		return listed(energyChecks)
	case core.KindModel:
		return listed(modelChecks)
	case core.KindEstimator:
		return listed(observerChecks)
	case core.KindObjective:
		return listed(objectiveChecks)
	}
	return nil
}

// check is a Check with its test, a function F of what is tested.
type check[F any] struct {
	name, claim string
	test        F
}

func listed[F any](checks []check[F]) (all []Check) {
	for _, c := range checks {
		all = append(all, Check{c.name, c.claim})
	}
	return all
}

// claimMark begins the line of a test's log that says the claim of a check that failed.
const claimMark = "claim: "

// ClaimOf is the claim that a line of a suite's output says, "" where it is another line.
func ClaimOf(line string) string {
	if len(line) > len(claimMark) && line[:len(claimMark)] == claimMark {
		return line[len(claimMark):]
	}
	return ""
}

// judge is deferred in a subtest, and says the claim where it failed.
func (c check[F]) judge(t *testing.T) {
	if t.Failed() {
		t.Log(claimMark + c.claim)
	}
}
