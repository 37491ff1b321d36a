package plan

import (
	"slices"
	"strings"
)

// Differences lists where the settings of two points, given as the JSON of their plans, are not
// those of one sweep: "energy.N: 8 -> 10". Not among them are the swept keys, what does not decide
// a density (see Fingerprint), the number of training steps, where a point starts, and which
// version of a plugin served it, which the results of a sweep note.
//
// Where a word is swept, as the name of an optimizer, the other keys of its table may have other
// defaults, and say nothing; nor do those of [ensemble], which has one key under several names.
func (s *Sweep) Differences(planJSON, otherJSON []byte) []string {
	before, after := fixed(planJSON), fixed(otherJSON)
	free := func(key string) bool {
		table, _, _ := strings.Cut(key, ".")
		name := key[strings.LastIndexByte(key, '.')+1:] // of term.0.path
		if name == "path" || name == "sha256" || key == "train.start" || key == "train.steps" {
			return true
		}
		for _, a := range s.Axes {
			words := slices.ContainsFunc(a.Values, func(v any) bool { _, is := v.(string); return is })
			for _, k := range a.keys() {
				swept, _, _ := strings.Cut(k, ".")
				if k == key || (words || swept == "ensemble") && swept == table {
					return true
				}
			}
		}
		return false
	}
	for key := range before {
		_, both := after[key] // a key of one of them alone is that of another choice
		if !both || free(key) {
			delete(before, key)
		}
	}
	for key := range after {
		if _, both := before[key]; !both {
			delete(after, key)
		}
	}
	return changed(before, after)
}
