package energy

import (
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// BadSetting is the error that a key of the energy's table in the run file has a
// problem which its schema cannot say, as in "must be even, got 3". The user sees it
// with the key's line.
func BadSetting(energy, key, problem string) error {
	return &core.Error{Kind: core.Invalid, Op: "open energy", Subject: energy, Err: &core.SettingError{Key: key, Problem: problem}}
}

// Finite is the error that a value of the key is infinite or NaN, which a run file can
// write; nil if none is.
func Finite(energy, key string, values ...float64) error {
	for _, v := range values {
		if v-v != 0 {
			return BadSetting(energy, key, fmt.Sprintf("must be finite, got %v", v))
		}
	}
	return nil
}
