package wire

import (
	"math"
	"unsafe"
)

// Memory for results is used again and again, so a part that does not write
// all of an answer would give the numbers of an earlier call. Before a call
// every result is therefore blank: of numbers that no part computes.
const (
	blankFloat uint64 = 0x7ff8_4865_6c6d_686f // a quiet NaN; its payload spells "Helmho"
	blankInt   int32  = math.MinInt32
)

// Blank makes all of v blank.
func Blank[T Number](v []T) {
	switch v := any(v).(type) {
	case []float64:
		fill(patterns(v), blankFloat)
	case []int32:
		fill(v, blankInt)
	}
}

// Blanks counts the numbers of v that are blank still, from the first on, whose
// index is len(v) if there is none.
func Blanks[T Number](v []T) (first, count int) {
	switch v := any(v).(type) {
	case []float64:
		return find(patterns(v), blankFloat)
	case []int32:
		return find(v, blankInt)
	}
	return len(v), 0
}

// patterns are the bits of v, in place: two NaN are not equal as numbers.
func patterns(v []float64) []uint64 {
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(v))), len(v))
}

// fill copies a block that stays in the cache, which is faster than a loop.
func fill[B uint64 | int32](v []B, blank B) {
	block := v[:min(len(v), 512)]
	for i := range block {
		block[i] = blank
	}
	for rest := v[len(block):]; len(rest) > 0; {
		rest = rest[copy(rest, block):]
	}
}

func find[B uint64 | int32](v []B, blank B) (first, count int) {
	// Slopes are long: eight at a time take a third as long.
	for ; first+8 <= len(v); first += 8 {
		w := v[first : first+8 : first+8]
		if w[0] == blank || w[1] == blank || w[2] == blank || w[3] == blank || w[4] == blank || w[5] == blank || w[6] == blank || w[7] == blank {
			break
		}
	}
	for first < len(v) && v[first] != blank {
		first++
	}
	for _, b := range v[first:] {
		if b == blank {
			count++
		}
	}
	return first, count
}
