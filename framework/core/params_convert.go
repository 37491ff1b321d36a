package core

import (
	"maps"
	"math"
)

// convert accepts what TOML and JSON decoders produce for the declared type. An empty list
// is nil, whether a file or a default says it.
func (p Param) convert(v any) (any, bool) {
	switch p.Type {
	case TypeBool:
		_, ok := v.(bool)
		return v, ok
	case TypeString:
		_, ok := v.(string)
		return v, ok
	case TypeInt:
		switch x := v.(type) {
		case int64:
			return x, true
		case int:
			return int64(x), true
		case float64: // JSON knows one number type
			if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
				return int64(x), true
			}
		}
	case TypeFloat:
		if x, ok := number(v); ok {
			return x, true
		}
	case TypeFloats:
		return convertList(v, number)
	case TypeStrings:
		return convertList(v, func(e any) (string, bool) { s, ok := e.(string); return s, ok })
	case TypeTable:
		return convertTable(v)
	}
	return v, false
}

func convertTable(v any) (any, bool) {
	out := map[string]float64{}
	switch x := v.(type) {
	case map[string]float64:
		maps.Copy(out, x)
	case map[string]any:
		for name, e := range x {
			f, ok := number(e)
			if !ok {
				return v, false
			}
			out[name] = f
		}
	case nil:
	default:
		return v, false
	}
	return out, true
}

// convertList converts the elements one by one.
func convertList[T any](v any, one func(any) (T, bool)) (any, bool) {
	switch x := v.(type) {
	case []T:
		return append([]T(nil), x...), true
	case []any:
		var out []T
		for _, e := range x {
			t, ok := one(e)
			if !ok {
				return v, false
			}
			out = append(out, t)
		}
		return out, true
	case nil:
		return []T(nil), true
	}
	return v, false
}

func number(v any) (float64, bool) {
	switch x := v.(type) {
	case float64:
		return x, true
	case int64:
		return float64(x), true
	case int:
		return float64(x), true
	}
	return 0, false
}
