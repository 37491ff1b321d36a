package wire

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// EncodeSettings writes settings as a JSON object. JSON has no NaN and no
// infinity, so neither crosses.
func EncodeSettings(s core.Settings) ([]byte, error) {
	data, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("settings cannot be sent: %w", err)
	}
	return data, nil
}

// DecodeSettings reads what EncodeSettings wrote. Whole numbers come back as
// int64, so that no digit is lost; [core.Complete] gives them their types.
func DecodeSettings(data []byte) (core.Settings, error) {
	var s core.Settings
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&s); err != nil {
		return nil, fmt.Errorf("settings cannot be read: %w", err)
	}
	for k, v := range s {
		s[k] = plain(v)
	}
	return s, nil
}

// plain turns JSON numbers into int64 where they are whole and fit, and into
// float64 elsewhere.
func plain(v any) any {
	switch x := v.(type) {
	case json.Number:
		if i, err := x.Int64(); err == nil {
			return i
		}
		if f, err := x.Float64(); err == nil {
			return f
		}
	case []any:
		for i := range x {
			x[i] = plain(x[i])
		}
	case map[string]any:
		for name := range x {
			x[name] = plain(x[name])
		}
	}
	return v
}
