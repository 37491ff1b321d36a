package store

import (
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5"
)

// Cautions are two attributes of a value: caution_code has the codes, with
// blanks between them, and caution the texts, one a line, in the same order.

func writeCautions(w *writer, set *h5.Dataset, cautions []core.Caution) {
	if len(cautions) == 0 {
		return
	}
	codes, texts := make([]string, len(cautions)), make([]string, len(cautions))
	for i, c := range cautions {
		codes[i], texts[i] = string(c.Code), oneLine(c.Text)
	}
	attr(w, set, "caution_code", strings.Join(codes, " "))
	attr(w, set, "caution", strings.Join(texts, "\n"))
}

func oneLine(text string) string { return strings.ReplaceAll(text, "\n", " ") }

func readCautions(r *reader, set *h5.Dataset) (cautions []core.Caution) {
	texts := strings.Split(optional[string](r, set, "caution"), "\n")
	for i, code := range strings.Fields(optional[string](r, set, "caution_code")) {
		c := core.Caution{Code: core.CautionCode(code)}
		if i < len(texts) {
			c.Text = texts[i]
		}
		cautions = append(cautions, c)
	}
	return cautions
}
