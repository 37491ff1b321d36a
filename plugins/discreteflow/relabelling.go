package discreteflow

// relabellings are bijections of 0, ..., K-1. That of number r takes x to the k with
// inverse[r][k] = x.
type relabellings struct {
	levels  int
	inverse [][]int
}

// shifts are x -> (mu + x) mod K, and affine maps with scale, x -> (mu + sigma x) mod K with
// sigma coprime to K.
func newRelabellings(levels int, scale bool) relabellings {
	r := relabellings{levels: levels}
	for sigma := 1; sigma < max(2, levels); sigma++ {
		if gcd(sigma, levels) > 1 {
			continue
		}
		for mu := range levels {
			inverse := make([]int, levels)
			for x := range levels {
				inverse[(mu+sigma*x)%levels] = x
			}
			r.inverse = append(r.inverse, inverse)
		}
		if !scale {
			break
		}
	}
	return r
}

func gcd(a, b int) int {
	for b > 0 {
		a, b = b, a%b
	}
	return a
}
