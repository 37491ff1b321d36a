//go:build !cgo || purego

package equivariant

// kernel is the map, one configuration after the other.
type kernel struct {
	lanes  [Lanes]*plain[[1]float64]
	series *plain[[3]float64]
}

func (w *Work) open() {
	for c := range w.lanes {
		w.lanes[c] = newPlain[[1]float64](w.Map)
	}
	w.kernel.series = newPlain[[3]float64](w.Map)
}

// lane is configuration c of eight.
func lane(x []float64, c int) []float64 {
	y := make([]float64, len(x)/Lanes)
	for i := range y {
		y[i] = x[i*Lanes+c]
	}
	return y
}

func store(x []float64, c int, y []float64) {
	for i, v := range y {
		x[i*Lanes+c] = v
	}
}

// forward writes z - x, as the kernel in C.
func (w *Work) forward(z, jac []float64) {
	size := w.Size()
	in, out, j := make([][1]float64, size), make([][1]float64, size), make([][1]float64, size*size)
	for c, p := range w.lanes {
		for i := range in {
			in[i][0] = w.x[i*Lanes+c]
		}
		p.forward(out, j, in, w.theta)
		for i, v := range out {
			z[i*Lanes+c] = v[0] - in[i][0]
		}
		for i, v := range j {
			jac[i*Lanes+c] = v[0]
		}
	}
}

func (w *Work) along(jac, v []float64) {
	size := w.Size()
	in, out, j := make([][3]float64, size), make([][3]float64, size), make([][3]float64, size*size)
	for c := range Lanes {
		for i := range in {
			in[i] = [3]float64{w.x[i*Lanes+c], v[i*Lanes+c]}
		}
		w.series.forward(out, j, in, w.theta)
		for i, v := range j {
			for k, y := range v {
				jac[(3*i+k)*Lanes+c] = y
			}
		}
	}
}

func (w *Work) laplacian(lap []float64) {
	y := make([]float64, w.Size())
	for c, p := range w.lanes {
		laplacian(p, y)
		store(lap, c, y)
	}
}

func (w *Work) pull(grad, xbar, zbar, jbar []float64) {
	for c, p := range w.lanes {
		g, x := make([]float64, w.Parameters()), make([]float64, w.Size())
		var j []float64
		if jbar != nil {
			j = lane(jbar, c)
		}
		newPull(p, g).run(x, lane(zbar, c), j)
		store(grad, c, g)
		store(xbar, c, x)
	}
}
