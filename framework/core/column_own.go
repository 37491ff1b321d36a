package core

import "sync"

// own are the columns of parts' own that were made, by name.
var own struct {
	sync.Mutex
	columns map[string]*Quantity[float64]
}

// Own is a column of a part's own, "part/name": numbers of each configuration that
// are kept beside the columns of the table ([Kept]). Of one part and name it is always
// the same.
func Own(part string, o Observed) *Quantity[float64] {
	own.Lock()
	defer own.Unlock()
	name := part + "/" + o.Name
	q, ok := own.columns[name]
	if !ok {
		q = further[float64](ColumnInfo{Name: name, Symbol: name, Dim: DimOpen, Legal: LegalFinite})
		if own.columns == nil {
			own.columns = map[string]*Quantity[float64]{}
		}
		own.columns[name] = q
	}
	q.Long, q.Units, q.Axes = o.Long, o.Units, o.Axes
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
