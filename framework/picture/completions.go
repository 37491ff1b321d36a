package picture

import "github.com/helmholtz-physics/helmholtz/framework/store"

// Completions has a row for each configuration: itself, what is known of it, and its
// completions.
func Completions(name string, c *store.Completions) Picture {
	d := c.Space.Size()
	scale := ScaleOf(c.Space, c.Completed)
	var x []float64
	for i := range c.N {
		given := c.Given[i*d : (i+1)*d]
		x = append(x, given...)
		for j, v := range given {
			if c.Known[i*d+j] == 0 {
				v = (scale.Low + scale.High) / 2
			}
			x = append(x, v)
		}
		x = append(x, c.Completed[i*c.Draws*d:(i+1)*c.Draws*d]...)
	}
	scale.Shades = greys(256) // what is not known is grey
	return Picture{Name: "completions", Plot: imageRows(name+": given, known, completed", c.Space, x, scale, c.Draws+2)}
}
