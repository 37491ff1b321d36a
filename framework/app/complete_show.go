package app

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/picture"
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
		if err := picture.Completions(s.plan.Name, c).SaveIn(dir, out); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, filepath.Join(dir, "completions.h5"))
	return nil
}
