package run

import "fmt"

// warnOfParts tells the user, and the results, what the parts say of their settings and of their digits.
func (r *runner) warnOfParts() {
	energy := r.parts.Energy.Spec()
	for _, w := range energy.Warnings {
		r.noteOnce(fmt.Sprintf("warning: energy %s: %s", r.plan.Energy.Plugin, w))
	}
	if energy.NotBitwise {
		r.noteOnce(notBitwise("energy", r.plan.Energy.Plugin))
	}
	if r.parts.Model != nil && r.parts.Model.Spec().NotBitwise {
		r.noteOnce(notBitwise("model", r.plan.Model.Plugin))
	}
}

func notBitwise(kind, name string) string {
	return fmt.Sprintf("%s %s is not bitwise: the same run, resumed or on other ranks, may have other digits", kind, name)
}
