package store

import (
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// writeHistory writes the group /history: the scale step and one dataset per
// column over it. The attribute columns keeps their order.
func writeHistory(w *writer, h *core.History) {
	step := axis(w, "step", h.Step)
	names := make([]string, len(h.Columns))
	for i, c := range h.Columns {
		if c.Name == "" || c.Name != identifier(c.Name) {
			w.err = core.Errorf(core.Invalid, "write history", "", "column name %q is empty or has a blank or slash", c.Name)
			return
		}
		names[i] = c.Name
		set := array(w, c.Name, c.Data, step)
		attr(w, set, "units", c.Units)
		attr(w, set, "long_name", c.Long)
	}
	attr(w, w.g, "columns", strings.Join(names, " "))
}

func readHistory(r *reader) *core.History {
	h := &core.History{}
	h.Step, _ = numbers[int64](r, "step")
	for _, name := range strings.Fields(readAttr[string](r, r.g, "columns")) {
		c := core.Series{Name: name}
		c.Data, _ = numbers[float64](r, name)
		set := r.dataset(name)
		c.Units = readAttr[string](r, set, "units")
		c.Long = readAttr[string](r, set, "long_name")
		if r.err == nil && len(c.Data) != len(h.Step) {
			r.err = core.Errorf(core.Storage, "read history", name, "%d values for %d steps", len(c.Data), len(h.Step))
		}
		h.Columns = append(h.Columns, c)
	}
	return h
}
