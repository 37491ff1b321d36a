package readout

import (
	"slices"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Cause is a caution with the names of the rows that carry it.
type Cause struct {
	core.Caution
	Names []string
}

// Causes have each text of a caution once. Of a total and its value per site the first is named.
func Causes(rows []Row) (all []Cause) {
	for _, row := range rows {
		for _, c := range row.Cautions {
			i := slices.IndexFunc(all, func(a Cause) bool { return a.Text == c.Text })
			if i < 0 {
				i, all = len(all), append(all, Cause{Caution: c})
			}
			if base, _, per := strings.Cut(row.Name, "_per_"); !per || !slices.Contains(all[i].Names, base) {
				all[i].Names = append(all[i].Names, row.Name)
			}
		}
	}
	return all
}
