package core

// Append implements Column.
func (q *Quantity[T]) Append(a, b *Batch, n int) {
	if v := q.Of(b); len(v) > 0 {
		q.Put(a, append(q.Of(a), v[:n*(len(v)/b.N)]...))
	}
}

// Reals implements Column.
func (q *Quantity[T]) Reals(b *Batch) []float64 {
	var reals []float64
	switch v := any(q.Of(b)).(type) {
	case []float64:
		reals = v
	case []complex128:
		for _, z := range v {
			reals = append(reals, real(z), imag(z))
		}
	case []int32:
		for _, k := range v {
			reals = append(reals, float64(k))
		}
	}
	return reals
}

// SetReals implements Column.
func (q *Quantity[T]) SetReals(b *Batch, v []float64) {
	switch q := any(q).(type) {
	case *Quantity[float64]:
		copy(q.Room(b, len(v)), v)
	case *Quantity[complex128]:
		z := q.Room(b, len(v)/2)
		for i := range z {
			z[i] = complex(v[2*i], v[2*i+1])
		}
	case *Quantity[int32]:
		k := q.Room(b, len(v))
		for i := range k {
			k[i] = int32(v[i])
		}
	}
}
