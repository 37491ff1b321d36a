package expression

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// fault is a mistake in a formula, with its place.
type fault struct {
	text string // the formula
	at   int    // byte
	what string
}

// longestLine is shown on either side of a place.
const longestLine = 60

// Error shows the line with a caret under the place.
func (f *fault) Error() string {
	from := strings.LastIndexByte(f.text[:f.at], '\n') + 1
	line, _, _ := strings.Cut(f.text[from:], "\n")
	before, after := f.text[from:f.at], line[min(f.at-from, len(line)):]
	if n := utf8.RuneCountInString(before); n > longestLine {
		before = "..." + string([]rune(before)[n-longestLine:])
	}
	if runes := []rune(after); len(runes) > longestLine {
		after = string(runes[:longestLine]) + "..."
	}
	show := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f {
				return ' '
			}
			return r
		}, s)
	}
	return fmt.Sprintf("%s\n    %s\n    %s^", f.what, show(before)+show(after), strings.Repeat(" ", utf8.RuneCountInString(show(before))))
}
