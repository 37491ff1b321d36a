package app

import (
	"bytes"
	"io"
	"text/tabwriter"
)

// newTable aligns columns that are given with tabs between them. Lines end with
// their last word: blanks after it would be a line more in a narrow terminal.
func newTable(out io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(&trimmed{out: out}, 0, 0, 2, ' ', 0)
}

// trimmed leaves out the blanks before the end of a line.
type trimmed struct {
	out    io.Writer
	blanks int // seen and not yet written
}

// Write passes p on; it counts all of p as written where that succeeds.
func (t *trimmed) Write(p []byte) (int, error) {
	var passed bytes.Buffer
	for _, b := range p {
		if b == ' ' {
			t.blanks++
			continue
		}
		if b != '\n' {
			passed.Write(bytes.Repeat([]byte{' '}, t.blanks))
		}
		t.blanks = 0
		passed.WriteByte(b)
	}
	if _, err := t.out.Write(passed.Bytes()); err != nil {
		return 0, err
	}
	return len(p), nil
}
