module example.org/broken

go 1.26.0

require github.com/helmholtz-physics/helmholtz v0.0.0

replace github.com/helmholtz-physics/helmholtz => ../../../..
