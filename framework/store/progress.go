package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"reflect"
	"strings"

	"github.com/helmholtz-physics/helmholtz/framework/core"
	"github.com/helmholtz-physics/helmholtz/framework/h5/replace"
)

// AppendProgress adds row to progress.jsonl as one line of JSON. The row must
// encode as a JSON object with the key "step" (an integer). Floats that JSON
// does not know (NaN, infinities) become null.
func (f *Folder) AppendProgress(row any) error {
	line, err := json.Marshal(row)
	var bad *json.UnsupportedValueError
	if errors.As(err, &bad) {
		line, err = json.Marshal(finite(reflect.ValueOf(row)))
	}
	if err != nil {
		return core.Errorf(core.Internal, "encode progress", f.dir, "%w", err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.lock.check(); err != nil {
		return err
	}
	if f.progress == nil {
		f.progress, err = os.OpenFile(f.Path(progressName), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
		if err != nil {
			return f.progressError(err)
		}
	}
	if _, err := f.progress.Write(append(line, '\n')); err != nil {
		// A short write would glue the next row to half of this one.
		return f.progressError(errors.Join(err, f.trimLocked()))
	}
	return nil
}

// TruncateProgress drops every row after the given step, so that a run
// continued from a checkpoint of that step writes no step twice.
func (f *Folder) TruncateProgress(step int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.lock.check(); err != nil {
		return err
	}
	data, err := os.ReadFile(f.Path(progressName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return f.progressError(err)
	}
	kept := data[:0:0]
	for line := range bytes.Lines(data) {
		var row struct{ Step *int64 }
		if json.Unmarshal(line, &row) == nil && row.Step != nil && *row.Step <= step {
			kept = append(kept, line...)
		}
	}
	if len(kept) == len(data) {
		return nil
	}
	if f.progress != nil {
		f.progress.Close()
		f.progress = nil
	}
	return replace.File(f.Path(progressName), func(w *os.File) error {
		_, err := w.Write(kept)
		return err
	})
}

// trimProgress cuts a last line that has no newline: its writer was killed or
// the disk was full.
func (f *Folder) trimProgress() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.trimLocked()
}

func (f *Folder) trimLocked() error {
	path := f.Path(progressName)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	whole := bytes.LastIndexByte(data, '\n') + 1
	if whole == len(data) {
		return nil
	}
	return os.Truncate(path, int64(whole))
}

func (f *Folder) progressError(err error) error {
	return replace.Error("write progress", f.Path(progressName), err)
}

// finite copies a row of maps, structs, slices and numbers with nil for the
// floats that JSON cannot write.
func finite(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		if x := v.Float(); math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return finite(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = finite(v.Index(i))
		}
		return out
	case reflect.Map:
		out := make(map[string]any, v.Len())
		for _, k := range v.MapKeys() {
			out[k.String()] = finite(v.MapIndex(k))
		}
		return out
	case reflect.Struct:
		out := make(map[string]any, v.NumField())
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				out[jsonName(field)] = finite(v.Field(i))
			}
		}
		return out
	}
	if !v.IsValid() {
		return nil
	}
	return v.Interface()
}

func jsonName(field reflect.StructField) string {
	if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
		return name
	}
	return field.Name
}
