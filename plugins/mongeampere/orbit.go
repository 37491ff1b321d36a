package mongeampere

// spread writes what the images of a filter share into their rows: the row of
// image g is w_g with w_g . x = w . g x.
func (on *potentialOn) spread() {
	images := len(on.images)
	for h := range on.a {
		on.a[h] = on.amplitudes.Val[h/images]
		if on.bGrad != nil {
			on.b[h] = on.bGrad.Val[h/images]
		}
		if images == 1 {
			continue // the rows are the filters
		}
		g, w, row := on.images[h%images], on.row(on.weights.Val, h/images), on.row(on.rows, h)
		for i, at := range g.Perm {
			row[at] = g.Sign * w[i]
		}
	}
}

// gather is the adjoint of spread: it adds the gradients of all rows to those of
// their filters, and clears them.
func (on *potentialOn) gather() {
	images := len(on.images)
	for h := range on.a {
		on.aGrad.Grad[h/images] += on.abar[h]
		if on.bGrad != nil {
			on.bGrad.Grad[h/images] += on.bbar[h]
		}
		if images == 1 {
			continue // they are the gradient
		}
		g, wbar, row := on.images[h%images], on.row(on.wGrad.Grad, h/images), on.row(on.rowsBar, h)
		for i, at := range g.Perm {
			wbar[i] += g.Sign * row[at]
		}
		clear(row)
	}
}
