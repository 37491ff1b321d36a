package core

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// SchemaOf derives params from a struct that holds the default values:
//
//	type Config struct {
//		L int     `key:"L" min:"1" help:"sites along each edge"`
//		J float64 `key:"J" unit:"J" help:"coupling; positive is ferromagnetic"`
//	}
//	params := core.SchemaOf(Config{J: 1})
//
// Tags: key (the name in the run file; fields without it are skipped, but for
// embedded structs, whose keys come in their place), help, unit, min, max, above,
// below (numbers), choices (comma separated), only:"key=value,value" (see
// Param.Only), power (see Param.Power), and the flags of opt, comma separated: required,
// file (see Param.File) and named (see Param.Named). Field types: bool,
// int, int64, uint64, float64, string, []float64, []string, map[string]float64 (numbers by names
// that the user chooses, a table of its own in the run file), and *float64
// for a number that may be left out (nil). It panics on a malformed struct.
func SchemaOf(defaults any) []Param { return schemaOf(reflect.ValueOf(defaults)) }

func schemaOf(v reflect.Value) []Param {
	t := v.Type()
	var params []Param
	for i := range t.NumField() {
		f := t.Field(i)
		name, ok := f.Tag.Lookup("key")
		if !ok {
			if embedded(f) {
				params = append(params, schemaOf(v.Field(i))...)
			}
			continue
		}
		p := Param{Name: name, Only: tagCondition(f), Power: Power(f.Tag.Get("power")), Help: f.Tag.Get("help"), Unit: f.Tag.Get("unit"),
			Min: tagNumber(f, "min"), Max: tagNumber(f, "max"), Above: tagNumber(f, "above"), Below: tagNumber(f, "below")}
		if c := f.Tag.Get("choices"); c != "" {
			p.Choices = strings.Split(c, ",")
		}
		for _, flag := range strings.FieldsFunc(f.Tag.Get("opt"), func(r rune) bool { return r == ',' }) {
			switch flag {
			case "required":
				p.Required = true
			case "file":
				p.File = true
			case "named":
				p.Named = true
			default:
				panic(fmt.Sprintf("core: field %s: unknown flag %q in its opt tag", f.Name, flag))
			}
		}
		p.Type, p.Default = typeAndDefault(f, v.Field(i))
		params = append(params, p)
	}
	return params
}

// embedded tells whether a field is a struct whose keys are the outer one's.
func embedded(f reflect.StructField) bool { return f.Anonymous && f.Type.Kind() == reflect.Struct }

func tagCondition(f reflect.StructField) *Condition {
	text, ok := f.Tag.Lookup("only")
	if !ok {
		return nil
	}
	key, values, ok := strings.Cut(text, "=")
	if !ok {
		panic(fmt.Sprintf("core: field %s: tag only %q is not of the form key=value,value", f.Name, text))
	}
	return &Condition{key, strings.Split(values, ",")}
}

func typeAndDefault(f reflect.StructField, v reflect.Value) (ParamType, any) {
	switch v.Kind() {
	case reflect.Bool:
		return TypeBool, v.Bool()
	case reflect.Int, reflect.Int64:
		return TypeInt, v.Int()
	case reflect.Uint64:
		return TypeInt, int64(v.Uint())
	case reflect.Float64:
		return TypeFloat, v.Float()
	case reflect.String:
		return TypeString, v.String()
	case reflect.Pointer:
		if x, ok := v.Interface().(*float64); ok && x != nil {
			return TypeFloat, *x
		} else if ok {
			return TypeFloat, nil
		}
	case reflect.Map:
		if x, ok := v.Interface().(map[string]float64); ok {
			return TypeTable, x
		}
	case reflect.Slice:
		if x, ok := v.Interface().([]float64); ok {
			return TypeFloats, x
		}
		if x, ok := v.Interface().([]string); ok {
			return TypeStrings, x
		}
	}
	panic(fmt.Sprintf("core: field %s has type %s, which no run-file value has", f.Name, f.Type))
}

func tagNumber(f reflect.StructField, tag string) *float64 {
	text, ok := f.Tag.Lookup(tag)
	if !ok {
		return nil
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(fmt.Sprintf("core: field %s: tag %s: %v", f.Name, tag, err))
	}
	return &x
}

// Decode copies completed settings into the struct that SchemaOf was given
// (by pointer). It panics if a key is missing or has the wrong type, which
// Complete has excluded.
func Decode(s Settings, into any) { decode(s, reflect.ValueOf(into).Elem()) }

func decode(s Settings, v reflect.Value) {
	t := v.Type()
	for i := range t.NumField() {
		name, ok := t.Field(i).Tag.Lookup("key")
		field := v.Field(i)
		if !ok {
			if embedded(t.Field(i)) {
				decode(s, field)
			}
			continue
		}
		value, ok := s[name]
		if pointer := field.Kind() == reflect.Pointer; pointer && value == nil {
			field.SetZero()
			continue
		} else if pointer {
			field.Set(reflect.New(field.Type().Elem()))
			field = field.Elem()
		}
		if !ok {
			panic(fmt.Sprintf("core: decoding settings: key %q is missing", name))
		}
		switch x := value.(type) {
		case bool:
			field.SetBool(x)
		case int64:
			if field.Kind() == reflect.Uint64 {
				field.SetUint(uint64(x))
			} else {
				field.SetInt(x)
			}
		case float64:
			field.SetFloat(x)
		case string:
			field.SetString(x)
		case []float64, []string, map[string]float64:
			field.Set(reflect.ValueOf(x))
		default:
			panic(fmt.Sprintf("core: decoding settings: key %q has type %T", name, value))
		}
	}
}
