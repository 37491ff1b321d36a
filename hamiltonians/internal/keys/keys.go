// Package keys reports what is wrong with the keys of an energy's table in the
// run file, beyond what a schema can say.
package keys

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Bad says that key has a problem, as in "must be even, got 3".
func Bad(energy, key, problem string) error {
	return &core.Error{Kind: core.Invalid, Op: "open energy", Subject: energy, Err: &core.SettingError{Key: key, Problem: problem}}
}

// Finite refuses infinities and NaN, which a run file can write.
func Finite(energy, key string, values ...float64) error {
	for _, v := range values {
		if v-v != 0 {
			return Bad(energy, key, fmt.Sprintf("must be finite, got %v", v))
		}
	}
	return nil
}
