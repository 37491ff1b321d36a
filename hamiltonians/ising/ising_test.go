package ising

// slowEnergy is the definition, site by site.
func slowEnergy(l lattice, s []float64) float64 {
	at := func(x, y int) float64 {
		if l.periodic {
			x, y = x%l.lx, y%l.ly
		}
		if x >= l.lx || y >= l.ly {
			return 0
		}
		return s[y*l.lx+x]
	}
	e := 0.0
	for y := range l.ly {
		for x := range l.lx {
			neighbours := at(x+1, y) + at(x, y+1)
			if l.triangular {
				neighbours += at(x+1, y+1)
			}
			e -= at(x, y) * (l.j*neighbours + l.field)
		}
	}
	return e
}
