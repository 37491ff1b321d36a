//go:build !cgo || purego

package bytecode

func (p *Program) eval(c *code, e, slope, x, _ []float64) { p.plain(c, e, slope, x) }
