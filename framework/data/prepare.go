package data

// Prepared are the parts of a data set as a model sees them.
type Prepared struct {
	Train, Validation, Test Part
	// Transforms are those that were asked for, fitted to the training rows alone.
	Transforms List
	// Notes are for a reader: what the transforms met.
	Notes []string
}

// Part is a part of a data set. It is empty where it was not asked for.
type Part struct {
	// Rows are the numbers of its rows in the data, ascending, counted from 0.
	Rows []int
	// Transformed is what the transforms make of them.
	Transformed
	// Units are those of its NLL.
	Units Units
}

// Prepare divides the rows of an array and transforms each part.
func Prepare(a *Array, d Division, l List) (*Prepared, error) {
	split, err := d.Split(a.Rows())
	if err != nil {
		return nil, err
	}
	p := &Prepared{Train: Part{Rows: split.Train}, Validation: Part{Rows: split.Validation}, Test: Part{Rows: split.Test}}
	size := a.Size()
	p.Transforms, p.Train.Transformed, p.Notes, err = l.Fit(a.X, size, split.Train)
	if err != nil {
		return nil, err
	}
	p.Train.Units = UnitsOf(p.Train.Transformed, size)
	for _, part := range []*Part{&p.Validation, &p.Test} {
		if part.Rows == nil {
			continue
		}
		if part.Transformed, err = p.Transforms.Forward(a.X, size, part.Rows); err != nil {
			return nil, err
		}
		part.Units = UnitsOf(part.Transformed, size)
	}
	return p, nil
}
