package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/helmholtz-physics/helmholtz/framework/core"
)

// Version is the newest protocol version this module speaks. It is raised
// only when a change would make an older peer misunderstand.
const Version = 1

// Versions are all protocol versions this module speaks, oldest first.
var Versions = []int{Version}

// Common returns the highest version in both lists, 0 if there is none.
func Common(a, b []int) int {
	best := 0
	for _, v := range a {
		if slices.Contains(b, v) {
			best = max(best, v)
		}
	}
	return best
}

// Description is what the describe sub-command of a plugin prints: all that a
// host needs to know before it starts anything.
type Description struct {
	// Name of the executable, without the helmholtz-plugin- prefix.
	Name string `json:"name"`
	// Version of the executable.
	Version string `json:"version"`
	// Protocols it speaks.
	Protocols []int `json:"protocols"`
	// Parts it serves.
	Parts []core.Manifest `json:"parts"`
}

// ParseDescription decodes and checks a plugin's description. Defaults come
// back in the Go types that their Param.Type names.
func ParseDescription(data []byte) (*Description, error) {
	var d Description
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if err := dec.Decode(&d); err != nil {
		return nil, fmt.Errorf("its description is not the JSON that was expected: %w", err)
	}
	if len(d.Parts) == 0 {
		return nil, fmt.Errorf("its description names no parts")
	}
	for i := range d.Parts {
		m := &d.Parts[i]
		switch m.Kind {
		case core.KindModel, core.KindEnergy, core.KindEstimator:
		default:
			return nil, fmt.Errorf("its description has a part %q of unknown kind %q", m.Name, m.Kind)
		}
		if m.Name == "" {
			return nil, fmt.Errorf("its description has a %s without a name", m.Kind)
		}
		if err := typeDefaults(m.Params); err != nil {
			return nil, fmt.Errorf("in its description of %s %s, %w", m.Kind, m.Name, err)
		}
	}
	return &d, nil
}

// typeDefaults converts decoded defaults to the types the params declare, by
// completing an empty table.
func typeDefaults(params []core.Param) error {
	for i := range params {
		p := &params[i]
		if p.Required {
			p.Default = nil
			continue
		}
		full, problems := core.Complete([]core.Param{*p}, core.Settings{p.Name: plain(p.Default)})
		if len(problems) > 0 {
			return fmt.Errorf("the default of %w", problems[0])
		}
		p.Default = full[p.Name]
	}
	return nil
}

// ExecutablePrefix begins the file name of every plugin; the rest is the name
// of the part.
const ExecutablePrefix = "helmholtz-plugin-"
