package kernels

import "github.com/helmholtz-physics/helmholtz/framework/engine/enginetest"

// What tests of kernels share.
var (
	random = enginetest.Random
	near   = enginetest.Near
	widths = enginetest.Widths
)
