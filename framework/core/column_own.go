package core

import (
	"fmt"
	"sync"
)

// own are the columns of parts' own that were made, by all that describes them: a name
// may mean one thing in a run and another in a later evaluation, with other axes.
var own struct {
	sync.Mutex
	columns map[string]*Quantity[float64]
}

// Own is a column of a part's own, "part/name": numbers of each configuration that
// are kept beside the columns of the table ([Kept]). Of one part and observable it is
// always the same.
func Own(part string, o Observed) *Quantity[float64] {
	own.Lock()
	defer own.Unlock()
	name := part + "/" + o.Name
	key := fmt.Sprintf("%s %q %q %q", name, o.Long, o.Units, fmt.Sprint(o.Axes))
	q, ok := own.columns[key]
	if !ok {
		q = further[float64](ColumnInfo{Name: name, Symbol: name, Long: o.Long, Units: o.Units, Axes: o.Axes, Dim: DimOpen, Legal: LegalFinite})
		if own.columns == nil {
			own.columns = map[string]*Quantity[float64]{}
		}
		own.columns[key] = q
	}
	return q
}

// NumbersOf is how many numbers a configuration has of columns of parts' own.
func NumbersOf(columns []Column) int {
	sum := 0
	for _, c := range columns {
		sum += Observed{Axes: c.Info().Axes}.Size()
	}
	return sum
}
