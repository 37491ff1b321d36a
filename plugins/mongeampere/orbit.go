package mongeampere

import "github.com/helmholtz-physics/helmholtz/framework/engine/tensor"

// spread writes what the rows of a filter share into all of them. The row of
// image g is w_g with w_g . x = w . g x.
func (on *potentialOn[T]) spread() {
	for k := range on.norm {
		w, image := on.filter(on.weights.Val, k/len(on.images)), on.filter(on.w, k)
		if len(on.images) > 1 {
			g := on.images[k%len(on.images)]
			for i, at := range g.Perm {
				image[at] = T(g.Sign) * w[i]
			}
		}
		on.norm[k] = 0
		for _, v := range w {
			on.norm[k] += float64(v) * float64(v)
		}
	}
	hidden := on.hidden()
	if on.local != nil {
		on.local.spread(on.a[hidden:], on.b[min(hidden, len(on.b)):], on.c[hidden:])
	}
	for h := range hidden {
		k := h / on.moved()
		f := k / len(on.images)
		on.a[h] = on.amplitudes.Val[f]
		on.c[h] = T(float64(on.a[h]) * on.norm[k])
		if on.bGrad != nil {
			on.b[h] = on.bGrad.Val[f]
		}
	}
}

// gather is the adjoint of spread: it adds the gradients of all rows to those of
// their filters, and clears them.
func (on *potentialOn[T]) gather() {
	hidden := on.hidden()
	if on.local != nil {
		on.local.gather(on.abar[hidden:], on.bbar[hidden:], on.cbar[hidden:])
	}
	for h := range hidden {
		k := h / on.moved()
		f := k / len(on.images)
		on.aGrad.Grad[f] += on.abar[h] + on.cbar[h]*T(on.norm[k])
		tensor.Axpy(2*on.a[h]*on.cbar[h], on.filter(on.w, k), on.filter(on.wbar, k))
		if on.bGrad != nil {
			on.bGrad.Grad[f] += on.bbar[h]
		}
	}
	for _, s := range [][]T{on.abar, on.bbar, on.cbar} {
		clear(s)
	}
	if len(on.images) == 1 {
		return // the images are the filters
	}
	for k := range on.norm {
		g, wbar, image := on.images[k%len(on.images)], on.filter(on.wGrad.Grad, k/len(on.images)), on.filter(on.wbar, k)
		for i, at := range g.Perm {
			wbar[i] += T(g.Sign) * image[at]
		}
		clear(image)
	}
}
