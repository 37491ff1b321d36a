package app

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/store"
)

// spell is the levels of a text, each time of the longest letter that it goes on with.
func spell(text string, letters []string) (levels []float64, err error) {
	for rest := text; rest != ""; {
		best := -1
		for k, letter := range letters {
			if letter != "" && strings.HasPrefix(rest, letter) && (best < 0 || len(letter) > len(letters[best])) {
				best = k
			}
		}
		if best < 0 {
			return nil, core.Errorf(core.Invalid, "read flags", "--prompt", "no letter begins %q; there are %s", rest, strings.Join(letters, " "))
		}
		levels, rest = append(levels, float64(best)), rest[len(letters[best]):]
	}
	return levels, nil
}

// readLevels is the text of levels up to the end, the first letter.
func readLevels(x []float64, letters []string) string {
	var text strings.Builder
	for _, v := range x {
		if v == 0 {
			break
		}
		text.WriteString(letters[int(v)])
	}
	return text.String()
}

// show prints completions of strings, draws those of images, and says where they are.
func (f *completeFlags) show(out io.Writer, s *session, dir string, c *store.Completions) error {
	d, letters := c.Space.Size(), s.bound.Energy.Symbols
	if len(letters) > 0 {
		for i := range c.N {
			for k := range c.Draws {
				x := c.Completed[(i*c.Draws+k)*d:][:d]
				fmt.Fprintln(out, readLevels(x, letters))
			}
		}
	} else if len(c.Space.Shape) <= 2 {
		if err := completionPicture(s.plan.Name, c).saveIn(dir, out); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, filepath.Join(dir, "completions.h5"))
	return nil
}

// completionPicture has a row for each configuration: itself, what is known of it, and its
// completions.
func completionPicture(name string, c *store.Completions) picture {
	d := c.Space.Size()
	scale := samplesScale(c.Space, c.Completed)
	var x []float64
	for i := range c.N {
		given := c.Given[i*d : (i+1)*d]
		x = append(x, given...)
		for j, v := range given {
			if c.Known[i*d+j] == 0 {
				v = (scale.lo + scale.hi) / 2
			}
			x = append(x, v)
		}
		x = append(x, c.Completed[i*c.Draws*d:(i+1)*c.Draws*d]...)
	}
	scale.shades = greys(256) // what is not known is grey
	return picture{name: "completions", Plot: imageRows(name+": given, known, completed", c.Space, x, scale, c.Draws+2)}
}
