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
		switch x := v.(type) {
		case []float64:
			return append([]float64(nil), x...), true
		case []any:
			var out []float64
			for _, e := range x {
				f, ok := number(e)
				if !ok {
					return v, false
				}
				out = append(out, f)
			}
			return out, true
		case nil:
			return []float64(nil), true
		}
	case TypeStrings:
		return convertStrings(v)
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

func convertStrings(v any) (any, bool) {
	switch x := v.(type) {
	case []string:
		return append([]string(nil), x...), true
	case []any:
		var out []string
		for _, e := range x {
			s, ok := e.(string)
			if !ok {
				return v, false
			}
			out = append(out, s)
		}
		return out, true
	case nil:
		return []string(nil), true
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
