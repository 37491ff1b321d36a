//go:build !cgo || purego

package leap

func step(q, p, g, kick, eps []float64, lost []bool) { stepGo(q, p, g, kick, eps, lost) }
